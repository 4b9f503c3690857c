package link

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"sync"
)

// The addresses of the two sides.
var (
	nearAddr = netip.AddrFrom4([4]byte{10, 77, 0, 1})
	farAddr  = netip.AddrFrom4([4]byte{10, 77, 0, 2})
)

// Line joins two sides.
type Line struct {
	Near, Far *Side // the station's and the portal's

	up, down *direction // near → far and back
	stop     context.CancelFunc
	all      sync.WaitGroup
}

// New makes a line; what it loses is drawn from seed.
func New(seed uint64) (_ *Line, err error) {
	l := &Line{up: newDirection(2 * seed), down: newDirection(2*seed + 1)}
	if l.Near, err = newSide(nearAddr); err != nil {
		return nil, err
	}
	if l.Far, err = newSide(farAddr); err != nil {
		return nil, errors.Join(err, l.Near.close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.stop = cancel
	l.carry(ctx, l.up, l.Near.tun, l.Far.tun)
	l.carry(ctx, l.down, l.Far.tun, l.Near.tun)
	return l, nil
}

func (l *Line) carry(ctx context.Context, d *direction, from, to *os.File) {
	l.all.Go(func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := from.Read(buf)
			if err != nil {
				return // closed
			}
			d.take(append([]byte(nil), buf[:n]...))
		}
	})
	l.all.Go(func() {
		d.deliver(ctx, func(p []byte) {
			_, _ = to.Write(p) // a device that is gone carries nothing
		})
	})
}

// Set changes the conditions: up is near → far, down the way back.
func (l *Line) Set(up, down Conditions) {
	l.up.set(up)
	l.down.set(down)
}

// Cut stops all traffic without a word to anybody; Mend lets it flow again.
func (l *Line) Cut() {
	l.up.setCut(true)
	l.down.setCut(true)
}

// Mend ends a cut.
func (l *Line) Mend() {
	l.up.setCut(false)
	l.down.setCut(false)
}

// Counts says what became of the packets of each direction.
func (l *Line) Counts() (up, down Count) { return l.up.count(), l.down.count() }

// Close ends the line. What was opened on its sides must be closed before.
func (l *Line) Close() error {
	l.stop()
	err := errors.Join(l.Near.close(), l.Far.close())
	l.all.Wait()
	return err
}
