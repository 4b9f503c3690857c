//go:build !mutant_attachment_unsynced

package store

// attachmentsAreSynced has a file of ciphertext wait for the disk before it gets
// its name.
const attachmentsAreSynced = true
