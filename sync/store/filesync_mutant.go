//go:build mutant_attachment_unsynced

package store

// A paper may have its name before its bytes are on the disk.
const attachmentsAreSynced = false
