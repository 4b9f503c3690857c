package main

import (
	"context"
	"math"
	"os"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"tramhoso/app/config"
	"tramhoso/app/counter"
	"tramhoso/app/devices"
	"tramhoso/app/paper"
	"tramhoso/app/ui/flow"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/assets"
	"tramhoso/device/printer"
	"tramhoso/device/scanner"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
)

// window is the one screen of a station.
type window struct {
	app  fyne.App
	win  fyne.Window
	flow *flow.Flow
	size kit.Size
}

// newWindow opens the screen and shows the first one at once; devices, network
// and storage come to it later.
func newWindow(cfg config.Config, s *station) *window {
	scale := scaleFor(cfg)
	for k, v := range map[string]string{"FYNE_SCALE": strconv.FormatFloat(scale, 'f', 1, 64), "FYNE_DISABLE_DPI_DETECTION": "1"} {
		if err := os.Setenv(k, v); err != nil {
			s.log.Warn("failed to set the screen's scale", "err", err)
		}
	}
	w := &window{app: fyneapp.NewWithID("tramhoso.station")}
	w.app.Settings().SetTheme(kit.Theme(cfg.Screen.Contrast))
	w.win = w.app.NewWindow("Trạm Hồ Sơ")
	w.win.SetPadded(false)
	w.size = kit.SizeOf(float32(math.Round(float64(cfg.Screen.Width)/scale)), float32(math.Round(float64(cfg.Screen.Height)/scale)))
	w.flow = s.newFlow(w)
	s.refresh(w) // the first picture, too, claims nothing that nobody has looked at
	w.win.Resize(fyne.NewSize(w.size.W, w.size.H))
	w.win.SetFullScreen(cfg.Screen.Kiosk)
	return w
}

// scaleFor is the configured scale, or with 1 the one that the three known
// screens are drawn for.
func scaleFor(cfg config.Config) float64 {
	if cfg.Screen.Scale != 1 {
		return cfg.Screen.Scale
	}
	switch {
	case cfg.Screen.Height > cfg.Screen.Width && cfg.Screen.Width >= 1080:
		return 1.2
	case cfg.Screen.Width >= 1920:
		return 1.3
	}
	return 1
}

// show runs the user interface until ctx ends or the window is closed.
func (w *window) show(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { fyne.Do(w.app.Quit) })
	defer stop()
	w.flow.Render()
	w.win.ShowAndRun()
}

// newFlow binds the station to its screens.
func (s *station) newFlow(w *window) *flow.Flow {
	loaded := map[string]*assets.Words{}
	for _, l := range assets.Languages {
		loaded[l] = words(l)
	}
	v := visit.New(visit.Ports{Clock: s.clock, Catalogue: s.catalogue, Reader: reader{}, Codes: codes{s}, Lookup: lookup{s}, Outbox: letters{s}, Drafts: s.visitDrafts(),
		Facts: s.facts, Token: randomToken, Language: s.cfg.Language})
	c := counter.New(counter.Ports{Now: s.clock.Now, Login: doors{s}, Records: records{s}, Reader: collectors{}, Codes: counterCodes{codes{s}}, Token: randomToken,
		PagePrinter: func() bool { return s.pages.Printer != nil }})
	steady := func() time.Time { return time.Now().Add(s.clock.Offset()) }
	typed := s.typed(time.Now, func() {
		s.refresh(w)
		s.post(func() { w.flow.Wedged() }) // once the field has got back what was in it
	})
	w.win.Canvas().SetOnTypedRune(func(r rune) { typed(r) }) // where nothing has the focus
	s.idle = visit.NewIdle(steady)
	return flow.New(flow.Ports{
		Visit: v, Sticks: s.newSticks(), Facts: s.facts, Clock: s.clock, Outbox: letters{s}, Papers: papers{s}, Pages: papers{s}, Asks: asks{s}, Counter: c, Idle: s.idle,
		Upkeep:  flow.Upkeep{Upkeep: s.newUpkeep(), Station: s.code, Version: version},
		Look:    flow.Look{Contrast: s.cfg.Screen.Contrast, Large: s.cfg.Screen.LargeText, Reach: s.cfg.Screen.Reach},
		Station: s.name, StationOf: s.nameOf, Language: s.cfg.Language, Words: func(l string) *assets.Words { return loaded[l] },
		Show: w.win.SetContent, Post: s.post, Go: func(f func()) { s.beside("a screen's work", f) }, Log: s.log, Steady: steady,
		After: func(d time.Duration, f func()) {
			s.beside("a wait", func() {
				if wait(s.ctx, d) == nil {
					s.post(f)
				}
			})
		},
		Scanning: func(on bool) {
			s.devices.Set(func() { s.devices.want = on })
			s.scan.Want(on)
			s.refresh(w)
		},
		Asking:   s.scan.Ask,
		Typed:    typed,
		CallHelp: func() { s.calls.ring(s.clock.Now()) }, CallAnswered: s.calls.answered, CalledAt: s.calls.last,
	}, w.size)
}

// refresh brings the status line up to date. It is called where the screen is
// drawn.
func (s *station) refresh(w *window) {
	if w.flow != nil {
		w.flow.SetStatus(s.status())
	}
}

// start begins everything that runs beside the screen.
func (s *station) start(ctx context.Context, w *window) {
	post := func(f func()) {
		if ctx.Err() == nil {
			s.post(f)
		}
	}
	tell := func() { post(func() { s.refresh(w) }) }
	changed := func() { post(func() { s.refresh(w); w.flow.Changed() }) }
	s.goes("idle", func(ctx context.Context) error {
		s.idle.Run(ctx, func(p visit.Phase, left int) { post(func() { w.flow.Tick(p, left) }) })
		return nil
	})
	s.goes("keyboards", func(ctx context.Context) error { return s.runWedges(ctx, scanner.InputDevices, wedgeEvery, changed) })
	s.goes("clock", func(ctx context.Context) error { return s.runMinutes(ctx, changed, func() { post(w.flow.Ticked) }) })
	atRest := func(ctx context.Context) bool {
		rest := make(chan bool, 1)
		post(func() { rest <- w.flow.AtRest() })
		select {
		case at := <-rest:
			return at
		case <-ctx.Done():
			return false
		}
	}
	s.runPower(changed, atRest)
	var spoilt latest[dossier.Code]
	s.runScanner(tell, func(f scanner.Frame) {
		if f.Fault != scanner.FaultNone {
			s.log.Warn("a scan could not be read", "fault", f.Fault)
			spoilt.show(devices.Unread(f.Fault), post, w.flow.Unread)
			return
		}
		spoilt.settle()
		post(func() { w.flow.Scan(f.Data) })
	})
	if s.kept == nil {
		s.runPages(changed, nil)
		s.goes("reopening", func(ctx context.Context) error { return s.runReopen(ctx, s.reopen, atRest) })
		return
	}
	s.drafted = func(code string, ok bool) { post(func() { w.flow.DraftKept(code, ok) }) }
	s.goes("drafts", s.drafts.Run)
	s.paging = func(e paper.Event) {
		s.log.Info("page", "job", e.Job, "state", e.State, "reason", e.Reason)
		post(func() { w.flow.PageChanged(e.Before, e.Job, printStates[e.State], string(e.Reason)) })
	}
	s.printing = paper.Observer{
		Job: func(e paper.Event) {
			state, why := printStates[e.State], string(e.Reason)
			s.log.Info("paper", "job", e.Job, "state", e.State, "reason", why, "told", flow.PrintWord(state, why))
			post(func() { w.flow.PrintChanged(e.Before, e.Job, state, why) })
		},
		Status: func(st printer.Status) {
			if s.heardPrinter(st) {
				changed()
			}
		},
	}
	s.record(didStart, version)
	interrupted := s.resume()
	s.runPages(changed, interrupted)
	w.flow.LoadAsks()
	s.devices.Set(func() { s.devices.steps = changed })
	s.runPrinter(tell)
	s.queue.OnState(func(outbox.State) { changed() })
	s.mirror.OnState(func(outbox.MirrorState) { changed() })
	s.inbox.OnNote(func(n inbox.Note) {
		if n.Kind == inbox.NoteContact {
			s.queue.Wake()
			s.files.Wake()
		}
		s.heardResult(n)
		changed()
	})
	s.pause.OnChange(func() {
		s.inbox.Wake()
		changed()
	})
	s.goes("pause", s.pause.Run)
	s.goes("enrolment", s.runEnrol)
	s.goes("enrolment again", s.runForgotten)
	s.goes("queue", func(ctx context.Context) error { return s.queue.Run(ctx, heard{s.link, s.inbox}) })
	s.goes("attachments", func(ctx context.Context) error { return s.files.Run(ctx, s.link) })
	s.goes("inbox", func(ctx context.Context) error { return s.inbox.Follow(ctx, s.link) })
	s.goes("time", s.runTime)
	s.goes("mirror", s.mirror.Run)
	s.goes("sweep", s.runSweep)
	s.goes("checkpoints", s.runCheckpoints)
}

var printStates = map[paper.State]visit.PrintState{
	paper.Waiting: visit.PrintWaiting, paper.Sending: visit.PrintSending, paper.Printed: visit.PrintPrinted,
	paper.Probably: visit.PrintProbably, paper.Unknown: visit.PrintUnknown, paper.Failed: visit.PrintFailed, paper.Blocked: visit.PrintBlocked,
}

// runMinutes draws what shows the time anew each minute, and what counts down
// more often.
func (s *station) runMinutes(ctx context.Context, changed, tick func()) error {
	last, counted := s.clock.Now().Minute(), time.Duration(0)
	for {
		if err := wait(ctx, clockEvery); err != nil {
			return err
		}
		left := time.Duration(0) // until something is sent again
		if s.kept != nil {
			left = upkeep.Counted(s.sending().In)
		}
		if now := s.clock.Now().Minute(); now != last {
			last = now
			changed()
		} else if left < time.Minute && left != counted {
			tick()
		}
		counted = left
	}
}
