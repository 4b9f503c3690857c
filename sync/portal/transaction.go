//go:build !mutant_effect_outside_tx

package portal

// effectsAreInside has a packet take effect in the transaction that keeps it.
const effectsAreInside = true
