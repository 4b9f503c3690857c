//go:build mutant_backup_on_the_same_disk

package portal

// A backup is a backup, wherever it lies.
const sameDiskIsSeen = false
