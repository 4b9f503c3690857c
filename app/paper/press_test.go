package paper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// shelf is a store of jobs with the transitions of the real one.
type shelf struct {
	mu   sync.Mutex
	jobs map[int64]*Job
	band map[int64][2]int
	last int64
	most int
}

func newShelf(t *testing.T, n int) *shelf {
	t.Helper()
	raw, err := json.Marshal(slip())
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{jobs: map[int64]*Job{}, band: map[int64][2]int{}, most: 20}
	for range n {
		s.last++
		s.jobs[s.last] = &Job{ID: s.last, Packet: fmt.Sprint("p", s.last), Kind: KindSlip, State: Waiting, Data: raw}
	}
	return s
}

func (s *shelf) Open(_ context.Context, id int64) (Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.jobs[id]; j != nil {
		return *j, nil
	}
	return Job{}, dossier.E(dossier.CodeNotFound, nil)
}

func (s *shelf) Set(ctx context.Context, id int64, to State, _ string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	from := map[State]string{Sending: "rendered", Waiting: "sending rendered", Printed: "sending probably unknown", Probably: "sending",
		Unknown: "sending", Failed: "sending unknown probably rendered failed"}[to]
	j := s.jobs[id]
	if j == nil || !strings.Contains(from, string(j.State)) {
		return dossier.E(dossier.CodeBadTransition, nil)
	}
	j.State = to
	return nil
}

func (s *shelf) Progress(_ context.Context, id int64, band, bands int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[id].State != Sending {
		return dossier.E(dossier.CodeBadTransition, nil)
	}
	s.band[id] = [2]int{band, bands}
	return nil
}

func (s *shelf) Reprint(_ context.Context, id int64) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := *s.jobs[id]
	if j.Copy >= s.most {
		return 0, dossier.E(dossier.CodePrinterDown, nil)
	}
	s.last++
	j.ID, j.Copy, j.State = s.last, j.Copy+1, Waiting
	s.jobs[j.ID] = &j
	return j.ID, nil
}

func (s *shelf) states() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for id := int64(1); id <= s.last; id++ {
		out = append(out, fmt.Sprintf("%d %s", id, s.jobs[id].State))
	}
	return strings.Join(out, ", ")
}

// machine plays a script of outcomes, then prints everything.
type machine struct {
	script  []play
	papers  []string // what came out whole: "slip" or "reprint"
	ready   chan struct{}
	looks   int
	trouble bool // it waits for help
	cuts    int  // it was told that a paper was under way before
}

type play struct {
	out printer.Outcome
	err error
}

func (m *machine) Print(ctx context.Context, d printer.Document, _ func(band, bands int)) (printer.Outcome, error) {
	if ctx.Err() != nil {
		return printer.Outcome{Reason: printer.ReasonCancelled}, ctx.Err()
	}
	p := play{out: printer.Outcome{Result: printer.Printed, Started: true}}
	if len(m.script) > 0 {
		p, m.script = m.script[0], m.script[1:]
	}
	m.trouble = p.out.Result == printer.Failed && p.out.Reason != printer.ReasonDocument
	if p.out.Result != printer.Failed {
		kind := "slip"
		if strings.Contains(texts(d), "BẢN IN LẠI") {
			kind = "reprint"
		}
		m.papers = append(m.papers, kind)
	}
	return p.out, p.err
}

func (m *machine) Watch(func(printer.Status))        {}
func (m *machine) Interrupted(context.Context) error { m.cuts++; return nil }

// Recover finds the printer in trouble after a failure, until somebody helps.
func (m *machine) Recover(ctx context.Context) (printer.Status, error) {
	m.looks++
	select {
	case <-m.ready:
		m.trouble = false
	default:
	}
	if m.trouble {
		return printer.Status{Known: true, Paper: printer.PaperOut}, ctx.Err()
	}
	return printer.Status{Known: true, Online: true}, ctx.Err()
}

// run serves until the queue rests, then calls each step and lets it rest again.
func run(t *testing.T, s *shelf, m *machine, queue []int64, steps ...func(*Press)) []string {
	t.Helper()
	var mu sync.Mutex
	var told []string
	synctest.Test(t, func(t *testing.T) {
		m.ready = make(chan struct{}, 1)
		p := NewPress(s, Observer{Job: func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			line := fmt.Sprintf("%d %s", e.Job, e.State)
			if e.Reason != "" {
				line += " " + string(e.Reason)
			}
			if e.Before != 0 {
				line += fmt.Sprintf(" for %d", e.Before)
			}
			told = append(told, line)
		}})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- p.Serve(ctx, m) }()
		synctest.Wait()
		for _, id := range queue {
			p.Print(id)
		}
		synctest.Wait()
		for _, step := range steps {
			step(p)
			time.Sleep(2 * Unhurried.Settle)
			synctest.Wait()
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	})
	return told
}

func (m *machine) help(*Press) { m.ready <- struct{}{} }

func TestPressPrintsInOrder(t *testing.T) {
	s, m := newShelf(t, 4), &machine{}
	told := run(t, s, m, []int64{2, 1, 2, 3})
	if d := cmp.Diff([]string{"2 sending", "2 printed", "1 sending", "1 printed", "3 sending", "3 printed"}, told); d != "" {
		t.Error(d)
	}
	if got := s.states(); got != "1 printed, 2 printed, 3 printed, 4 rendered" {
		t.Errorf("a job that nobody asked for: %s", got)
	}
}

func TestPaperOutBeforeTheFirstDot(t *testing.T) {
	s, m := newShelf(t, 1), &machine{script: []play{{out: printer.Outcome{Reason: printer.ReasonPaperOut}}}}
	told := run(t, s, m, []int64{1}, m.help)
	if d := cmp.Diff([]string{"1 sending", "1 blocked paper-out", "1 rendered", "1 sending", "1 printed"}, told); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"slip"}, m.papers); d != "" {
		t.Error("nothing was on paper, so this is no reprint: " + d)
	}
}

func TestPaperOutHalfWay(t *testing.T) {
	half := play{out: printer.Outcome{Reason: printer.ReasonPaperOut, Started: true}}
	s, m := newShelf(t, 2), &machine{script: []play{half}}
	told := run(t, s, m, []int64{1, 2}, m.help)
	want := []string{"1 sending", "3 blocked paper-out for 1", "3 rendered", "3 sending", "3 printed", "2 sending", "2 printed"}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"reprint", "slip"}, m.papers); d != "" {
		t.Error(d)
	}
	if got := s.states(); got != "1 failed, 2 printed, 3 printed" {
		t.Error(got)
	}
}

func TestPressWaitsWithoutSpinning(t *testing.T) {
	half := play{out: printer.Outcome{Reason: printer.ReasonPaperOut, Started: true}}
	s, m := newShelf(t, 1), &machine{script: []play{half}}
	run(t, s, m, []int64{1}, func(*Press) { time.Sleep(time.Hour) })
	if len(m.papers) != 0 || s.states() != "1 failed, 2 rendered" {
		t.Errorf("printed on no paper: %v, %s", m.papers, s.states())
	}
	m = &machine{}
	run(t, newShelf(t, 0), m, nil, func(*Press) { time.Sleep(time.Hour) })
	if most := int(time.Hour/Unhurried.Status) + 5; m.looks > most || m.looks < 100 {
		t.Errorf("%d looks in an idle hour, at most %d", m.looks, most)
	}
}

func TestUnknownIsAsked(t *testing.T) {
	unknown := play{out: printer.Outcome{Result: printer.Unknown, Started: true}}
	s, m := newShelf(t, 1), &machine{script: []play{unknown, unknown}}
	told := run(t, s, m, []int64{1},
		func(*Press) {
			if got := s.states(); got != "1 unknown" {
				t.Errorf("guessed: %s", got)
			}
		},
		func(p *Press) {
			if id, err := p.Answer(context.Background(), 1, false); err != nil || id != 2 {
				t.Error(id, err)
			}
		},
		func(p *Press) {
			if id, err := p.Answer(context.Background(), 2, true); err != nil || id != 2 {
				t.Error(id, err)
			}
			if _, err := p.Answer(context.Background(), 2, false); dossier.CodeOf(err) != dossier.CodeBadTransition {
				t.Errorf("an answer was taken twice: %v", err)
			}
		})
	if m.cuts != 1 {
		t.Errorf("a person missed a paper once, and what may hang in the printer was cut off %d times", m.cuts)
	}
	want := []string{"1 sending", "1 unknown", "2 rendered for 1", "2 sending", "2 unknown", "2 printed"}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"slip", "reprint"}, m.papers); d != "" {
		t.Error(d)
	}
}

func TestAgain(t *testing.T) {
	s, m := newShelf(t, 1), &machine{script: []play{{out: printer.Outcome{Result: printer.ProbablyPrinted, Started: true}}}}
	told := run(t, s, m, []int64{1}, func(p *Press) {
		if id, err := p.Again(context.Background(), 1); err != nil || id != 2 {
			t.Error(id, err)
		}
	})
	if d := cmp.Diff([]string{"1 sending", "1 probably", "2 rendered for 1", "2 sending", "2 printed"}, told); d != "" {
		t.Error(d)
	}
	s.most = 0
	if _, err := NewPress(s, Observer{}).Again(context.Background(), 1); dossier.CodeOf(err) != dossier.CodePrinterDown {
		t.Errorf("got %v", err)
	}
}

func TestJobsThatCannotBePrinted(t *testing.T) {
	s, m := newShelf(t, 4), &machine{script: []play{{out: printer.Outcome{Reason: printer.ReasonDocument}}}}
	s.jobs[2].Kind = "poster"
	s.jobs[3].Data = []byte("{")
	told := run(t, s, m, []int64{1, 2, 3, 99, 4})
	want := []string{"1 sending", "1 failed document", "2 failed document", "3 failed document", "99 failed document", "4 sending", "4 printed"}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
}

func TestBrokenPrinterSpendsNoRoll(t *testing.T) {
	half := play{out: printer.Outcome{Reason: printer.ReasonCutter, Started: true}}
	s, m := newShelf(t, 2), &machine{script: []play{half, half, half, half}}
	s.most = 2
	told := run(t, s, m, []int64{1, 2}, m.help, m.help)
	if last := told[len(told)-1]; last != "2 blocked cutter" && !strings.Contains(strings.Join(told, ","), "4 failed cutter,2 sending") {
		t.Errorf("told %v", told)
	}
}

func TestLineLostHalfWay(t *testing.T) {
	lost := play{out: printer.Outcome{Reason: printer.ReasonUnplugged, Started: true}, err: io.ErrClosedPipe}
	s := newShelf(t, 1)
	var told []string
	p := NewPress(s, Observer{Job: func(e Event) { told = append(told, fmt.Sprint(e.Job, e.State, e.Reason)) }})
	p.Print(1)
	if d := cmp.Diff([]string{"1blockedunplugged"}, told); d != "" {
		t.Error("no printer, and nobody was told: " + d)
	}
	if err := p.Serve(t.Context(), &machine{script: []play{lost}}); !errors.Is(err, io.ErrClosedPipe) {
		t.Fatal(err)
	}
	if got := s.states(); got != "1 failed, 2 rendered" {
		t.Fatal(got)
	}
	synctest.Test(t, func(t *testing.T) {
		p.wake = make(chan struct{}, 1)
		m := &machine{}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- p.Serve(ctx, m) }()
		synctest.Wait()
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if d := cmp.Diff([]string{"reprint"}, m.papers); d != "" {
			t.Error(d)
		}
		if m.cuts != 1 {
			t.Errorf("what hung in the printer was cut off %d times before the copy", m.cuts)
		}
	})
	if got := s.states(); got != "1 failed, 2 printed" {
		t.Error(got)
	}
}

// What an earlier program left is cut off once, not with every line: a cable
// that is loose must not spend a roll.
func TestWhatHangsInThePrinterIsCutOffOnce(t *testing.T) {
	p, m := NewPress(newShelf(t, 1), Observer{}), &machine{trouble: true, ready: make(chan struct{}, 1)}
	p.Interrupted()
	line := func() {
		synctest.Test(t, func(t *testing.T) {
			p.wake = make(chan struct{}, 1)
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- p.Serve(ctx, m) }()
			synctest.Wait()
			stop()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	line() // out of paper: nothing is cut off yet
	line()
	if m.cuts != 2 {
		t.Errorf("a printer without paper was told %d times, not with each of two lines", m.cuts)
	}
	m.trouble = false
	for range 3 {
		line()
	}
	if m.cuts != 3 {
		t.Errorf("told %d times: it was cut off with the third line", m.cuts)
	}
}

func TestEndOfProgramIsWrittenDown(t *testing.T) {
	for name, tt := range map[string]struct {
		started bool
		want    string
	}{"before the first dot": {false, "1 rendered"}, "half-way": {true, "1 failed, 2 rendered"}} {
		s := newShelf(t, 1)
		ctx, stop := context.WithCancel(t.Context())
		p := NewPress(s, Observer{})
		p.Print(1)
		err := p.Serve(ctx, stopping{stop, printer.Outcome{Reason: printer.ReasonCancelled, Started: tt.started}})
		if !errors.Is(err, context.Canceled) || s.states() != tt.want {
			t.Errorf("%s: %v, %s", name, err, s.states())
		}
	}
}

// stopping is a printer during whose job the program ends.
type stopping struct {
	stop context.CancelFunc
	out  printer.Outcome
}

func (m stopping) Print(ctx context.Context, _ printer.Document, _ func(band, bands int)) (printer.Outcome, error) {
	m.stop()
	return m.out, ctx.Err()
}
func (m stopping) Watch(func(printer.Status))        {}
func (m stopping) Interrupted(context.Context) error { return nil }
func (m stopping) Recover(ctx context.Context) (printer.Status, error) {
	return printer.Status{}, ctx.Err()
}
