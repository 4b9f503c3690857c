//go:build !race

package sim

// usual is how many seeds are played by day.
const usual = 200
