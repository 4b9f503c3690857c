//go:build mutant_backup_of_another_epoch

package store

// A backup is a backup, whatever is in it.
const epochsCount = false
