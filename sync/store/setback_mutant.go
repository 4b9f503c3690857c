//go:build mutant_setback_ignored

package store

// What a portal lost when it was set back stays lost.
const setBacksCount = false
