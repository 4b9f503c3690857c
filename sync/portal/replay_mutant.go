//go:build mutant_no_replay_check

package portal

// A packet that comes again is a new one: its first answer was lost for good.
const replaysAreKnown = false
