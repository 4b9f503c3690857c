package models

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"tramhoso/device/printer"
)

// Bounds of a file.
const (
	// MaxBytes bounds a file: anything larger is no printer's profile.
	MaxBytes = 16 << 10
	// maxAnswers and maxAnswerBytes bound the names a model calls itself.
	maxAnswers     = 16
	maxAnswerBytes = 64
	// minDPI and maxDPI are the resolutions that receipt heads have.
	minDPI, maxDPI = 100, 400
	// maxWaitMS bounds a wait of the profile: a minute is no printer any more.
	maxWaitMS = 60_000
)

// file is the TOML. A pointer that is nil is a key that is not there.
type file struct {
	Name     string    `toml:"name"`
	Answers  []string  `toml:"answers,omitempty"`
	Head     head      `toml:"head,omitempty"`
	Line     line      `toml:"line,omitempty"`
	Commands commands  `toml:"commands,omitempty"`
	Status   status    `toml:"status,omitempty"`
	Device   *device   `toml:"device,omitempty"`
	Measured *measured `toml:"measured,omitempty"`
}

type head struct {
	WidthDots       *int     `toml:"width_dots,omitempty"`
	DotsPerInch     *int     `toml:"dots_per_inch,omitempty"`
	FeedUnitsPerDot *int     `toml:"feed_units_per_dot,omitempty"`
	BandRows        *int     `toml:"band_rows,omitempty"`
	Cut             *string  `toml:"cut,omitempty"`
	TearDots        *int     `toml:"tear_dots,omitempty"`
	Density         *density `toml:"density,omitempty"`
}

type density struct {
	Dots  *int `toml:"dots"`
	Time  *int `toml:"time"`
	Pause *int `toml:"pause"`
}

type line struct {
	Baud        *int    `toml:"baud,omitempty"`
	Flow        *string `toml:"flow,omitempty"`
	BufferBytes *int    `toml:"buffer_bytes,omitempty"`
	ReplyMS     *int    `toml:"reply_ms,omitempty"`
	ConfirmMS   *int    `toml:"confirm_ms,omitempty"`
	StallMS     *int    `toml:"stall_ms,omitempty"`
}

type commands struct {
	Raster        *string `toml:"raster,omitempty"`
	GraphicsL     *bool   `toml:"graphics_l,omitempty"`
	Doubling      *bool   `toml:"doubling,omitempty"`
	Columns       *bool   `toml:"columns,omitempty"`
	Position      *string `toml:"position,omitempty"`
	ClearSequence *bool   `toml:"clear_sequence,omitempty"`
}

type status struct {
	Replies   *bool `toml:"replies,omitempty"`
	Auto      *bool `toml:"auto,omitempty"`
	ProcessID *bool `toml:"process_id,omitempty"`
	NearEnd   *bool `toml:"near_end,omitempty"`
}

type device struct {
	Path     string `toml:"path"`
	Identity string `toml:"identity"`
}

type measured struct {
	At     time.Time `toml:"at"`
	Scans  int       `toml:"scans"`
	Passed bool      `toml:"passed"`
}

// File is a model and, in a station's own file, the printer it was measured on.
type File struct {
	Model
	// Device is nil in the embedded files.
	Device *Device
	// At is when it was measured, Scans how many of its codes were read back.
	At    time.Time
	Scans int
}

var positions = map[string]printer.Position{"left-margin": printer.LeftMargin, "absolute": printer.AbsolutePos, "from-left": printer.FromLeft}

// Parse reads a file strictly.
func Parse(raw []byte) (File, error) {
	if len(raw) > MaxBytes {
		return File{}, fmt.Errorf("%d bytes are no printer profile: more than %d", len(raw), MaxBytes)
	}
	if !utf8.Valid(raw) {
		return File{}, errors.New("the profile is not UTF-8")
	}
	var f file
	d := toml.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return File{}, sentence(err)
	}
	var keys map[string]any
	if err := toml.Unmarshal(raw, &keys); err != nil {
		return File{}, sentence(err)
	}
	r := &reader{raw: raw}
	r.spelt(keys)
	if len(r.bad) > 0 {
		return File{}, errors.Join(r.bad...)
	}
	return f.model(r)
}

// spelt refuses keys in another case, which the TOML library would take for the
// same: two spellings of one key in a file would then hide each other.
func (r *reader) spelt(keys map[string]any) {
	for k, v := range keys {
		if k != strings.ToLower(k) {
			r.no(k, "must be written %s", strings.ToLower(k))
		}
		if inner, ok := v.(map[string]any); ok {
			r.spelt(inner)
		}
	}
}

// sentence turns what the TOML library says into one line per mistake.
func sentence(err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		var out []error
		for _, e := range strict.Errors {
			row, _ := e.Position()
			out = append(out, fmt.Errorf("line %d: there is no key %q", row, strings.Join(e.Key(), ".")))
		}
		return errors.Join(out...)
	}
	var d *toml.DecodeError
	if errors.As(err, &d) {
		row, _ := d.Position()
		return fmt.Errorf("line %d: %s", row, strings.TrimPrefix(d.Error(), "toml: "))
	}
	return err
}

// reader collects mistakes while a file becomes a model.
type reader struct {
	raw []byte
	bad []error
}

// no notes a mistake of a key with the line it stands on.
func (r *reader) no(key, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if row := lineOf(r.raw, key); row > 0 {
		r.bad = append(r.bad, fmt.Errorf("line %d: %s %s", row, key, what))
		return
	}
	r.bad = append(r.bad, fmt.Errorf("%s %s", key, what))
}

// number takes an optional number in a range; a number that stands there must
// be one, so 0 never hides as "not stated".
func (r *reader) number(key string, v *int, low, high int) int {
	if v == nil {
		return 0
	}
	if *v < low || *v > high {
		r.no(key, "must be %d to %d, not %d", low, high, *v)
		return 0
	}
	return *v
}

func (r *reader) choice(key string, v *string, allowed ...string) string {
	if v == nil {
		return ""
	}
	for _, a := range allowed {
		if *v == a {
			return a
		}
	}
	r.no(key, "must be one of %s, not %q", strings.Join(allowed, ", "), *v)
	return ""
}

func (r *reader) wait(key string, v *int) time.Duration {
	return time.Duration(r.number(key, v, 1, maxWaitMS)) * time.Millisecond
}

func fact(v *bool) Fact {
	switch {
	case v == nil:
		return NotStated
	case *v:
		return Yes
	}
	return No
}

func isTrue(v *bool) bool  { return v != nil && *v }
func isFalse(v *bool) bool { return v != nil && !*v }

func (f file) model(r *reader) (File, error) {
	if len(f.Answers) == 0 {
		f.Answers = nil
	}
	if strings.TrimSpace(f.Name) == "" {
		r.no("name", "must say which printer this is")
	}
	if len(f.Answers) > maxAnswers {
		r.no("answers", "must be at most %d names", maxAnswers)
	}
	for _, a := range f.Answers {
		if a != strings.TrimSpace(a) || a == "" || len(a) > maxAnswerBytes || !printable(a) {
			r.no("answers", "must be plain names, not %q", a)
		}
	}
	const big = 1 << 30 // the profile's own check has the real limit
	m := Model{Answers: f.Answers, DPI: r.number("dots_per_inch", f.Head.DotsPerInch, minDPI, maxDPI),
		Doubling: fact(f.Commands.Doubling), NearEnd: fact(f.Status.NearEnd), GraphicsL: fact(f.Commands.GraphicsL)}
	p := printer.Profile{
		Name: f.Name, WidthDots: r.number("width_dots", f.Head.WidthDots, printer.MinWidthDots, printer.MaxWidthDots),
		Baud: r.number("baud", f.Line.Baud, 1200, 921600), BufferBytes: r.number("buffer_bytes", f.Line.BufferBytes, printer.MinBufferBytes, printer.MaxBufferBytes),
		Flow:     printer.Flow(r.choice("flow", f.Line.Flow, string(printer.FlowNone), string(printer.FlowXOnXOff), string(printer.FlowRTSCTS))),
		Cut:      printer.CutWay(r.choice("cut", f.Head.Cut, string(printer.CutFeed), string(printer.CutFull), string(printer.CutPartial), string(printer.CutNone))),
		TearDots: r.number("tear_dots", f.Head.TearDots, 1, big), BandRows: r.number("band_rows", f.Head.BandRows, printer.MinBandRows, printer.MaxBandRows),
		Raster:  printer.Raster(r.choice("raster", f.Commands.Raster, string(printer.RasterGSv0), string(printer.RasterGSpL))),
		Columns: isTrue(f.Commands.Columns), ClearSequence: isTrue(f.Commands.ClearSequence),
		NoStatus: isFalse(f.Status.Replies), NoAutoStatus: isFalse(f.Status.Auto), NoProcessID: isFalse(f.Status.ProcessID),
		// A printer that ignores the doubling prints everything at half its
		// size; one that would double is only slower without it.
		NoDoubling: !isTrue(f.Commands.Doubling),
		ReplyWait:  r.wait("reply_ms", f.Line.ReplyMS), ConfirmWait: r.wait("confirm_ms", f.Line.ConfirmMS), StallWait: r.wait("stall_ms", f.Line.StallMS),
	}
	if p.FeedUnitsPerDot = r.number("feed_units_per_dot", f.Head.FeedUnitsPerDot, 1, 2); p.FeedUnitsPerDot != 0 {
		m.FeedUnits = Yes
	}
	if s := r.choice("position", f.Commands.Position, "left-margin", "absolute", "from-left"); s != "" {
		p.Position = positions[s]
	}
	if p.NoStatus && (isTrue(f.Status.Auto) || isTrue(f.Status.ProcessID)) {
		r.no("replies", "must not be false where auto or process_id is true")
	}
	if p.Raster == printer.RasterGSpL && m.GraphicsL == No {
		r.no("raster", "must not be gs-paren-l where graphics_l is false")
	}
	if d := f.Head.Density; d != nil {
		if d.Dots == nil || d.Time == nil || d.Pause == nil {
			r.no("density", "must name dots, time and pause")
		} else {
			p.Density = &printer.Density{Dots: byte(r.number("dots", d.Dots, 0, 255)), Time: byte(r.number("time", d.Time, 0, 255)), Pause: byte(r.number("pause", d.Pause, 0, 255))}
		}
	}
	m.Profile = p
	out := File{Model: m}
	if f.Device != nil || f.Measured != nil {
		r.bound(f, &out)
	}
	if len(r.bad) == 0 {
		if err := p.Check(); err != nil {
			r.bad = append(r.bad, err)
		}
	}
	if err := errors.Join(r.bad...); err != nil {
		return File{}, err
	}
	return out, nil
}

// bound reads what a station's own file says more.
func (r *reader) bound(f file, out *File) {
	switch {
	case f.Device == nil:
		r.no("measured", "must not stand without device")
		return
	case f.Measured == nil:
		r.no("device", "must not stand without measured")
		return
	}
	out.Device = &Device{Path: f.Device.Path, Identity: f.Device.Identity}
	out.At, out.Scans = f.Measured.At.UTC(), f.Measured.Scans
	if !strings.HasPrefix(f.Device.Path, "/") || len(f.Device.Path) > maxPathBytes || !printable(f.Device.Path) {
		r.no("path", "must be the stable name of the printer's line")
	}
	if len(f.Device.Identity) > maxIdentityBytes || !printable(f.Device.Identity) {
		r.no("identity", "must be plain and at most %d bytes", maxIdentityBytes)
	}
	if f.Measured.At.IsZero() || f.Measured.At.Year() < 2000 || f.Measured.At.Year() > 9998 {
		r.no("at", "must be the time of the test")
	}
	if !f.Measured.Passed {
		r.no("passed", "must be true: what did not pass is not kept")
	}
	if f.Measured.Scans < 1 || f.Measured.Scans > maxScans {
		r.no("scans", "must be 1 to %d, not %d", maxScans, f.Measured.Scans)
	}
}

// maxScans bounds how many codes a test can have read.
const maxScans = 99

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e })
}

// lineOf is the line on which a key is set, 0 when it is not found.
func lineOf(raw []byte, key string) int {
	last := key[strings.LastIndexByte(key, '.')+1:]
	for i, l := range strings.Split(string(raw), "\n") {
		name, _, ok := strings.Cut(strings.TrimSpace(l), "=")
		if ok && strings.TrimSpace(name) == last || strings.TrimSpace(l) == "["+last+"]" {
			return i + 1
		}
	}
	return 0
}
