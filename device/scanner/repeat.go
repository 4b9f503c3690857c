package scanner

import (
	"hash/maphash"
	"time"
)

// Again is how long a code must be out of sight before it counts as a new
// scan. A code that is held in front of a reader is read over and over
// (barcode-scan-listener#2); each look keeps it the same scan.
const Again = 2 * time.Second

var seed = maphash.MakeSeed()

// repeats tells a code that is still being shown from a new scan. The zero
// value is ready for use; no card's text is kept.
type repeats struct {
	last uint64
	seen time.Time
	have bool
}

// again says whether this very frame was in sight a moment ago.
func (r *repeats) again(fault Fault, raw []byte, at time.Time) bool {
	return r.same(append([]byte(fault+"\x00"), raw...), at, Again)
}

// same says whether these bytes are the last ones, seen within a time.
func (r *repeats) same(raw []byte, at time.Time, within time.Duration) bool {
	sum := maphash.Bytes(seed, raw)
	same := r.have && sum == r.last && at.Sub(r.seen) < within
	r.last, r.seen, r.have = sum, at, true
	return same
}

// forget lets the code that was last seen count anew.
func (r *repeats) forget() { r.have = false }
