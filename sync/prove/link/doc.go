// Package link is a country line in a box: two network namespaces joined by an
// emulator that delays, limits and loses IP packets, so that the kernel's own TCP
// meets on it what it meets in a valley.
//
// It promises that nothing but the emulator joins the two sides, that each
// direction is a queue of its own with a rate, a delay and a bounded buffer whose
// overflow is dropped, as a modem's is, and that what is lost is drawn from the
// seed. A line that is cut carries nothing in either direction and says nothing of
// it, which is how a mobile network fails.
//
// It needs root and /dev/net/tun, and refuses with a sentence where they are
// missing. Only tests and measurements import it.
package link

import "time"

// Conditions of one direction. The zero value is a perfect line.
type Conditions struct {
	Delay time.Duration // of every packet; half of the round trip
	Rate  int           // bits per second; 0: no limit
	Loss  float64       // share of packets, 0 to 1
	Queue int           // bytes that wait for the rate; 0: DefaultQueue
}

// DefaultQueue is what a cheap modem buffers.
const DefaultQueue = 64 << 10

// mtu is the largest packet: a common mobile network's.
const mtu = 1400
