package bench

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"tramhoso/app/devices"
	"tramhoso/app/upkeep"
	"tramhoso/assets"
	"tramhoso/device/idcard"
	"tramhoso/device/port"
	"tramhoso/device/power"
	"tramhoso/device/scanner"
	"tramhoso/sync/token"
)

type watchCommand struct{}

// askEvery is how often a watched printer is asked: a person who pulls the paper
// out looks at the screen a second later.
const askEvery = time.Second

// Run watches until ctx ends.
func (watchCommand) Run(ctx context.Context, d *Command, c *Terminal) error {
	b := d.open(c)
	if err := b.refuse(); err != nil {
		return err
	}
	b.say("watching")
	k, err := b.newKnown()
	if err != nil {
		return err
	}
	defer k.close()
	k.Printer, k.Scanner = port.Opening, port.Opening // nobody has looked yet
	w := &watcher{bench: b, known: k, said: map[upkeep.Part]string{}}
	w.run(ctx)
	return nil
}

// watcher tells what changes.
type watcher struct {
	*bench
	*known

	telling sync.Mutex
	said    map[upkeep.Part]string
}

func (w *watcher) run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	if w.cfg.Printer.Path != "" {
		work.Go(func() {
			w.keep(ctx, devices.PrinterLine(w.cfg.Printer.Path, w.bench.model.Profile), w.askPrinter, &w.Printer, &w.PrinterWhy)
		})
	}
	if w.cfg.Scanner.Path != "" {
		work.Go(func() { w.keep(ctx, devices.ScannerLine(w.cfg.Scanner), w.hearScanner, &w.Scanner, &w.ScannerWhy) })
	}
	w.changed()
	work.Go(func() { w.every(ctx, wedgeWatch, func() { w.lookForWedge(w.known) }) })
	if w.pages.Printer != nil {
		work.Go(func() { w.every(ctx, pageWatch, func() { w.lookAtPages(ctx, w.known) }) })
	}
	if ups, err := power.Parse(w.cfg.Power.UPS); err == nil && w.cfg.Power.UPS != "" {
		work.Go(func() {
			// Its error is ctx's.
			_ = power.Watch(ctx, ups, func(s power.State) { w.power.Hear(s); w.changed() })
		})
	}
	err := w.finder.Watch(ctx, func(c port.Change) { w.plugged(c) })
	if err != nil && ctx.Err() == nil {
		w.stamp(err.Error()) // the configured lines are watched all the same
		<-ctx.Done()
	}
}

// How often is looked at what does not tell by itself.
const (
	pageWatch  = 3 * time.Second
	wedgeWatch = time.Second
)

// every looks again and again, and tells what is new.
func (w *watcher) every(ctx context.Context, period time.Duration, look func()) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		look()
		w.changed()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keep keeps a line open and notes how it is. A line that somebody else holds is
// left to them for good: a station that starts again must not find us on it.
func (w *watcher) keep(ctx context.Context, line port.Config, use func(context.Context, port.Port) error, state *port.State, why *error) {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	keeper := &port.Supervisor{Config: line, Fault: func(err error) {
		w.Set(func() { *why = err })
		if errors.Is(err, port.ErrBusy) {
			leave()
		}
	}}
	// Its error is ctx's.
	_ = keeper.Run(ctx, use, func(s port.State) {
		w.Set(func() {
			*state = s
			if state == &w.Printer {
				w.Heard = false
			}
		})
		w.changed()
	})
}

func (w *watcher) askPrinter(ctx context.Context, p port.Port) error {
	m, err := w.meet(ctx, w.known, p)
	if err != nil {
		return err
	}
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		st, err := m.Status(ctx)
		if err != nil {
			return err
		}
		w.Set(func() { w.Status, w.Heard = st, true })
		w.changed()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (w *watcher) hearScanner(ctx context.Context, p port.Port) error {
	return w.scan(ctx, p, func(f scanner.Frame) { w.stamp(w.scanned(f)) })
}

// clockOf is a scanner's clock.
type clockOf func() time.Time

func (c clockOf) Now() time.Time { return c() }

// changed tells of every device that is not as it was.
func (w *watcher) changed() {
	w.telling.Lock()
	defer w.telling.Unlock()
	for _, l := range deviceLines(w.bench.facts(w.known)) {
		if !w.looked(l.Part) {
			continue
		}
		name, says, note := l.Say(w.words)
		if text := mark(l.Health) + " " + sentence(name, says, note); w.said[l.Part] != text {
			w.said[l.Part] = text
			w.stamped(text)
		}
	}
}

// looked says whether a device has been looked at since its line last moved.
func (w *watcher) looked(p upkeep.Part) (looked bool) {
	switch p {
	case upkeep.Printer:
		w.Set(func() {
			looked = w.PrinterPath == "" || w.Printer != port.Opening && (w.Printer != port.Ready || w.Heard)
		})
	case upkeep.Scanner:
		w.Set(func() { looked = w.ScannerPath == "" || w.Scanner != port.Opening })
	case upkeep.Page:
		_, looked, _ = w.pages.Fact()
	case upkeep.Power:
		looked = w.power.Fact().Why != power.WhyNotLooked
	default:
		looked = true
	}
	return looked
}

// stamp writes a line with the time before it.
func (w *watcher) stamp(text string) {
	w.telling.Lock()
	defer w.telling.Unlock()
	w.stamped(text)
}

// stamped goes by the country's time, as papers and screens do.
func (w *watcher) stamped(text string) {
	w.line(w.now().In(assets.Here).Format("15:04:05") + "  " + text)
}

// plugged tells of a cable.
func (w *watcher) plugged(c port.Change) {
	l := w.lineOf(c.Found)
	if l.system && l.Role == "" {
		return
	}
	name := l.Path
	if name == "" {
		name = l.Node
	}
	key := map[port.What]string{port.Came: "came", port.Renamed: "renamed", port.Went: "went"}[c.What]
	w.stamp("  " + w.words.T("tool."+key, "path", name, "node", filepath.Base(l.Node)))
}

// scanned says what kind of code was read, and how long it is: never what is in
// it.
func (b *bench) scanned(f scanner.Frame) string {
	if f.Fault != scanner.FaultNone {
		return "! " + sentence(b.words.T("upkeep.scanner"), b.words.T("tool.scan-fault"), b.words.T("tool.fault-"+string(f.Fault)))
	}
	return "  " + sentence(b.words.T("upkeep.scanner"), b.words.T("tool.scan-"+kindOf(f.Data), "n", strconv.Itoa(len([]rune(f.Data)))), "")
}

// kindOf is what a code is, by its form alone.
func kindOf(data string) string {
	switch {
	case token.IsSlip(data):
		return "slip"
	case token.IsBadge(data):
		return "badge"
	}
	card, err := idcard.Parse(data)
	switch {
	case errors.Is(err, idcard.ErrCheckDigit):
		return "mrz-wrong"
	case err != nil:
		return "other"
	case card.Kind == idcard.KindNumber:
		return "number"
	}
	return "card-" + string(card.Kind)
}
