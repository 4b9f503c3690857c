package outbox

import (
	"fmt"
	"time"
)

// Rules say when attachments may use the network. Packets always may: they are
// small, and somebody waits for them. Whether a network is metered nobody tells
// a station; whoever set it up knows.
type Rules struct {
	Metered bool             // attachments wait for another network
	Window  Window           // attachments go in these hours
	Now     func() time.Time // the wall clock where the station stands; nil: time.Now
}

// Window is a span of every day, from one minute of it to another. Where From is
// the later one it spans midnight; equal ends are the whole day.
type Window struct{ From, To time.Duration }

const day = 24 * time.Hour

// ParseWindow reads "20:00-06:00"; an empty text is the whole day.
func ParseWindow(s string) (Window, error) {
	if s == "" {
		return Window{}, nil
	}
	bad := fmt.Errorf("%q is no window such as 20:00-06:00", s)
	if len(s) != len("20:00-06:00") || s[5] != '-' {
		return Window{}, bad
	}
	from, err := time.Parse("15:04", s[:5])
	if err != nil {
		return Window{}, bad
	}
	to, err := time.Parse("15:04", s[6:])
	if err != nil || to.Equal(from) {
		return Window{}, bad
	}
	of := func(t time.Time) time.Duration {
		return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	return Window{of(from), of(to)}, nil
}

// opens is how long until the window opens; 0: it is open.
func (w Window) opens(now time.Time) time.Duration {
	if w.From == w.To {
		return 0
	}
	at := time.Duration(now.Hour())*time.Hour + time.Duration(now.Minute())*time.Minute + time.Duration(now.Second())*time.Second +
		time.Duration(now.Nanosecond())
	open := at >= w.From && at < w.To
	if w.From > w.To {
		open = at >= w.From || at < w.To
	}
	if open {
		return 0
	}
	return (w.From - at + day) % day
}

// holds says why attachments wait now, and how long at least; 0: until something
// else changes.
func (r Rules) holds() (Why, time.Duration) {
	if r.Metered {
		return WhyMetered, 0
	}
	now := r.Now
	if now == nil {
		now = time.Now
	}
	if d := r.Window.opens(now()); d > 0 {
		return WhyWindow, d
	}
	return WhyNothing, 0
}
