//go:build !mutant_key_unsynced

package seal

// filesAreSynced has a file wait for the disk before it gets its name.
const filesAreSynced = true
