//go:build !mutant_portal_sync_off

package sqlite

// synchronous is how SQLite waits for the disk: FULL syncs the log at every
// commit, so that a receipt can leave after it.
const synchronous = "FULL"
