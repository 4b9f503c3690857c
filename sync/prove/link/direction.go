package link

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// direction is one way of a line: a queue in front of a rate, then a delay.
type direction struct {
	mu   sync.Mutex
	c    Conditions
	cut  bool
	rnd  *rand.Rand
	free time.Time // when the rate has sent what waits
	last time.Time // no packet overtakes another
	n    Count

	fly chan packet
}

type packet struct {
	at   time.Time
	data []byte
}

// Count says what became of the packets of one direction.
type Count struct {
	Carried, Lost, Dropped int64 // packets; dropped ones met a full queue or a cut line
	Bytes                  int64 // carried
}

// maxFlying bounds the packets on their way; a long delay at a high rate drops
// beyond it, which a real line's bandwidth would have done.
const maxFlying = 8192

func newDirection(seed uint64) *direction {
	return &direction{rnd: rand.New(rand.NewPCG(seed, 1)), fly: make(chan packet, maxFlying)}
}

func (d *direction) set(c Conditions) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.c = c
}

func (d *direction) setCut(cut bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = cut
}

func (d *direction) count() Count {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.n
}

// take puts a packet on its way or drops it. It never waits.
func (d *direction) take(data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	if d.cut {
		d.n.Dropped++
		return
	}
	if d.c.Loss > 0 && d.rnd.Float64() < d.c.Loss {
		d.n.Lost++
		return
	}
	at := now
	if d.c.Rate > 0 {
		if d.free.Before(now) {
			d.free = now
		}
		queue := d.c.Queue
		if queue == 0 {
			queue = DefaultQueue
		}
		waiting := int(d.free.Sub(now).Seconds() * float64(d.c.Rate) / 8)
		if waiting+len(data) > queue {
			d.n.Dropped++
			return
		}
		d.free = d.free.Add(time.Duration(float64(len(data)) * 8 / float64(d.c.Rate) * float64(time.Second)))
		at = d.free
	}
	at = at.Add(d.c.Delay)
	if at.Before(d.last) {
		at = d.last
	}
	select {
	case d.fly <- packet{at, data}:
		d.last = at
		d.n.Carried++
		d.n.Bytes += int64(len(data))
	default:
		d.n.Dropped++
	}
}

// deliver hands packets over in order, each at its time, until ctx ends.
func (d *direction) deliver(ctx context.Context, to func([]byte)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var p packet
		select {
		case <-ctx.Done():
			return
		case p = <-d.fly:
		}
		if left := time.Until(p.at); left > 0 {
			timer.Reset(left)
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
		}
		d.mu.Lock()
		cut := d.cut
		d.mu.Unlock()
		if !cut {
			to(p.data)
		}
	}
}
