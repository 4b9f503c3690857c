package main

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"tramhoso/app/upkeep"
	"tramhoso/device/page"
	"tramhoso/device/port"
	"tramhoso/device/power"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/printer/probe"
)

// known is what one look, or a watch, has found out of the devices.
type known struct {
	devices
	pages pages
	power supply
}

// newKnown has looked at nothing yet.
func (b *bench) newKnown() (*known, error) {
	k := &known{}
	k.init(b.cfg)
	k.power.init()
	if b.cfg.Page.Printer != "" {
		p, err := page.New(page.Config{URI: b.cfg.Page.Printer, Socket: b.cfg.Page.Socket, Timing: page.Timing{Ask: pageAsk}})
		if err != nil {
			return nil, err
		}
		k.pages.printer = p
	}
	return k, nil
}

func (k *known) close() {
	if k.pages.printer != nil {
		k.pages.printer.Close()
	}
}

// pageAsk is how long a person at a terminal waits for a page printer that may
// sleep.
const pageAsk = 6 * time.Second

// facts words what is known.
func (b *bench) facts(k *known) upkeep.Facts {
	p := b.model.Profile
	k.set(func() {
		if k.model != nil {
			p = k.model.Profile
		}
	})
	f := upkeep.Facts{Profile: profileName(p), PaperMM: paperMM(p), Charge: -1}
	k.devices.tell(&f)
	k.pages.tell(&f)
	if b.cfg.Power.UPS != "" {
		k.power.tell(&f)
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
		err := withLine(printerLine(b.cfg.Printer.Path, b.model.Profile), func(p port.Port) error {
			m, err := b.meet(ctx, k, p)
			if err != nil {
				return err
			}
			st, err := m.Status(ctx)
			k.set(func() { k.status = st })
			return err
		})
		k.set(func() { k.printer, k.printerWhy = lineState(err), err })
	})
	looks.Go(func() {
		err := b.withScanner(func(port.Port) error { return nil })
		k.set(func() { k.scanner, k.scannerWhy = lineState(err), err })
	})
	looks.Go(func() { b.lookForWedge(k) })
	if k.pages.printer != nil {
		looks.Go(func() { b.lookAtPages(ctx, k) })
	}
	if ups, err := power.Parse(b.cfg.Power.UPS); err == nil && b.cfg.Power.UPS != "" {
		looks.Go(func() { k.power.hear(power.Ask(ctx, ups)) })
	}
	looks.Wait()
	return b.facts(k), ctx.Err()
}

// lookForWedge looks for a scanner among the keyboards. A system that does not
// list them has none that could be named.
func (b *bench) lookForWedge(k *known) {
	name, err := listWedge(b.keyboards)
	if err == nil {
		k.set(func() { k.wedges.name = name })
	}
}

// lookAtPages takes a look; its error is said by the status.
func (b *bench) lookAtPages(ctx context.Context, k *known) {
	st, _ := k.pages.printer.Status(ctx)
	if ctx.Err() == nil {
		k.pages.hear(st)
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
	model, other := b.model, false
	if b.saved != nil {
		err := probe.Meet(ctx, p, *b.saved, b.cfg.Printer.Path)
		switch {
		case errors.Is(err, models.ErrOtherPrinter):
			model, other = b.cfg.Printer.Over(b.cfg.Printer.Base()), true
		case err != nil:
			return nil, err
		}
	}
	k.set(func() { k.model, k.otherPrinter = &model, other })
	return printer.New(p, model.Profile)
}

func (b *bench) withScanner(use func(port.Port) error) error {
	return withLine(scannerLine(b.cfg.Scanner), use)
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
