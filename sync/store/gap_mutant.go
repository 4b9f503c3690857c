//go:build mutant_skip_gap

package store

// What comes past a gap is applied, and what was in it never.
const gapsWait = false
