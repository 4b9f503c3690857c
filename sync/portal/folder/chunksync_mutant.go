//go:build mutant_offset_before_fsync

package folder

// An offset is stated that a power cut takes back.
const chunksAreSynced = false
