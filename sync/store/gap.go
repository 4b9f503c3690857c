//go:build !mutant_skip_gap

package store

// gapsWait has an event wait until the one before it was applied.
const gapsWait = true
