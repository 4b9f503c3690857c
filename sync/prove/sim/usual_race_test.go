//go:build race

package sim

// usual is how many seeds are played under the race detector, which takes ten
// times as long.
const usual = 12
