//go:build mutant_stick_unsynced

package stick

// A stick may be pulled out before the name is on it.
const bundlesAreSynced = false
