//go:build mutant_tap_forgotten

package store

// A second tap is a second visit.
const tapsAreKnown = false
