package page

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a printer that says what a test tells it to: what real ones say too
// seldom to wait for.
type fake struct {
	mu      sync.Mutex
	state   State
	reasons []string
	refuses bool // jobs
	jobs    []job
	asked   map[uint16]int
	// answer, if set, answers instead; false: as usual.
	answer func(w http.ResponseWriter, op uint16, n int) bool
	onLook func(f *fake, j *job) // before a job is looked at
	taken  []byte
	// followed: we went where the printer sent us.
	followed bool
}

func (f *fake) open(t *testing.T, timing Timing) *Printer {
	t.Helper()
	f.state, f.asked = StateIdle, map[uint16]int{}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	return open(t, "ipp"+strings.TrimPrefix(srv.URL, "http")+"/printers/a", timing)
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.Method != http.MethodPost {
		f.mu.Lock()
		f.followed = true
		f.mu.Unlock()
	}
	end := strings.Index(string(raw), "%PDF")
	if end < 0 {
		end = len(raw)
	}
	m, err := decode(raw[:end])
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked[m.Code]++
	answer := message{Major: 1, Minor: 1, Request: m.Request, Groups: []group{{Tag: tagOperation, Attrs: []attribute{
		text(tagCharset, "attributes-charset", "utf-8"), text(tagLanguage, "attributes-natural-language", "en")}}}}
	op := m.first(tagOperation)
	if m.Code == opPrintJob {
		f.taken = raw[end:]
		f.jobs = append(f.jobs, job{id: len(f.jobs) + 1, name: op.texts("job-name")[0], state: jobPending})
	}
	if f.answer != nil && f.answer(w, m.Code, f.asked[m.Code]) {
		return
	}
	id, _ := op.number("job-id")
	switch m.Code {
	case opGetAttributes:
		accepting := int32(1)
		if f.refuses {
			accepting = 0
		}
		g := group{Tag: tagPrinter, Attrs: []attribute{{Name: "printer-state", Values: []value{{Tag: tagEnum, Int: int32(f.state)}}},
			{Name: "printer-is-accepting-jobs", Values: []value{{Tag: tagBoolean, Int: accepting}}}}}
		if len(f.reasons) > 0 {
			g.Attrs = append(g.Attrs, text(tagKeyword, "printer-state-reasons", f.reasons...))
		}
		answer.Groups = append(answer.Groups, g)
	case opPrintJob:
		answer.Groups = append(answer.Groups, f.jobs[len(f.jobs)-1].group())
	case opGetJob:
		if id < 1 || id > len(f.jobs) {
			answer.Code = statusNotFound
			break
		}
		if f.onLook != nil {
			f.onLook(f, &f.jobs[id-1])
		}
		if len(f.jobs) == 0 {
			answer.Code = statusNotFound
			break
		}
		answer.Groups = append(answer.Groups, f.jobs[id-1].group())
	case opGetJobs:
		for _, j := range f.jobs {
			if (j.state >= jobCancelled) == (op.texts("which-jobs")[0] == "completed") {
				answer.Groups = append(answer.Groups, j.group())
			}
		}
	case opCancelJob:
		f.jobs[id-1].state = jobCancelled
	}
	out, err := answer.encode()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", ippType)
	_, _ = w.Write(out)
}

// got is how often something was asked, and the last document.
func (f *fake) got(op uint16) (times int, document string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[op], string(f.taken)
}

func (j job) group() group {
	g := group{Tag: tagJob, Attrs: []attribute{integer("job-id", j.id), {Name: "job-state", Values: []value{{Tag: tagEnum, Int: int32(j.state)}}},
		text(tagName, "job-name", j.name), integer("job-impressions-completed", j.sheets)}}
	if j.idle {
		g.Attrs = append(g.Attrs, attribute{Name: "time-at-processing", Values: []value{{Tag: tagNoValue}}})
	}
	if len(j.reasons) > 0 {
		g.Attrs = append(g.Attrs, text(tagKeyword, "job-state-reasons", j.reasons...))
	}
	return g
}

// drop ends the connection without an answer.
func drop(http.ResponseWriter) { panic(http.ErrAbortHandler) }

func says(status uint16, groups ...group) func(http.ResponseWriter, uint16, int) bool {
	return func(w http.ResponseWriter, op uint16, n int) bool {
		if op != opValidateJob {
			return false
		}
		m := message{Major: 1, Minor: 1, Code: status, Request: 2, Groups: groups} // the second question
		out, err := m.encode()
		if err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", ippType)
		_, _ = w.Write(out)
		return true
	}
}

// done lets a job end at the next look.
func done(state jobState, reasons ...string) func(*fake, *job) {
	return func(_ *fake, j *job) { j.state, j.reasons = state, reasons }
}

var brisk = Timing{Ask: 5 * time.Second, Send: 5 * time.Second, Poll: time.Millisecond, Lost: 30 * time.Millisecond}

func TestHowAJobEnds(t *testing.T) {
	only := func(op uint16, f func(http.ResponseWriter)) func(http.ResponseWriter, uint16, int) bool {
		return func(w http.ResponseWriter, got uint16, _ int) bool {
			if got == op {
				f(w)
			}
			return got == op
		}
	}
	type tt = struct {
		name string
		f    *fake
		with func(*fake)
		want Outcome
		sent int // documents that the printer got
	}
	for _, tt := range []tt{
		{"completed", &fake{onLook: done(jobCompleted)}, nil, Outcome{Printed, ReasonNone, 1, true}, 1},
		{"completed with errors", &fake{onLook: done(jobCompleted, "job-completed-with-errors")}, nil, Outcome{Unknown, ReasonFault, 1, true}, 1},
		{"cancelled at the printer", &fake{onLook: done(jobCancelled)}, nil, Outcome{Failed, ReasonCancelled, 1, true}, 1},
		{"cancelled before it ran", &fake{onLook: func(_ *fake, j *job) { j.state, j.idle = jobCancelled, true }}, nil, Outcome{Failed, ReasonCancelled, 1, false}, 1},
		{"aborted", &fake{onLook: done(jobAborted)}, nil, Outcome{Failed, ReasonFault, 1, true}, 1},
		{"a bad document", &fake{onLook: done(jobAborted, "document-format-error")}, nil, Outcome{Failed, ReasonDocument, 1, true}, 1},
		{"aborted in a jam", &fake{onLook: func(f *fake, j *job) { j.state, f.state, f.reasons = jobAborted, StateStopped, []string{"media-jam"} }},
			nil, Outcome{Failed, ReasonJam, 1, true}, 1},
		{"forgotten", &fake{onLook: func(f *fake, j *job) { j.id, f.jobs = 0, nil; j.state = 0 }}, nil, Outcome{Unknown, ReasonRestarted, 1, true}, 1},
		{"lost at once", &fake{answer: only(opGetJob, drop)}, nil, Outcome{Unknown, ReasonLost, 1, true}, 1},
		{"out of paper", &fake{}, func(f *fake) { f.state, f.reasons = StateStopped, []string{"media-empty-error", "toner-low-warning"} },
			Outcome{Failed, ReasonMedia, 0, false}, 0},
		{"stopped by a mere warning", &fake{}, func(f *fake) { f.state, f.reasons = StateStopped, []string{"cover-open-warning"} }, Outcome{Failed, ReasonCover, 0, false}, 0},
		{"stopped", &fake{}, func(f *fake) { f.state = StateStopped }, Outcome{Failed, ReasonStopped, 0, false}, 0},
		{"paused", &fake{}, func(f *fake) { f.state, f.reasons = StateStopped, []string{"paused"} }, Outcome{Failed, ReasonStopped, 0, false}, 0},
		{"queue without its printer", &fake{}, func(f *fake) { f.reasons = []string{"offline-report", "connecting-to-device"} }, Outcome{Failed, ReasonOffline, 0, false}, 0},
		{"something of its own", &fake{}, func(f *fake) { f.reasons = []string{"com.example.dust"} }, Outcome{Unknown, ReasonRestarted, 0, true}, 1},
		{"the worst said first", &fake{}, func(f *fake) { f.reasons = []string{"door-open", "media-empty"} }, Outcome{Failed, ReasonMedia, 0, false}, 0},
		{"a fault nobody knows", &fake{}, func(f *fake) { f.reasons = []string{"fuser-over-temp-error"} }, Outcome{Failed, ReasonFault, 0, false}, 0},
		{"little toner, which it calls an error", &fake{onLook: done(jobCompleted)}, func(f *fake) { f.reasons = []string{"toner-low-error", "media-low"} },
			Outcome{Printed, ReasonNone, 1, true}, 1},
		{"takes nothing", &fake{refuses: true}, nil, Outcome{Failed, ReasonRefusing, 0, false}, 0},
		{"refuses the document", &fake{answer: says(statusFormat)}, nil, Outcome{Failed, ReasonDocument, 0, false}, 0},
		{"has no such paper", &fake{answer: says(statusAttributes, group{Tag: tagUnsupported, Attrs: []attribute{text(tagKeyword, "media", "x")}})},
			nil, Outcome{Failed, ReasonWrong, 0, false}, 0},
		{"not for us", &fake{answer: says(statusUnauthorized)}, nil, Outcome{Failed, ReasonDenied, 0, false}, 0},
		{"wants a password", &fake{answer: only(opValidateJob, func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) })}, nil, Outcome{Failed, ReasonDenied, 0, false}, 0},
		{"sends us elsewhere", &fake{answer: only(opValidateJob, func(w http.ResponseWriter) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusFound)
		})}, nil, Outcome{Failed, ReasonAnswer, 0, false}, 0},
		{"a log-in page", &fake{answer: only(opGetAttributes, func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") })}, nil, Outcome{Failed, ReasonAnswer, 0, false}, 0},
		{"garbage", &fake{answer: only(opGetAttributes, func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", ippType)
			_, _ = io.WriteString(w, strings.Repeat("\x01\x44", 500))
		})}, nil, Outcome{Failed, ReasonAnswer, 0, false}, 0},
		{"no end of garbage", &fake{answer: only(opGetAttributes, func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", ippType)
			for n := 0; ; n++ { // until we hang up
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
				if n > 64*maxMessageBytes>>16 {
					panic("it listens for ever")
				}
			}
		})}, nil, Outcome{Failed, ReasonAnswer, 0, false}, 0},
		{"the answer lost, the job found", &fake{answer: only(opPrintJob, drop), onLook: done(jobCompleted)}, nil, Outcome{Printed, ReasonNone, 1, true}, 1},
		{"an answer without a number, the job found over", &fake{answer: func(w http.ResponseWriter, op uint16, _ int) bool {
			if op == opPrintJob {
				w.Header().Set("Content-Type", ippType)
				_, _ = io.WriteString(w, "\x01\x01\x00\x00\x00\x00\x00\x03\x03")
			}
			return op == opPrintJob
		}, onLook: done(jobCompleted)}, nil, Outcome{Printed, ReasonNone, 1, true}, 1},
		{"the answer lost and the job, too", &fake{}, func(f *fake) {
			f.answer = func(w http.ResponseWriter, op uint16, _ int) bool {
				if op == opPrintJob {
					f.jobs = nil
					drop(w)
				}
				return false
			}
		}, Outcome{Unknown, ReasonRestarted, 0, true}, 1},
		{"the answer lost and then everything", &fake{}, func(f *fake) {
			f.answer = func(w http.ResponseWriter, op uint16, _ int) bool {
				if op == opPrintJob || op == opGetJobs {
					drop(w)
				}
				return false
			}
		}, Outcome{Unknown, ReasonLost, 0, true}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.f
			p := f.open(t, brisk)
			if tt.name == "something of its own" {
				// A vendor's note stops nothing: the job is sent; this one is not
				// followed further.
				f.answer = func(w http.ResponseWriter, op uint16, _ int) bool {
					if op == opPrintJob {
						f.jobs = nil
						drop(w)
					}
					return false
				}
			}
			if tt.with != nil {
				tt.with(f)
			}
			got, err := p.Print(t.Context(), aPDF, Options{Name: "n-1"})
			if got != tt.want {
				t.Errorf("%+v, %v; want %+v", got, err, tt.want)
			}
			if f.followed {
				t.Error("we went elsewhere")
			}
			sent, document := f.got(opPrintJob)
			if sent != tt.sent {
				t.Errorf("sent %d times", sent)
			}
			if sent > 0 && document != string(aPDF) {
				t.Errorf("another document was sent: %q", document)
			}
		})
	}
}

// A job that waits for paper goes on by itself when somebody brings some.
func TestGoesOnAfterPaper(t *testing.T) {
	f := &fake{}
	p := f.open(t, brisk)
	f.onLook = func(f *fake, j *job) {
		switch f.asked[opGetJob] {
		case 1:
			j.state, f.state, f.reasons = jobStopped, StateStopped, []string{"media-empty-error"}
		case 5:
			j.state, f.state, f.reasons = jobProcessing, StateProcessing, nil
		case 8:
			j.state = jobCompleted
		}
	}
	var told []Reason
	out, err := p.Print(t.Context(), aPDF, Options{Name: "n-1", Waits: func(r Reason) { told = append(told, r) }})
	if err != nil || out.Result != Printed || len(told) != 2 || told[0] != ReasonMedia || told[1] != ReasonNone {
		t.Errorf("%+v, %v, told %q", out, err, told)
	}
}

// When nobody brings any, the job is taken out: it must not come out tomorrow.
func TestNobodyBringsPaper(t *testing.T) {
	for _, tt := range []struct {
		name string
		mute bool // it does not answer when asked to cancel
		want Outcome
	}{
		{"cancelled", false, Outcome{Failed, ReasonJam, 1, true}},
		{"not to be cancelled", true, Outcome{Unknown, ReasonLost, 1, true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			timing := brisk
			timing.Stop = 10 * time.Millisecond
			f := &fake{}
			p := f.open(t, timing)
			f.onLook = func(f *fake, j *job) {
				if j.state == jobPending {
					j.state, j.sheets, f.state, f.reasons = jobStopped, 1, StateStopped, []string{"media-jam"}
				}
			}
			f.answer = func(w http.ResponseWriter, op uint16, _ int) bool {
				if tt.mute && op == opCancelJob {
					drop(w)
				}
				return false
			}
			out, err := p.Print(t.Context(), aPDF, Options{Name: "n-1"})
			if out != tt.want || (err != nil) != tt.mute {
				t.Errorf("%+v, %v", out, err)
			}
			if n, _ := f.got(opCancelJob); n != 1 {
				t.Errorf("cancelled %d times", n)
			}
		})
	}
}

// A printer that takes a question and never answers costs its deadline, no more.
func TestNoAnswer(t *testing.T) {
	timing := brisk
	timing.Ask = 20 * time.Millisecond
	f := &fake{}
	p := f.open(t, timing)
	gone := make(chan struct{})
	f.answer = func(http.ResponseWriter, uint16, int) bool { <-gone; return true }
	t.Cleanup(func() { close(gone) })
	if s, err := p.Status(t.Context()); !errors.Is(err, context.DeadlineExceeded) || s.Known || s.Stops != ReasonOffline {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestWhatIsNotSent(t *testing.T) {
	f := &fake{}
	p := f.open(t, brisk)
	for name, tt := range map[string]struct {
		pdf []byte
		o   Options
	}{
		"no PDF": {[]byte("hello"), Options{Name: "a"}}, "nothing": {nil, Options{Name: "a"}}, "half a PDF": {aPDF[:20], Options{Name: "a"}},
		"too large": {append(make([]byte, MaxDocumentBytes), aPDF...), Options{Name: "a"}}, "no name": {aPDF, Options{}},
		"a long name": {aPDF, Options{Name: strings.Repeat("x", MaxNameBytes+1)}}, "a tray of copies": {aPDF, Options{Name: "a", Copies: maxCopies + 1}},
	} {
		if out, err := p.Print(t.Context(), tt.pdf, tt.o); err == nil || out != (Outcome{Reason: ReasonDocument}) {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	if len(f.asked) != 0 {
		t.Error("the printer was asked")
	}
}

func TestSizes(t *testing.T) {
	a4, a5 := string(A4), string(A5)
	for _, tt := range []struct {
		ready, supported []string
		wantA4, wantA5   bool
	}{{nil, nil, false, false}, {nil, []string{a4, a5}, true, true}, {[]string{a4}, []string{a4, a5}, true, false}, {[]string{"na_letter_8.5x11in"}, []string{a4}, false, false}} {
		g := group{Tag: tagPrinter}
		if tt.ready != nil {
			g.Attrs = append(g.Attrs, text(tagKeyword, "media-ready", tt.ready...))
		}
		if tt.supported != nil {
			g.Attrs = append(g.Attrs, text(tagKeyword, "media-supported", tt.supported...))
		}
		if s := readStatus(g); s.A4 != tt.wantA4 || s.A5 != tt.wantA5 {
			t.Errorf("%v of %v: %+v", tt.ready, tt.supported, s)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, uri := range []string{"", "localhost", "http://localhost/printers/a", "ipps://localhost/a", "ipp:///printers/a", "ipp://user:secret@localhost/a",
		"ipp://localhost/a?b", "ipp://localhost:port/", "ipp://localhost/" + strings.Repeat("a", 1024)} {
		if _, err := New(Config{URI: uri}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", uri, err)
		}
	}
	p, err := New(Config{URI: "ipp://[::1]/printers/a"})
	if err != nil || p.c.url != "http://[::1]:631/printers/a" {
		t.Errorf("%v, %v", p, err)
	}
}
