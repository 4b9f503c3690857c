package page

import "strings"

// Reason says why pages do not come out. The words of RFC 8011 5.4.12 that mean
// the same to whoever stands before the printer are one reason.
type Reason string

// The reasons. None of them holds personal data.
const (
	ReasonNone      Reason = ""
	ReasonMedia     Reason = "media-empty"   // no paper in the tray
	ReasonWrong     Reason = "media-needed"  // no paper of this size
	ReasonJam       Reason = "media-jam"     //
	ReasonCover     Reason = "cover-open"    // or a door, or a missing tray
	ReasonToner     Reason = "toner-empty"   // or ink
	ReasonStopped   Reason = "stopped"       // somebody paused the printer or its queue
	ReasonRefusing  Reason = "not-accepting" // the queue takes no jobs
	ReasonOffline   Reason = "offline"       // nobody answers, or the queue does not reach its printer
	ReasonDenied    Reason = "denied"        // it answers, but not to us
	ReasonFault     Reason = "fault"         // the printer says only that something is wrong
	ReasonCancelled Reason = "cancelled"     // by a person, or by us because it could not go on
	ReasonDocument  Reason = "document"      // the printer cannot print this document
	ReasonLost      Reason = "lost"          // it took the job and could not be asked any more
	ReasonAnswer    Reason = "answer"        // what it says is no IPP
	ReasonRestarted Reason = "restarted"     // the printer forgot the job
	ReasonNearEnd   Reason = "media-low"     // a warning only
	ReasonTonerLow  Reason = "toner-low"     // a warning only
)

// keywords are what printers say, without its severity.
var keywords = []struct {
	word   string
	reason Reason
}{
	{"media-empty", ReasonMedia}, {"input-tray-missing", ReasonCover}, {"input-media-supply-empty", ReasonMedia},
	{"media-needed", ReasonWrong}, {"media-jam", ReasonJam}, {"cover-open", ReasonCover}, {"door-open", ReasonCover},
	{"interlock-open", ReasonCover}, {"toner-empty", ReasonToner}, {"marker-supply-empty", ReasonToner},
	{"marker-supply-missing", ReasonToner}, {"offline", ReasonOffline}, {"connecting-to-device", ReasonOffline},
	{"timed-out", ReasonOffline}, {"shutdown", ReasonOffline}, {"paused", ReasonStopped}, {"stopped-partly", ReasonStopped},
	{"moving-to-paused", ReasonStopped}, {"stopping", ReasonStopped}, {"media-low", ReasonNearEnd},
	{"input-media-supply-low", ReasonNearEnd}, {"toner-low", ReasonTonerLow}, {"marker-supply-low", ReasonTonerLow},
}

// severity is how much a printer-state-reason weighs (RFC 8011 5.4.12). One
// without a suffix stops the printer.
type severity int

const (
	report severity = iota
	warning
	stopping
)

// readReason understands one printer-state-reason.
func readReason(word string) (Reason, severity) {
	weight := stopping
	for suffix, s := range map[string]severity{"-error": stopping, "-warning": warning, "-report": report} {
		if bare, ok := strings.CutSuffix(word, suffix); ok {
			word, weight = bare, s
		}
	}
	if word == "none" || word == "" {
		return ReasonNone, report
	}
	for _, k := range keywords {
		if word == k.word {
			if k.reason == ReasonNearEnd || k.reason == ReasonTonerLow {
				weight = min(weight, warning) // a little is left, whatever the printer calls it
			}
			return k.reason, weight
		}
	}
	if strings.HasPrefix(word, "cups-") || strings.HasPrefix(word, "com.") {
		weight = report // a vendor's or a queue's own note
	}
	return ReasonFault, weight
}

// rank orders reasons by what a person can do about them: the plainest first.
func (r Reason) rank() int {
	for i, k := range []Reason{ReasonMedia, ReasonWrong, ReasonJam, ReasonCover, ReasonToner, ReasonStopped, ReasonOffline} {
		if r == k {
			return i
		}
	}
	return len(keywords)
}

// State is printer-state (RFC 8011 5.4.11).
type State int

// The states. Zero is one that was not told.
const (
	StateUnknown    State = 0
	StateIdle       State = 3
	StateProcessing State = 4
	StateStopped    State = 5
)

// Status is what a printer says of itself.
type Status struct {
	Known     bool   // it answered
	Model     string // as the printer calls itself
	State     State
	Accepting bool
	Stops     Reason // why it cannot print now; ReasonNone: it can
	Warns     Reason // what it will soon need; it still prints
	A4, A5    bool   // which sizes are in its trays, or which it prints where it does not know
	Pages     bool   // it takes PDF
}

// Ready reports that a job sent now would be printed.
func (s Status) Ready() bool { return s.Known && s.Stops == ReasonNone }

func readStatus(g group) Status {
	s := Status{Known: true}
	if n, ok := g.number("printer-state"); ok && n >= int(StateIdle) && n <= int(StateStopped) {
		s.State = State(n)
	}
	accepting, told := g.number("printer-is-accepting-jobs")
	s.Accepting = !told || accepting == 1
	for _, word := range g.texts("printer-state-reasons") {
		r, weight := readReason(word)
		switch {
		case weight == stopping && (s.Stops == ReasonNone || r.rank() < s.Stops.rank()):
			s.Stops = r
		case weight != stopping && r != ReasonNone && r != ReasonFault && (s.Warns == ReasonNone || r.rank() < s.Warns.rank()):
			s.Warns = r
		}
	}
	switch {
	case s.State == StateStopped && s.Stops == ReasonNone:
		s.Stops = ReasonStopped
		if s.Warns != ReasonNone && s.Warns != ReasonNearEnd && s.Warns != ReasonTonerLow {
			s.Stops = s.Warns // it calls a warning what has stopped it
		}
	case s.Stops == ReasonNone && !s.Accepting:
		s.Stops = ReasonRefusing
	}
	if model := g.texts("printer-make-and-model"); len(model) > 0 {
		s.Model = model[0]
	}
	media := g.texts("media-ready")
	if len(media) == 0 { // it does not know what lies in its trays
		media = g.texts("media-supported")
	}
	for _, m := range media {
		s.A4 = s.A4 || m == string(A4)
		s.A5 = s.A5 || m == string(A5)
	}
	for _, f := range g.texts("document-format-supported") {
		s.Pages = s.Pages || f == formatPDF
	}
	return s
}
