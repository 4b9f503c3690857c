//go:build !race

package sim

// usual is how many seeds are played by day.
const usual = 200

// every chooses among what is played for the sake of one machine or one story.
const every = 1
