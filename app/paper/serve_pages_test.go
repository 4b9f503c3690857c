package paper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	ipp "tramhoso/device/page"
	"tramhoso/device/printer"
)

// sheets is a page printer that plays a script, then prints everything.
type sheets struct {
	mu     sync.Mutex
	status ipp.Status
	script []ipp.Outcome
	names  []string
	sizes  []ipp.Media
	known  map[string]ipp.Result // of jobs before
	hangs  bool                  // until ctx ends
}

func (s *sheets) Status(context.Context) (ipp.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status, nil
}

func (s *sheets) set(st ipp.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = st
}

func (s *sheets) Print(ctx context.Context, pdf []byte, o ipp.Options) (ipp.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names, s.sizes = append(s.names, o.Name), append(s.sizes, o.Media)
	if ipp.Check(pdf) != nil {
		return ipp.Outcome{Reason: ipp.ReasonDocument}, nil
	}
	if s.hangs {
		<-ctx.Done()
		return ipp.Outcome{Result: ipp.Unknown, Reason: ipp.ReasonLost, Started: true}, ctx.Err()
	}
	out := ipp.Outcome{Result: ipp.Printed, Started: true}
	if len(s.script) > 0 {
		out, s.script = s.script[0], s.script[1:]
	}
	return out, nil
}

func (s *sheets) Find(_ context.Context, o ipp.Options) (ipp.Outcome, error) {
	if r, ok := s.known[o.Name]; ok {
		return ipp.Outcome{Result: r, Started: true}, nil
	}
	return ipp.Outcome{Result: ipp.Unknown, Reason: ipp.ReasonRestarted, Started: true}, nil
}

// pageShelf has jobs for the page printer.
func pageShelf(t *testing.T, kinds ...string) *shelf {
	t.Helper()
	s := newShelf(t, len(kinds))
	for i, k := range kinds {
		var v any = form01()
		if k == KindDeclaration {
			v = declaration()
		}
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		j := s.jobs[int64(i+1)]
		j.Kind, j.Data = k, raw
	}
	return s
}

var pageReady = ipp.Status{Known: true, A4: true, A5: true}

// servePages runs a press until the jobs are queued and everything rests.
func servePages(t *testing.T, s *shelf, m *sheets, ways PageWays, after time.Duration, ids ...int64) (told []Event) {
	t.Helper()
	p := NewPress(s, Observer{Job: func(e Event) { told = append(told, e) }})
	if ways.Look == nil {
		ways.Look = func(ipp.Status, error) {}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	for _, id := range ids {
		p.Print(id)
	}
	go func() { done <- p.ServePages(ctx, m, ways) }()
	time.Sleep(after)
	synctest.Wait()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	return told
}

func TestWhatBecomesOfPages(t *testing.T) {
	out := func(r ipp.Result, why ipp.Reason, started bool) ipp.Outcome {
		return ipp.Outcome{Result: r, Reason: why, Started: started}
	}
	for _, tt := range []struct {
		name   string
		script []ipp.Outcome
		want   string
		sent   int
	}{
		{"printed", nil, "1 printed", 1},
		{"unknown", []ipp.Outcome{out(ipp.Unknown, ipp.ReasonLost, true)}, "1 unknown", 1},
		{"a jam in the midst", []ipp.Outcome{out(ipp.Failed, ipp.ReasonJam, true)}, "1 failed, 2 printed", 2},
		{"nothing begun", []ipp.Outcome{out(ipp.Failed, ipp.ReasonOffline, false)}, "1 printed", 2},
		{"cancelled by a person", []ipp.Outcome{out(ipp.Failed, ipp.ReasonCancelled, true)}, "1 failed", 1},
		{"a document that it cannot print", []ipp.Outcome{out(ipp.Failed, ipp.ReasonDocument, true)}, "1 failed", 1},
		{"a printer that eats paper", slices.Repeat([]ipp.Outcome{out(ipp.Failed, ipp.ReasonJam, true)}, 50),
			"1 failed, 2 failed, 3 failed, 4 failed, 5 failed", maxTries},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, m := pageShelf(t, KindDeclaration), &sheets{status: pageReady, script: tt.script}
				servePages(t, s, m, PageWays{}, time.Minute, 1)
				if got := s.states(); got != tt.want || len(m.names) != tt.sent {
					t.Errorf("%s, sent %d times", got, len(m.names))
				}
				slices.Sort(m.names)
				if tt.name != "nothing begun" && len(slices.Compact(m.names)) != tt.sent {
					t.Errorf("two papers under one name: %q", m.names)
				}
			})
		})
	}
}

func TestPagesOnTheirPaper(t *testing.T) {
	for _, tt := range []struct {
		form   Size
		status ipp.Status
		want   []ipp.Media
	}{
		{"", pageReady, []ipp.Media{ipp.A4, ipp.A5}}, {"", ipp.Status{Known: true, A4: true}, []ipp.Media{ipp.A4, ipp.A4}},
		{A4, pageReady, []ipp.Media{ipp.A4, ipp.A4}}, {A5, ipp.Status{Known: true}, []ipp.Media{ipp.A4, ipp.A5}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, m := pageShelf(t, KindDeclaration, KindForm01Pages), &sheets{status: tt.status}
			servePages(t, s, m, PageWays{Form: tt.form}, time.Second, 1, 2)
			if d := cmp.Diff(tt.want, m.sizes); d != "" {
				t.Errorf("%q: %s", tt.form, d)
			}
			if d := cmp.Diff([]string{"tramhoso-p1-1", "tramhoso-p2-2"}, m.names); d != "" {
				t.Error(d)
			}
		})
	}
}

// A page waits for a printer that needs help, and not for ever.
func TestPagesWaitForHelp(t *testing.T) {
	empty := ipp.Status{Known: true, Stops: ipp.ReasonMedia}
	synctest.Test(t, func(t *testing.T) {
		s, m := pageShelf(t, KindDeclaration), &sheets{status: empty}
		time.AfterFunc(5*time.Minute, func() { m.set(pageReady) })
		told := servePages(t, s, m, PageWays{}, 6*time.Minute, 1)
		if got := s.states(); got != "1 printed" {
			t.Error(got)
		}
		if !slices.Contains(told, Event{Job: 1, State: Blocked, Reason: printer.Reason(ipp.ReasonMedia)}) {
			t.Errorf("told %v", told)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s, m := pageShelf(t, KindDeclaration), &sheets{status: empty}
		time.AfterFunc(pageWithin+time.Minute, func() { m.set(pageReady) })
		told := servePages(t, s, m, PageWays{}, pageWithin+2*time.Minute, 1)
		if got := s.states(); got != "1 failed" || len(m.names) > 0 {
			t.Errorf("%s: it came out when nobody waited any more", got)
		}
		if last := told[len(told)-1]; last != (Event{Job: 1, State: Failed, Reason: ReasonWaited}) {
			t.Errorf("told %v", last)
		}
	})
}

// The program ends while the printer works: nothing is guessed, and the next
// start finds out.
func TestPagesAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := pageShelf(t, KindDeclaration, KindDeclaration, KindDeclaration), &sheets{status: pageReady, hangs: true}
		servePages(t, s, m, PageWays{}, time.Second, 1)
		if got := s.states(); got != "1 sending, 2 rendered, 3 rendered" || s.band[1] != [2]int{1, 1} {
			t.Fatal(got, s.band)
		}
		for id := int64(1); id <= 3; id++ { // as the store does
			s.jobs[id].State = Unknown
		}
		m.known = map[string]ipp.Result{"tramhoso-p1-1": ipp.Printed, "tramhoso-p3-3": ipp.Failed}
		m.hangs = false
		m.set(ipp.Status{}) // it is switched on a minute later
		time.AfterFunc(time.Minute, func() { m.set(pageReady) })
		told := servePages(t, s, m, PageWays{Old: []int64{1, 2, 3, 99}}, 2*time.Minute)
		if got := s.states(); got != "1 printed, 2 unknown, 3 failed" || len(told) != 2 {
			t.Errorf("%s, told %v", got, told)
		}
	})
}

// A slip in the wrong queue is not printed on a page.
func TestNoSlipsOnPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newShelf(t, 1), &sheets{status: pageReady}
		told := servePages(t, s, m, PageWays{}, time.Second, 1)
		if s.states() != "1 rendered" || len(m.names) > 0 || told[len(told)-1].State != Failed {
			t.Errorf("%s, %v, told %v", s.states(), m.names, fmt.Sprint(told))
		}
	})
}
