package main

import (
	"sync"
	"sync/atomic"
	"time"

	"tramhoso/app/paper"
	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// printCases are the ways of printing that are not one fault at one moment.
var printCases = []struct {
	name  string
	twin  twin.PrinterConfig
	model func(*printer.Profile)
	play  func(r *printRoom, slip int64)
}{
	{name: "killed/before the first band", play: func(r *printRoom, slip int64) {
		r.twin.PaperOut() // it waits
		r.s.press.Print(slip)
		r.reach(slip, paper.Blocked)
		left := r.kill()
		r.twin.OK()
		r.restart(left)
		r.over(slip)
	}},
	{name: "killed/long ago", play: func(r *printRoom, slip int64) {
		left := r.kill()
		r.clock.Set(printDay.Add(2 * resumeWithin))
		r.restart(left)
		r.opened()
		r.offered(slip)
		must(r.t, asks{r.s}.Answer(r.t.Context(), slip, false))
		r.over(slip)
	}},
	{name: "killed/long ago, not wanted", play: func(r *printRoom, slip int64) {
		left := r.kill()
		r.clock.Set(printDay.Add(2 * resumeWithin))
		r.restart(left)
		r.opened()
		r.offered(slip)
		must(r.t, asks{r.s}.Answer(r.t.Context(), slip, true))
	}},
	{name: "killed/mid-band, not out", play: killedAt("mid-band", false)},
	{name: "killed/between bands, not out", play: killedAt("between bands", false)},
	{name: "killed/before cut, not out", play: killedAt("before cut", false)},
	{name: "killed/after cut, out", play: killedAt("after cut", true)},
	{name: "killed/after cut, said not to be out", play: killedAt("after cut", false)},
	{name: "stopped/mid-band", play: func(r *printRoom, slip int64) {
		halt := make(chan struct{})
		r.at("mid-band", slip, func(r *printRoom) { r.s.cancel(); close(halt) })
		r.s.press.Print(slip)
		<-halt
		r.restart(r.dir)
		r.over(slip)
	}},
	{name: "silence/answered: it is out", play: func(r *printRoom, slip int64) {
		r.at("mid-band", slip, twinDoes((*twin.Printer).Silent))
		r.s.press.Print(slip)
		r.reach(slip, paper.Unknown)
		r.twin.OK()
		must(r.t, asks{r.s}.Answer(r.t.Context(), slip, true))
	}},
	{name: "silence/answered: it is not out", play: func(r *printRoom, slip int64) {
		r.at("mid-band", slip, twinDoes((*twin.Printer).Silent))
		r.s.press.Print(slip)
		r.reach(slip, paper.Unknown)
		r.twin.OK()
		must(r.t, asks{r.s}.Answer(r.t.Context(), slip, false))
		r.over(slip)
	}},
	{name: "clone without any answer/well", twin: twin.PrinterConfig{Clone: true}, play: straight},
	{name: "clone without any answer/paper out", twin: twin.PrinterConfig{Clone: true}, play: met("mid-band", (*twin.Printer).PaperOut, (*twin.Printer).OK)},
	{name: "clone without any answer/cover", twin: twin.PrinterConfig{Clone: true}, play: met("mid-band", (*twin.Printer).CoverOpen, (*twin.Printer).CoverClosed)},
	{name: "clone without any answer/power cycle", twin: twin.PrinterConfig{Clone: true}, play: func(r *printRoom, slip int64) {
		met("mid-band", (*twin.Printer).PowerCycle, nil)(r, slip)
		must(r.t, asks{r.s}.Answer(r.t.Context(), slip, false))
		r.next(slip, paper.Waiting)
		r.next(slip, paper.Unknown)
	}},
	{name: "clone without any answer/unplug", twin: twin.PrinterConfig{Clone: true}, play: func(r *printRoom, slip int64) {
		r.at("mid-band", slip, func(r *printRoom) { r.try(r.twin.Unplug()) })
		r.s.press.Print(slip)
		r.reach(slip, paper.Blocked)
		r.try(r.twin.Plug())
		r.over(slip)
	}},
	{name: "clone without any answer/killed", twin: twin.PrinterConfig{Clone: true}, play: killedAt("mid-band", false)},
	{name: "clone that only reports/paper out", twin: twin.PrinterConfig{NoRealTime: true, NoProcessID: true}, play: met("mid-band", (*twin.Printer).PaperOut, (*twin.Printer).OK)},
	{name: "clone without any answer/false report", twin: twin.PrinterConfig{Clone: true}, play: met("mid-band", falsePaperOut, nil)},
	{name: "clone without marks/false report", twin: twin.PrinterConfig{NoProcessID: true}, play: met("between bands", falsePaperOut, nil)},
	{name: "small buffer/XON-XOFF, false report", twin: twin.PrinterConfig{BufferBytes: 4096, Flow: twin.FlowXonXoff, RowsPerSecond: 3000},
		model: func(p *printer.Profile) { p.Flow = printer.FlowXOnXOff }, play: met("mid-band", falsePaperOut, nil)},
	{name: "false report, then true/mid-band", play: met("mid-band", noisily((*twin.Printer).PaperOut), (*twin.Printer).OK)},
	{name: "false report, then true/between bands", play: met("between bands", noisily((*twin.Printer).PaperOut), (*twin.Printer).OK)},
	{name: "false report, then true/before cut", play: met("before cut", noisily((*twin.Printer).PaperOut), (*twin.Printer).OK)},
	{name: "false report, then another trouble/mid-band", play: met("mid-band", noisily((*twin.Printer).CoverOpen), (*twin.Printer).CoverClosed)},
	{name: "clone without marks/well", twin: twin.PrinterConfig{NoProcessID: true}, play: straight},
	{name: "clone without marks/paper out", twin: twin.PrinterConfig{NoProcessID: true}, play: met("mid-band", (*twin.Printer).PaperOut, (*twin.Printer).OK)},
	{name: "clone without marks/cover before cut", twin: twin.PrinterConfig{NoProcessID: true}, play: met("before cut", (*twin.Printer).CoverOpen, (*twin.Printer).CoverClosed)},
	{name: "clone without marks/power cycle", twin: twin.PrinterConfig{NoProcessID: true}, play: met("mid-band", (*twin.Printer).PowerCycle, nil)},
	{name: "clone without marks or reports/paper out", twin: twin.PrinterConfig{NoProcessID: true, NoAutoStatus: true},
		play: met("mid-band", (*twin.Printer).PaperOut, (*twin.Printer).OK)},
	{name: "stall/clone that holds the line", twin: twin.PrinterConfig{Clone: true, Flow: twin.FlowDTR, BufferBytes: 4096}, model: func(p *printer.Profile) { p.Flow = printer.FlowRTSCTS },
		play: met("mid-band", (*twin.Printer).CoverOpen, (*twin.Printer).CoverClosed)},
	{name: "stall/feed button held", twin: twin.PrinterConfig{BufferBytes: 4096, Flow: twin.FlowXonXoff}, model: func(p *printer.Profile) { p.Flow = printer.FlowXOnXOff },
		play: met("mid-band", func(t *twin.Printer) { t.FeedButton(true) }, func(t *twin.Printer) { t.FeedButton(false) })},
	{name: "small buffer/nothing guards it", twin: twin.PrinterConfig{BufferBytes: 4096}, play: straight},
	{name: "small buffer/XON-XOFF", twin: twin.PrinterConfig{BufferBytes: 4096, Flow: twin.FlowXonXoff, RowsPerSecond: 3000},
		model: func(p *printer.Profile) { p.Flow = printer.FlowXOnXOff }, play: straight},
	{name: "small buffer/XON-XOFF, paper out", twin: twin.PrinterConfig{BufferBytes: 4096, Flow: twin.FlowXonXoff, RowsPerSecond: 3000},
		model: func(p *printer.Profile) { p.Flow = printer.FlowXOnXOff }, play: met("mid-band", (*twin.Printer).PaperOut, (*twin.Printer).OK)},
	{name: "keeps its buffer/paper out", twin: twin.PrinterConfig{KeepsBuffer: true}, play: met("mid-band", (*twin.Printer).PaperOut, (*twin.Printer).OK)},
	{name: "keeps its buffer and can clear it/paper out", twin: twin.PrinterConfig{KeepsBuffer: true}, model: func(p *printer.Profile) { p.ClearSequence = true },
		play: met("mid-band", (*twin.Printer).PaperOut, (*twin.Printer).OK)},
	{name: "narrow paper/paper out", twin: twin.PrinterConfig{WidthDots: printer.Width58mm}, model: func(p *printer.Profile) { p.WidthDots = printer.Width58mm },
		play: met("mid-band", (*twin.Printer).PaperOut, (*twin.Printer).OK)},
	{name: "two troubles/paper out twice", play: func(r *printRoom, slip int64) {
		out := twinDoes((*twin.Printer).PaperOut)
		r.at("mid-band", slip, out)
		r.s.press.Print(slip)
		r.next(slip, paper.Blocked)
		r.at("between bands", slip, out)
		r.twin.OK()
		r.next(slip, paper.Blocked)
		r.twin.OK()
		r.over(slip)
	}},
	{name: "two troubles/cover opened to change the roll", play: func(r *printRoom, slip int64) {
		r.at("mid-band", slip, twinDoes((*twin.Printer).PaperOut))
		r.s.press.Print(slip)
		r.reach(slip, paper.Blocked)
		r.twin.CoverOpen()
		r.hears(slip, printer.ReasonCoverOpen)
		r.twin.OK()
		r.over(slip)
	}},
	{name: "two troubles/cable pulled while paper is out", play: func(r *printRoom, slip int64) {
		r.at("mid-band", slip, twinDoes((*twin.Printer).PaperOut))
		r.s.press.Print(slip)
		r.reach(slip, paper.Blocked)
		r.try(r.twin.Unplug())
		r.hears(slip, printer.ReasonUnplugged)
		r.twin.OK()
		r.try(r.twin.Plug())
		r.over(slip)
	}},
	{name: "two troubles/killed while paper is out", play: func(r *printRoom, slip int64) {
		r.at("mid-band", slip, twinDoes((*twin.Printer).PaperOut))
		r.s.press.Print(slip)
		r.reach(slip, paper.Blocked)
		left := r.kill()
		r.twin.OK()
		r.restart(left)
		r.over(slip)
	}},
	{name: "never works/cover at every copy", play: func(r *printRoom, slip int64) {
		var open func(*twin.Printer)
		var over atomic.Bool
		ink, _ := rowsOf(r.drawn(slip, false))
		open = func(t *twin.Printer) {
			if !over.Load() {
				t.CoverOpen()
				t.AtRow(ink, open)
			}
		}
		r.twin.AtRow(ink, open)
		r.s.press.Print(slip)
		for r.next(slip, paper.Blocked, paper.Failed).State == paper.Blocked {
			r.twin.CoverClosed()
		}
		over.Store(true)
		r.offered(0)
	}},
	{name: "full disk/before", play: func(r *printRoom, slip int64) {
		r.full.Store(true)
		r.s.press.Print(slip)
		r.hears(slip, paper.ReasonJournal)
		r.full.Store(false)
		r.over(slip)
	}},
	{name: "full disk/at the first band", play: func(r *printRoom, slip int64) {
		r.sending = func() { r.full.Store(true) }
		r.s.press.Print(slip)
		r.hears(slip, paper.ReasonJournal)
		r.full.Store(false)
		r.over(slip)
	}},
	{name: "full disk/mid-band", play: func(r *printRoom, slip int64) {
		r.at("mid-band", slip, func(r *printRoom) { r.full.Store(true) })
		r.s.press.Print(slip)
		r.reach(slip, paper.Printed)
		r.full.Store(false)
	}},
	{name: "full disk/paper out meanwhile", play: func(r *printRoom, slip int64) {
		r.at("mid-band", slip, func(r *printRoom) { r.full.Store(true); r.twin.PaperOut() })
		r.s.press.Print(slip)
		r.reach(slip, paper.Blocked)
		r.twin.OK()
		r.full.Store(false)
		r.over(slip)
	}},
}

// noisily is a trouble right after a false report.
func noisily(do func(*twin.Printer)) func(*twin.Printer) {
	return func(p *twin.Printer) { falsePaperOut(p); do(p) }
}

// straight prints without any trouble.
func straight(r *printRoom, slip int64) {
	r.s.press.Print(slip)
	r.over(slip)
}

// met prints with a trouble at a moment, which a person ends.
func met(moment string, do, help func(*twin.Printer)) func(*printRoom, int64) {
	return func(r *printRoom, slip int64) {
		var once sync.Once
		struck := make(chan struct{})
		r.at(moment, slip, func(r *printRoom) { do(r.twin); once.Do(func() { close(struck) }) })
		r.s.press.Print(slip)
		<-struck
		last := r.reach(slip, paper.Blocked, paper.Printed, paper.Probably, paper.Unknown, paper.Failed)
		if help != nil {
			help(r.twin)
		}
		if last.State == paper.Blocked {
			r.over(slip)
		}
	}
}

// killedAt prints; the program is killed at a moment and begun anew; staff look
// for the paper and answer.
func killedAt(moment string, out bool) func(*printRoom, int64) {
	return func(r *printRoom, slip int64) {
		left := make(chan string, 1)
		r.at(moment, slip, func(r *printRoom) { left <- r.kill() })
		r.s.press.Print(slip)
		select {
		case dir := <-left:
			r.restart(dir)
		case <-time.After(patient):
			r.t.Fatal("the moment never came")
		}
		r.opened()
		q := r.offered(slip)
		if !q.Restarted || q.Unprinted || q.Band < 1 || q.Bands < q.Band || q.Slip == "" {
			r.t.Errorf("staff are asked %+v", q)
		}
		must(r.t, asks{r.s}.Answer(r.t.Context(), slip, out))
		r.over(slip)
	}
}
