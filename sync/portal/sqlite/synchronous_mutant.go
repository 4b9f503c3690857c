//go:build mutant_portal_sync_off

package sqlite

// A commit no longer waits for the disk.
const synchronous = "OFF"
