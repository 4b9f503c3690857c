//go:build race

package sim

// usual is how many seeds are played under the race detector, which takes ten
// times as long.
const usual = 6

// every chooses among what is played for the sake of one machine or one story.
const every = 12
