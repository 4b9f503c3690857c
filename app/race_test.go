//go:build race

package main

// racing: the race detector takes ten times as long, and looks at how goroutines
// meet, not at what comes of every case.
const racing = true
