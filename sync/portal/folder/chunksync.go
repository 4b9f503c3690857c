//go:build !mutant_offset_before_fsync

package folder

// chunksAreSynced has a chunk be on the disk before its offset is stated.
const chunksAreSynced = true
