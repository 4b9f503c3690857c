//go:build !mutant_gaps_unnamed

package portal

// gapsAreNamed has the portal say which numbers of a station never came, and not
// only how far its numbers went.
const gapsAreNamed = true
