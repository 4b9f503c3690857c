//go:build !mutant_stick_unsynced

package stick

// bundlesAreSynced has the name of a bundle wait for the stick.
const bundlesAreSynced = true
