//go:build !mutant_backup_on_the_same_disk

package portal

// sameDiskIsSeen has a backup on the ledger's own disk promise nothing.
const sameDiskIsSeen = true
