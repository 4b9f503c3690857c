//go:build !mutant_backup_of_another_epoch

package store

// epochsCount has a portal's word about its backup hold in its own epoch only.
const epochsCount = true
