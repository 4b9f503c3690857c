package port

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// counted counts what is asked of a line.
type counted struct {
	*Serial
	reads *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	c.reads.Add(1)
	return c.Serial.Read(p)
}

func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// A device is unplugged and plugged in 200 times, mostly at another number, while
// it is read and written: each time it is open again, nothing spins, nothing leaks.
func TestTwoHundredReplugs(t *testing.T) {
	d := newDevice(t)
	before := descriptors(t) // with the pty's two
	const cycles = 200
	var reads, opens atomic.Int64
	sup := &Supervisor{
		Config: Config{Path: d.link},
		Open: func(cfg Config) (Port, error) {
			opens.Add(1)
			s, err := Open(cfg)
			if err != nil {
				return nil, err
			}
			return counted{s, &reads}, nil
		},
		// A person cannot do it 200 times; the growing of the back-off is
		// another test's.
		backOff: func(int) time.Duration { return time.Millisecond },
	}
	ctx, cancel := context.WithCancel(t.Context())
	said := make(chan byte)
	ended := start(func() (int, error) {
		return 0, sup.Run(ctx, func(ctx context.Context, p Port) error {
			if _, err := WriteContext(ctx, p, []byte("hello")); err != nil {
				return err
			}
			for buf := make([]byte, 1); ; {
				if _, err := ReadContext(ctx, p, buf); err != nil {
					return err
				}
				select {
				case said <- buf[0]:
				case <-ctx.Done():
				}
			}
		}, nil)
	})
	for i := range cycles {
		d.say(string(rune('a' + i%26)))
		select {
		case got := <-said:
			if got != byte('a'+i%26) {
				t.Fatalf("cycle %d: %q", i, got)
			}
		case <-time.After(soon):
			t.Fatalf("cycle %d: silence", i)
		}
		d.unplug()
		d.plug()
	}
	cancel()
	if r := take(t, ended); !errors.Is(r.err, context.Canceled) {
		t.Errorf("Run: %v", r.err)
	}
	// One Read for the byte and one for the end; an opening may meet the next
	// unplugging.
	if n := reads.Load(); n < cycles || n > 3*cycles {
		t.Errorf("%d reads in %d cycles", n, cycles)
	}
	if n := opens.Load(); n < cycles || n > 20*cycles {
		t.Errorf("%d openings in %d cycles", n, cycles)
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}
