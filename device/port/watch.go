package port

import (
	"context"
	"fmt"
	"time"
)

const (
	// settleFor is how long nothing must happen before a change is told: the
	// kernel makes the node, then udev its names, one after the other.
	settleFor = 200 * time.Millisecond
	// settleMost bounds that for a device that never comes to rest.
	settleMost = time.Second
)

// What happened to a line.
type What int

// The things that happen.
const (
	Came    What = iota // also what is there when the watching begins
	Renamed             // its name to configure is another one: a twin came or went, or udev was late
	Went
)

// String is the word for logs.
func (w What) String() string {
	switch w {
	case Came:
		return "came"
	case Renamed:
		return "renamed"
	case Went:
		return "went"
	}
	return fmt.Sprintf("What(%d)", int(w))
}

// Change is one thing that happened. Found is without who holds the line.
type Change struct {
	What  What
	Found Found
}

// Watch tells what comes and goes, beginning with what is there, until ctx ends;
// its error is then ctx's. A device that goes and comes within settleFor is not
// noticed. Tell is called from Watch's goroutine.
func Watch(ctx context.Context, tell func(Change)) error { return Finder{}.Watch(ctx, tell) }

// Watch is Watch within f's folders.
func (f Finder) Watch(ctx context.Context, tell func(Change)) error {
	b, err := watchFolders(f.dev(), f.dev("serial", "by-id"), f.dev("serial", "by-path"))
	if err != nil {
		b = bell{} // looking goes on without events
	}
	defer b.close()
	return f.watch(ctx, b, tell)
}

func (f Finder) watch(ctx context.Context, b bell, tell func(Change)) error {
	was := map[string]Found{}
	for ctx.Err() == nil {
		all, err := f.scan()
		if err != nil {
			return err
		}
		now := map[string]Found{}
		for _, d := range all {
			now[d.key()] = d
		}
		for key, d := range was {
			if _, here := now[key]; !here {
				tell(Change{Went, d})
			}
		}
		for _, d := range all {
			switch old, known := was[d.key()]; {
			case !known:
				tell(Change{Came, d})
			case old.Path != d.Path:
				tell(Change{Renamed, d})
			}
		}
		was = now
		if rang := pause(ctx, b, b.every()); rang {
			settle(ctx, b)
		}
	}
	return ctx.Err()
}

// key tells devices apart; another one at the same node is another.
func (d Found) key() string {
	return d.Node + "\x00" + d.Vendor + "\x00" + d.Product + "\x00" + d.udevName()
}

// settle waits until the bell has been silent for a while.
func settle(ctx context.Context, b bell) {
	for until := time.Now().Add(settleMost); time.Now().Before(until) && pause(ctx, b, settleFor); {
	}
}
