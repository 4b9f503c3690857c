//go:build mutant_purge_without_durable

package store

// A body goes as soon as the portal has it, backed up or not.
const heldLife = 0
