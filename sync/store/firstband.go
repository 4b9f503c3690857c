//go:build !mutant_band_lazy

package store

// firstBandWaits has the first band of a paper wait for the disk before it is
// sent.
const firstBandWaits = true
