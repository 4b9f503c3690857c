package bench

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"tramhoso/app/devices"
	"tramhoso/app/upkeep"
	"tramhoso/device/page"
	"tramhoso/device/port"
	"tramhoso/device/power"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
)

// known is what one look, or a watch, has found out of the devices.
type known struct {
	devices.Serial
	pages devices.Pages
	power devices.Supply
}

// newKnown has looked at nothing yet.
func (b *bench) newKnown() (*known, error) {
	k := &known{}
	k.Init(b.cfg)
	k.power.Init()
	if b.cfg.Page.Printer != "" {
		p, err := page.New(page.Config{URI: b.cfg.Page.Printer, Socket: b.cfg.Page.Socket, Timing: page.Timing{Ask: pageAsk}})
		if err != nil {
			return nil, err
		}
		k.pages.Printer = p
	}
	return k, nil
}

func (k *known) close() {
	if k.pages.Printer != nil {
		k.pages.Printer.Close()
	}
}

// pageAsk is how long a person at a terminal waits for a page printer that may
// sleep.
const pageAsk = 6 * time.Second

// facts words what is known.
func (b *bench) facts(k *known) upkeep.Facts {
	p := b.model.Profile
	k.Set(func() {
		if k.Model != nil {
			p = k.Model.Profile
		}
	})
	f := upkeep.Facts{Profile: devices.ProfileName(p), PaperMM: devices.PaperMM(p), Charge: -1}
	k.Tell(&f)
	k.pages.Tell(&f)
	if b.cfg.Power.UPS != "" {
		k.power.Tell(&f)
	}
	return f
}

// look asks the configured devices how they are, all at once.
func (b *bench) look(ctx context.Context) (upkeep.Facts, error) {
	k, err := b.newKnown()
	if err != nil {
		return upkeep.Facts{}, err
	}
	defer k.close()
	var looks sync.WaitGroup
	looks.Go(func() {
		err := withLine(devices.PrinterLine(b.cfg.Printer.Path, b.model.Profile), func(p port.Port) error {
			m, err := b.meet(ctx, k, p)
			if err != nil {
				return err
			}
			st, err := m.Status(ctx)
			k.Set(func() { k.Status = st })
			return err
		})
		k.Set(func() { k.Printer, k.PrinterWhy = lineState(err), err })
	})
	looks.Go(func() {
		err := b.withScanner(func(port.Port) error { return nil })
		k.Set(func() { k.Scanner, k.ScannerWhy = lineState(err), err })
	})
	looks.Go(func() { b.lookForWedge(k) })
	if k.pages.Printer != nil {
		looks.Go(func() { b.lookAtPages(ctx, k) })
	}
	if ups, err := power.Parse(b.cfg.Power.UPS); err == nil && b.cfg.Power.UPS != "" {
		looks.Go(func() { k.power.Hear(power.Ask(ctx, ups)) })
	}
	looks.Wait()
	return b.facts(k), ctx.Err()
}

// lookForWedge looks for a scanner among the keyboards. A system that does not
// list them has none that could be named.
func (b *bench) lookForWedge(k *known) {
	name, err := devices.ListWedge(b.keyboards)
	if err == nil {
		k.Set(func() { k.Wedge = name })
	}
}

// lookAtPages takes a look; its error is said by the status.
func (b *bench) lookAtPages(ctx context.Context, k *known) {
	st, _ := k.pages.Printer.Status(ctx)
	if ctx.Err() == nil {
		k.pages.Hear(st)
	}
}

// lineState is what a supervisor would call a line that was opened so.
func lineState(err error) port.State {
	switch {
	case err == nil:
		return port.Ready
	case errors.Is(err, port.ErrAbsent), errors.Is(err, port.ErrUnplugged), errors.Is(err, fs.ErrNotExist):
		return port.Absent
	}
	return port.Faulted
}

// meet decides which profile is used on the line that has just opened: the saved
// one only for the printer that it was measured on.
func (b *bench) meet(ctx context.Context, k *known, p port.Port) (*printer.Printer, error) {
	model, err := devices.Meet(ctx, p, b.cfg.Printer, b.model, b.saved)
	other := errors.Is(err, models.ErrOtherPrinter)
	if err != nil && !other {
		return nil, err
	}
	k.Set(func() { k.Model, k.OtherPrinter = &model, other })
	return printer.New(p, model.Profile)
}

func (b *bench) withScanner(use func(port.Port) error) error {
	return withLine(devices.ScannerLine(b.cfg.Scanner), use)
}

// lastWords is how long a device may take what was said to it last: that a paper
// that broke off is cut off, for one.
const lastWords = time.Second

func withLine(line port.Config, use func(port.Port) error) error {
	if line.Path == "" {
		return port.ErrAbsent
	}
	p, err := port.Open(line)
	if err != nil {
		return err
	}
	err = use(p)
	_ = p.Drain(time.Now().Add(lastWords)) // as far as the device takes it
	return errors.Join(err, p.Close())
}
