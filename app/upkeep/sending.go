package upkeep

import (
	"time"

	"tramhoso/assets"
)

// Sending is what the queues say about what waits for the province.
type Sending struct {
	Waiting int           // packets
	Refused int           // of these, not taken by the portal
	Age     time.Duration // of the oldest
	In      time.Duration // until the next attempt; 0: now, or nobody knows
	Why     string        // the outbox's word for what keeps them; "": they are being sent

	Files   int    // attachments whose packets are through
	FileWhy string // likewise
	FileIn  time.Duration
}

// countStep is how finely a wait is counted down: fine enough to be seen going,
// coarse enough not to draw the screen anew all the time.
const countStep = 10 * time.Second

// Say words what waits and why; both are empty where nothing does.
func (s Sending) Say(w *assets.Words) (what, why string) {
	n, age, in, reason := s.Waiting, s.Age, s.In, s.Why
	what = "sending.waiting"
	switch {
	case n == 0 && s.Files == 0:
		return "", ""
	case n == 0:
		n, in, reason, what = s.Files, s.FileIn, s.FileWhy, "sending.files"
	case s.Files > 0:
		what = "sending.both"
	}
	what = w.T(what, "n", w.Number(int64(n)), "files", w.Number(int64(s.Files)), "age", span(w, age))
	switch {
	case reason == "":
		why = w.T("sending.now")
	case in <= 0:
		why = w.T("sending.because", "why", w.T("sending.why-"+reason))
	default:
		why = w.T("sending.next", "in", span(w, Counted(in)), "why", w.T("sending.why-"+reason))
	}
	if s.Waiting > 0 && s.Files > 0 && s.FileWhy != "" && s.FileWhy != s.Why {
		why += " " + w.T("sending.files-why", "why", w.T("sending.why-"+s.FileWhy))
	}
	return what, why
}

// Counted is a wait as it is shown: rounded up, so that it is never over before
// it says so.
func Counted(d time.Duration) time.Duration {
	return (d + countStep - 1) / countStep * countStep
}

// span words a duration by its largest unit.
func span(w *assets.Words, d time.Duration) string {
	switch {
	case d < time.Minute:
		return w.T("sending.seconds", "n", int64(d/time.Second))
	case d < time.Hour:
		return w.T("sending.minutes", "n", int64(d/time.Minute))
	case d < 48*time.Hour:
		return w.T("sending.hours", "n", int64(d/time.Hour))
	}
	return w.T("sending.days", "n", int64(d/(24*time.Hour)))
}
