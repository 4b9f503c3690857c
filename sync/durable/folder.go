//go:build !mutant_folder_unsynced

package durable

// foldersAreSynced has a name wait for the disk.
const foldersAreSynced = true
