//go:build !mutant_sync_normal

package store

// synchronous is how SQLite waits for the disk: FULL syncs the log at every
// commit, so that a slip can be shown after it.
const synchronous = "FULL"
