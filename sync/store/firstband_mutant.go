//go:build mutant_band_lazy

package store

// A paper may come out of which a restart knows nothing.
const firstBandWaits = false
