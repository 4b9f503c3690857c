//go:build mutant_gaps_unnamed

package portal

const gapsAreNamed = false
