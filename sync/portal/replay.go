//go:build !mutant_no_replay_check

package portal

// replaysAreKnown answers a packet that is here with its first receipt.
const replaysAreKnown = true
