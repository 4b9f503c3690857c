package paper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// fate is what becomes of one try to print.
type fate struct {
	result  printer.Result
	reason  printer.Reason
	band    int  // how far it is sent, of fateBands
	out     bool // a whole paper falls out, whatever the printer says
	line    bool // the line goes with it
	killed  bool // the program ends in the middle
	journal bool // the first band cannot be written down
	owed    bool // the outcome cannot be written down at first
}

const fateBands = 5

func (f fate) String() string {
	return fmt.Sprintf("%s %s %d/%d out=%t line=%t killed=%t journal=%t owed=%t", f.result, f.reason, f.band, fateBands, f.out, f.line, f.killed, f.journal, f.owed)
}

func drawFate(t *rapid.T) fate {
	f := fate{result: rapid.SampledFrom([]printer.Result{printer.Failed, printer.Failed, printer.Unknown, printer.ProbablyPrinted, printer.Printed}).Draw(t, "result")}
	switch f.result {
	case printer.Failed:
		f.reason = rapid.SampledFrom([]printer.Reason{printer.ReasonPaperOut, printer.ReasonCoverOpen, printer.ReasonStalled, printer.ReasonUnplugged}).Draw(t, "reason")
		f.band = rapid.IntRange(0, fateBands).Draw(t, "band")
		f.out = f.band == fateBands && rapid.Bool().Draw(t, "out") // the trouble came before the cut, or after
		f.line = f.reason == printer.ReasonUnplugged
	case printer.Unknown:
		f.band, f.out = fateBands, rapid.Bool().Draw(t, "out")
		f.line = rapid.Bool().Draw(t, "line")
	default:
		f.band, f.out = fateBands, true
	}
	f.killed = rapid.IntRange(0, 5).Draw(t, "killed") == 0
	f.journal = rapid.IntRange(0, 9).Draw(t, "journal") == 0
	f.owed = rapid.IntRange(0, 9).Draw(t, "owed") == 0
	return f
}

// street is a printer, its shelf and a person, with everything that may happen.
type street struct {
	*shelf
	fates  []fate
	dead   chan struct{} // closed when the program was killed
	broken int           // so many writes of outcomes fail
	fall   []int64       // jobs that fell out whole, one after the other
	begun  map[int64]int // how often a job's dots went to the printer
	order  []int64       // roots, as their first dots went
	events []Event
	wrong  []string
	mu     sync.Mutex
}

var errDisk = dossier.E(dossier.CodeStorageFull, nil)

func (s *street) Set(ctx context.Context, id int64, to State, reason string) error {
	s.mu.Lock()
	fails := to != Sending && s.broken > 0
	if fails {
		s.broken--
	}
	s.mu.Unlock()
	if fails {
		return errDisk
	}
	return s.shelf.Set(ctx, id, to, reason)
}

func (s *street) Progress(ctx context.Context, id int64, band, bands int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if band == 1 && len(s.fates) > 0 && s.fates[0].journal {
		s.fates[0].journal = false
		return errDisk
	}
	return s.shelf.Progress(ctx, id, band, bands)
}

// press is a program's queue over the street; once killed it does nothing more.
type programme struct {
	*street
	dead chan struct{}
	job  int64
}

func (p *programme) isDead() bool {
	select {
	case <-p.dead:
		return true
	default:
		return false
	}
}

// The journal of a killed program does not change any more.
func (p *programme) Set(ctx context.Context, id int64, to State, reason string) error {
	if p.isDead() {
		return io.ErrClosedPipe
	}
	if to == Sending {
		p.job = id
	}
	return p.street.Set(ctx, id, to, reason)
}

func (p *programme) Progress(ctx context.Context, id int64, band, bands int) error {
	if p.isDead() {
		return io.ErrClosedPipe
	}
	return p.street.Progress(ctx, id, band, bands)
}

func (p *programme) Reprint(ctx context.Context, id int64) (int64, error) {
	if p.isDead() {
		return 0, io.ErrClosedPipe
	}
	return p.shelf.Reprint(ctx, id)
}

func (p *programme) Print(ctx context.Context, d printer.Document, sending func(band, bands int)) (printer.Outcome, error) {
	s := p.street
	s.mu.Lock()
	f := fate{result: printer.Printed, band: fateBands, out: true}
	if len(s.fates) > 0 {
		f = s.fates[0]
	}
	s.mu.Unlock()
	out := printer.Outcome{Result: f.result, Reason: f.reason, Bands: fateBands}
	for b := 1; b <= f.band; b++ {
		sending(b, fateBands)
		if ctx.Err() != nil {
			return printer.Outcome{Reason: printer.ReasonCancelled, Bands: fateBands}, ctx.Err()
		}
		s.mu.Lock()
		if b == 1 {
			s.begin(p.job)
		}
		s.mu.Unlock()
		out.Band, out.Started = b, true
		if f.killed && b == (f.band+1)/2 {
			s.mu.Lock()
			if b == fateBands && f.out {
				s.fall = append(s.fall, p.job)
			}
			s.fates = s.fates[1:]
			s.mu.Unlock()
			close(p.dead)
			<-ctx.Done()
			return out, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fates) > 0 {
		s.fates = s.fates[1:]
	}
	if f.out {
		if marked := strings.Contains(texts(d), "BẢN IN LẠI"); marked != (s.copyOf(p.job) > 0) {
			s.wrong = append(s.wrong, fmt.Sprintf("job %d is copy %d and is marked: %t", p.job, s.copyOf(p.job), marked))
		}
		s.fall = append(s.fall, p.job)
	}
	if f.owed {
		s.broken = 2
	}
	var err error
	if f.line {
		err = io.ErrClosedPipe
	}
	return out, err
}

func (s *street) copyOf(job int64) int {
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	return s.jobs[job].Copy
}

// rootOf is the first copy of a job.
func (s *street) rootOf(job int64) int64 {
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	for id, j := range s.jobs {
		if j.Packet == s.jobs[job].Packet && j.Copy == 0 {
			return id
		}
	}
	return 0
}

func (s *street) begin(job int64) {
	s.begun[job]++
	if s.begun[job] > 1 {
		s.wrong = append(s.wrong, fmt.Sprintf("job %d went to the printer twice", job))
	}
	if root := s.rootOf(job); !slices.Contains(s.order, root) {
		s.order = append(s.order, root)
	}
}

func (p *programme) Watch(func(printer.Status))        {}
func (p *programme) Interrupted(context.Context) error { return nil }
func (p *programme) Recover(ctx context.Context) (printer.Status, error) {
	return printer.Status{Known: true, Online: true}, ctx.Err()
}

// restarted is what the store does when it is opened.
func (s *shelf) restarted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, j := range s.jobs {
		if j.State == Sending && s.band[id][0] == 0 {
			j.State = Waiting
		} else if j.State == Sending {
			j.State = Unknown
		}
	}
}

// waiting are the jobs that were never sent, the oldest first.
func (s *shelf) in(state State) (out []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := int64(1); id <= s.last; id++ {
		if s.jobs[id].State == state {
			out = append(out, id)
		}
	}
	return out
}

// live runs programs one after the other until nothing more happens, with a
// person who answers truthfully, and says what is wrong.
func live(t *testing.T, s *street, papers int) {
	for range 40 { // programs; each is killed by a fate, and fates end
		p := &programme{street: s, dead: make(chan struct{})}
		s.restarted()
		press := NewPress(p, Observer{Job: func(e Event) {
			if !p.isDead() {
				s.mu.Lock()
				s.events = append(s.events, e)
				s.mu.Unlock()
			}
		}})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			for ctx.Err() == nil { // the line comes back
				_ = press.Serve(ctx, p)
				pause(ctx, time.Second)
			}
		}()
		for _, id := range s.in(Waiting) {
			press.Print(id)
		}
		time.Sleep(time.Hour)
		for !p.isDead() {
			open := s.in(Unknown)
			if len(open) == 0 {
				break
			}
			s.mu.Lock()
			out := slices.Contains(s.fall, open[0])
			s.mu.Unlock()
			if _, err := press.Answer(ctx, open[0], out); err != nil && !errors.Is(err, errDisk) && dossier.CodeOf(err) != dossier.CodePrinterDown {
				s.wrong = append(s.wrong, "an answer was refused: "+err.Error())
			}
			time.Sleep(time.Hour)
		}
		press.mu.Lock()
		if n := len(press.queue); n > papers {
			s.wrong = append(s.wrong, fmt.Sprintf("%d in the queue for %d papers", n, papers))
		}
		press.mu.Unlock()
		killed := p.isDead()
		stop()
		<-done
		if !killed {
			return
		}
	}
	s.wrong = append(s.wrong, "no end")
}

// Whatever happens to printers, lines, disks and programs: no job's dots go to
// the printer twice, every copy is marked, nothing is called printed that did
// not fall out, papers come in their order, and each ends as one whole paper
// that is known to be out, or a person was told that it is not.
func TestPressKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		papers := rapid.IntRange(1, 3).Draw(rt, "papers")
		var fates []fate
		for range rapid.IntRange(0, 12).Draw(rt, "n") {
			fates = append(fates, drawFate(rt))
		}
		s := &street{shelf: newShelf(t, papers), fates: slices.Clone(fates), begun: map[int64]int{}}
		synctest.Test(t, func(t *testing.T) { live(t, s, papers) })

		told := map[int64]bool{} // roots of which a person was told that they failed
		for _, e := range s.events {
			if e.State == Failed {
				told[s.rootOf(e.Job)] = true
			}
		}
		for id := int64(1); id <= s.last; id++ {
			if j := s.jobs[id]; j.State == Printed && !slices.Contains(s.fall, id) {
				s.wrong = append(s.wrong, fmt.Sprintf("job %d is called printed and never fell out", id))
			}
		}
		for root := int64(1); root <= int64(papers); root++ {
			known, last := 0, int64(0)
			for id := root; id <= s.last; id++ {
				if s.rootOf(id) != root {
					continue
				}
				last = id
				if st := s.jobs[id].State; st == Printed || st == Probably {
					known++
				}
			}
			st := s.jobs[last].State
			if known > 1 || known == 0 && !(st == Failed && told[root]) || known == 1 && st != Printed && st != Probably {
				s.wrong = append(s.wrong, fmt.Sprintf("paper %d: %d known to be out, the last copy is %s, told of failure: %t", root, known, st, told[root]))
			}
		}
		if !slices.IsSorted(s.order) {
			s.wrong = append(s.wrong, fmt.Sprintf("printed in the order %v", s.order))
		}
		if len(s.wrong) > 0 {
			rt.Fatalf("%s\nfates %v\njournal %s\nevents %v", strings.Join(s.wrong, "\n"), fates, s.states(), s.events)
		}
	})
}
