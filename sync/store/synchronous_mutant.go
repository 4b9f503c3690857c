//go:build mutant_sync_normal

package store

// A commit no longer waits for the disk.
const synchronous = "NORMAL"
