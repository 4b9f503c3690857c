//go:build mutant_key_unsynced

package seal

// A key may have its name before its bytes are on the disk.
const filesAreSynced = false
