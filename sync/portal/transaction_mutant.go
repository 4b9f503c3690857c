//go:build mutant_effect_outside_tx

package portal

// A packet is kept and receipted first and takes effect afterwards.
const effectsAreInside = false
