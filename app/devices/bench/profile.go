package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tramhoso/app/config"
	"tramhoso/app/devices"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
)

type profileCommand struct {
	Name string `arg:"" optional:"" help:"A model's name: prints its file."`
	List bool   `help:"Print the names of the models that are known."`
}

// Run shows the profile in force, or one that is known.
func (p profileCommand) Run(ctx context.Context, d *Command, t *Terminal) error {
	b := d.open(t)
	switch {
	case p.List:
		for _, name := range models.Names() {
			m, _ := models.Get(name)
			b.line(fmt.Sprintf("%-22s %s, %d mm", name, m.Profile.Name, devices.PaperMM(m.Profile)))
		}
		return nil
	case p.Name != "":
		text, err := models.Source(p.Name)
		if err != nil {
			b.say("profile-unknown", "name", p.Name)
			return exitNotKnown
		}
		_, err = fmt.Fprint(b.out, text)
		return err
	}
	if err := b.refuse(); err != nil {
		return err
	}
	b.ask(ctx)
	return b.printProfile()
}

// ask finds out whether what was measured belongs to the printer that is plugged
// in. One that cannot be asked now is taken for it: its line is the same.
func (b *bench) ask(ctx context.Context) {
	if b.saved == nil {
		return
	}
	k := &known{}
	err := withLine(devices.PrinterLine(b.cfg.Printer.Path, b.model.Profile), func(p port.Port) error {
		_, err := b.meet(ctx, k, p)
		return err
	})
	if err == nil && k.OtherPrinter {
		b.model, b.saved, b.why = *k.Model, nil, models.ErrOtherPrinter
	}
}

// source is where a value of the profile comes from.
type source string

const (
	fromFile     source = "file" // station.toml
	fromMeasured source = "measured"
	fromModel    source = "model"
	fromDefault  source = "default" // nobody states it: what is safe with any printer
)

// trait is one value of the profile in force.
type trait struct {
	key, value string
	from       source
}

// traits are the values in force, named as in a model's file.
func (b *bench) traits() ([]trait, error) {
	now, err := printer.New(nil, b.model.Profile) // fills the defaults in; nothing is sent
	if err != nil {
		return nil, err
	}
	p, stated, cfg := now.Profile(), b.model.Profile, b.cfg.Printer
	var out []trait
	add := func(key, value string, inFile, measurable, isStated bool) {
		t := trait{key, value, fromDefault}
		switch {
		case inFile:
			t.from = fromFile
		case measurable && b.saved != nil:
			t.from = fromMeasured
		case isStated:
			t.from = fromModel
		}
		out = append(out, t)
	}
	yes := func(has bool) string { return b.words.T("tool." + map[bool]string{true: "yes", false: "no"}[has]) }
	ms := func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
	add("head.width_dots", strconv.Itoa(p.WidthDots), cfg.WidthDots != 0, true, stated.WidthDots != 0)
	add("head.feed_units_per_dot", strconv.Itoa(p.FeedUnitsPerDot), false, b.model.FeedUnits != models.NotStated, b.model.FeedUnits != models.NotStated)
	add("head.band_rows", strconv.Itoa(p.BandRows), false, false, stated.BandRows != 0)
	add("head.cut", string(p.Cut), false, false, stated.Cut != "")
	line := devices.PrinterLine("", stated)
	add("line.baud", strconv.Itoa(line.Baud), cfg.Baud != 0, false, stated.Baud != 0)
	add("line.flow", string(line.Flow), cfg.Flow != "", false, stated.Flow != "")
	add("line.buffer_bytes", strconv.Itoa(p.BufferBytes), false, false, stated.BufferBytes != 0)
	add("line.reply_ms", ms(p.ReplyWait), false, stated.ReplyWait != 0, stated.ReplyWait != 0)
	add("commands.raster", string(p.Raster), false, false, stated.Raster != "")
	add("commands.graphics_l", yes(b.model.GraphicsL == models.Yes), false, b.model.GraphicsL != models.NotStated, b.model.GraphicsL != models.NotStated)
	add("commands.doubling", yes(!p.NoDoubling), false, b.model.Doubling != models.NotStated, b.model.Doubling != models.NotStated)
	add("commands.columns", yes(p.Columns), false, false, stated.Columns)
	add("status.replies", yes(!p.NoStatus), false, true, stated.NoStatus)
	add("status.auto", yes(!p.NoAutoStatus), false, true, stated.NoAutoStatus)
	add("status.process_id", yes(!p.NoProcessID), false, true, stated.NoProcessID)
	return out, nil
}

func (b *bench) printProfile() error {
	rows, err := b.traits()
	if err != nil {
		return fmt.Errorf("failed to use the profile: %w", err)
	}
	name := b.model.Profile.Name
	switch {
	case b.saved != nil:
		b.say("profile-measured", "name", name, "at", b.words.DateTime(b.saved.At), "n", b.saved.Scans)
		if b.saved.Device.Identity != "" {
			b.say("profile-of", "who", b.saved.Device.Identity)
		}
	case b.cfg.Printer.Profile == config.Measured && errors.Is(b.why, models.ErrNone):
		b.say("profile-none", "name", name)
	case b.cfg.Printer.Profile == config.Measured && errors.Is(b.why, models.ErrOtherPrinter):
		b.say("profile-other", "name", name)
	case b.why != nil:
		b.say("profile-broken", "name", name, "why", b.why)
	default:
		b.say("profile-chosen", "name", name)
	}
	b.line("")
	keys, values := width(rows, func(t trait) string { return t.key }), width(rows, func(t trait) string { return t.value })
	for _, t := range rows {
		b.line("  " + pad(t.key, keys) + "  " + pad(t.value, values) + "  " + b.words.T("tool.from-"+string(t.from)))
	}
	return nil
}

// width is the longest of the rows' texts, in letters.
func width(rows []trait, of func(trait) string) int {
	return len([]rune(of(slices.MaxFunc(rows, func(a, b trait) int { return len([]rune(of(a))) - len([]rune(of(b))) }))))
}

func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-len([]rune(s)))) }
