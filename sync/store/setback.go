//go:build !mutant_setback_ignored

package store

// setBacksCount has a portal whose receipt counter runs backwards be offered
// again what it lost.
const setBacksCount = true
