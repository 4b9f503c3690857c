// Package tour plays scripted visits over the real program: as tests, as the
// demo, and to train clerks.
//
// A tour is a testscript file. The runner gives each file a station process of
// its own with empty storage, simulated devices on real serial lines, a portal
// process, and a network between the two that it can cut; it presses what a
// person would press and reads what a person would read. The station's half is
// Serve, a unix socket on which the runner asks for taps and texts.
//
// It promises that everything but this comment exists only in builds with the
// tag tour, so that no station in a post office can be driven from outside. It
// refuses to reach past the screen: it finds only controls that are visible and
// enabled, and it types on the touch keyboard. Nothing but the program's main
// package imports it.
package tour
