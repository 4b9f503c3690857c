//go:build !mutant_purge_without_durable

package store

// heldLife is how long a body stays that the portal holds and states no backup
// of.
const heldLife = BodyLife
