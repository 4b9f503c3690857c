//go:build mutant_folder_unsynced

package durable

// Names are left to the system: it writes them when it likes.
const foldersAreSynced = false
