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

	Until time.Time // when a pause that staff ordered ends; zero: there is none
	Now   time.Time // the station's clock, for Until
}

// whyPaused is the outbox's word for a pause that staff ordered.
const whyPaused = "paused"

// countStep is how finely a wait is counted down: fine enough to be seen going,
// coarse enough not to draw the screen anew all the time.
const countStep = 10 * time.Second

// Paused reports whether staff paused sending.
func (s Sending) Paused() bool { return !s.Until.IsZero() }

// Say words what waits and why; both are empty where nothing does and nothing is
// paused.
func (s Sending) Say(w *assets.Words) (what, why string) {
	packets, files := Packets(w, s.Waiting), Attachments(w, s.Files)
	n, in, reason := s.Waiting, s.In, s.Why
	switch {
	case s.Waiting == 0 && s.Files == 0 && s.Paused():
		return w.T("sending.paused", "until", Moment(w, s.Until, s.Now)), w.T("sending.paused-none")
	case s.Waiting == 0 && s.Files == 0:
		return "", ""
	case s.Waiting == 0:
		n, in, reason = s.Files, s.FileIn, s.FileWhy
		what = w.T("sending.files", "files", files)
	case s.Files > 0:
		n += s.Files
		what = w.T("sending.both", "packets", packets, "files", files, "age", span(w, s.Age))
	default:
		what = w.T(ofOne("sending.waiting", n), "packets", packets, "age", span(w, s.Age))
	}
	switch {
	case reason == "":
		why = w.T(ofOne("sending.now", n))
	case in <= 0 || reason == whyPaused: // that says its own end
		why = w.T(ofOne("sending.because", n), "why", s.Because(w, reason))
	default:
		why = w.T("sending.next", "in", span(w, Counted(in)), "why", s.Because(w, reason))
	}
	if s.Waiting > 0 && s.Files > 0 && s.FileWhy != "" && s.FileWhy != s.Why {
		why += " " + w.T(ofOne("sending.files-why", s.Files), "why", s.Because(w, s.FileWhy))
	}
	return what, why
}

// Packets and Attachments word a number of what waits, in the one way that every
// screen of the staff uses.
func Packets(w *assets.Words, n int) string {
	return w.T("sending.packets", "n", w.Number(int64(n)))
}

// Attachments is told of at Packets.
func Attachments(w *assets.Words, n int) string {
	return w.T("sending.attachments", "n", w.Number(int64(n)))
}

// Load words packets and attachments together; what there is none of is not named.
func Load(w *assets.Words, packets, files int) string {
	switch {
	case files == 0:
		return Packets(w, packets)
	case packets == 0:
		return Attachments(w, files)
	}
	return w.T("sending.load", "packets", Packets(w, packets), "files", Attachments(w, files))
}

// ofOne is the key of a sentence about n things that does not name their number.
func ofOne(key string, n int) string {
	if n == 1 {
		return key + "-single"
	}
	return key
}

// Because words the outbox's reason.
func (s Sending) Because(w *assets.Words, reason string) string {
	return w.T("sending.why-"+reason, "until", Moment(w, s.Until, s.Now))
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
