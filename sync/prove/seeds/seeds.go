// Package seeds gives every test under sync/prove the flags -seeds, -first and -seed:
//
//	go test ./sync/prove/... -seeds=10000                a night
//	go test ./sync/prove/sim -first=5001 -seeds=500      a part of one
//	go test ./sync/prove/sim -seed=4711 -v               one seed again, with its story
//
// `go test` hands its flags to every package it runs, and a test program that
// does not know one ends at once. So each test package below sync/prove imports
// this one, by name or for its effect; a test here says so.
//
// Programs must not import it.
package seeds

import "flag"

var (
	count = flag.Int("seeds", 0, "how many seeds a simulation plays (0: as many as a day allows)")
	first = flag.Uint64("first", 1, "the first seed of those that a simulation plays")
	one   = flag.Uint64("seed", 0, "the one seed to play again, with its story (0: all of -seeds)")
)

// Count is how many seeds to play where usual are played by day.
func Count(usual int) int {
	if *count > 0 {
		return *count
	}
	return usual
}

// First is the first of them.
func First() uint64 { return max(1, *first) }

// One is the only seed to play, if somebody asked for one.
func One() (seed uint64, asked bool) { return *one, *one != 0 }
