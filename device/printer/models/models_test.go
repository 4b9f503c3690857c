package models

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tramhoso/device/printer"
)

func TestEveryModelIsUsable(t *testing.T) {
	names := Names()
	if len(names) < 10 || names[0] != Common || names[1] != Silent {
		t.Fatal(names)
	}
	for _, name := range names {
		m, ok := Get(name)
		if !ok {
			t.Fatal(name)
		}
		if err := m.Profile.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if m.Profile.Name == "" || m.Profile.WidthDots == 0 {
			t.Errorf("%s names no model or no width", name)
		}
		src, err := Source(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != Silent && !strings.Contains(strings.ToLower(src), "not stated") {
			t.Errorf("%s does not say what is not stated", name)
		}
		// A fact without a source is a guess: every key of a table stands below
		// a comment of that table or behind one.
		commented := false
		for i, l := range strings.Split(src, "\n") {
			switch l = strings.TrimSpace(l); {
			case strings.HasPrefix(l, "[") && name != Silent:
				commented = false
			case strings.Contains(l, "#"):
				commented = true
			case strings.Contains(l, " = ") && !commented:
				t.Errorf("%s line %d: %s has no source", name, i+1, l)
			}
		}
		for _, a := range m.Answers {
			if got, ok := Recognise(strings.ToLower(a)); !ok || got != name {
				t.Errorf("%q is recognised as %q, not %q", a, got, name)
			}
		}
	}
	if _, ok := Get("nothing"); ok {
		t.Error("a model that does not exist")
	}
	if _, ok := Recognise("  "); ok {
		t.Error("nobody was recognised")
	}
	if _, err := Source("nothing"); err == nil {
		t.Error("a source that does not exist")
	}
}

// Stations that name these profiles print as before.
func TestGenericModels(t *testing.T) {
	want := map[string]printer.Profile{
		Common: {Name: "common", WidthDots: printer.Width80mm},
		Silent: {Name: "silent", WidthDots: printer.Width80mm, NoProcessID: true, NoAutoStatus: true},
	}
	for name, p := range want {
		m, _ := Get(name)
		if d := cmp.Diff(p, m.Profile); d != "" {
			t.Error(name, d)
		}
	}
}

func TestFactsOfModels(t *testing.T) {
	for _, name := range Names() {
		m, _ := Get(name)
		want := strings.HasPrefix(name, "epson-") && name != "epson-tm-t88iii"
		if m.Profile.ClearSequence != want {
			t.Errorf("%s: DLE DC4 8 %v", name, m.Profile.ClearSequence)
		}
	}
	t88iii, _ := Get("epson-tm-t88iii")
	if p := t88iii.Profile; p.WidthDots != 512 || p.FeedUnitsPerDot != 2 || p.BufferBytes != 4096 || !p.NoProcessID || p.NoAutoStatus || t88iii.NearEnd != Yes || t88iii.DPI != 180 {
		t.Errorf("%+v", t88iii)
	}
	pos, _ := Get("pos-5890")
	if p := pos.Profile; p.WidthDots != 384 || p.Cut != printer.CutNone || !p.NoDoubling || pos.GraphicsL != No || pos.Doubling != NotStated {
		t.Errorf("%+v", pos)
	}
	if mm := pos.DotsPerMM(); mm < 7.99 || mm > 8 {
		t.Error(mm)
	}
	if mm := (Model{}).DotsPerMM(); mm != pos.DotsPerMM() {
		t.Error(mm)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	tests := map[string][]string{
		"name = \"x\"\n[head]\nwidht_dots = 3":                                  {"line 3", "head.widht_dots"},
		"name = \"x\"\n[haed]":                                                  {"line 2", "haed"},
		"name = \"x\"\nname = \"y\"":                                            {"line 2"},
		"name = \"x\"\nNAME = \"y\"":                                            {"line 2", "NAME", "name"},
		"name = \"x\"\n[head]\nwidth_dots = 384\nWidth_Dots = 576":              {"line 4", "width_dots"},
		"[head]\nwidth_dots = 576":                                              {"name"},
		"name = \"x\"\n[head]\nwidth_dots = 3":                                  {"line 3", "width_dots", "200 to 896"},
		"name = \"x\"\n[head]\nwidth_dots = 577":                                {"577"},
		"name = \"x\"\n[head]\nwidth_dots = 0":                                  {"line 3", "width_dots"},
		"name = \"x\"\n[head]\nwidth_dots = \"wide\"":                           {"line 3"},
		"name = \"x\"\n[line]\nflow = \"fast\"":                                 {"line 3", "flow", "rtscts"},
		"name = \"x\"\n[line]\nbaud = 7":                                        {"line 3", "baud"},
		"name = \"x\"\n[line]\nreply_ms = 99999999":                             {"line 3", "reply_ms"},
		"name = \"x\"\n[commands]\nraster = \"gs\"":                             {"line 3", "raster", "gs-paren-l"},
		"name = \"x\"\n[commands]\nposition = \"up\"":                           {"line 3", "position"},
		"name = \"x\"\n[head]\ncut = \"off\"":                                   {"line 3", "cut"},
		"name = \"x\"\n[head]\ntear_dots = 5000":                                {"5000"},
		"name = \"x\"\n[head]\ndensity = {dots = 1}":                            {"density"},
		"name = \"x\"\n[head]\ndensity = {dots = 999, time=1, pause=1}":         {"dots"},
		"name = \"x\"\n[head]\ndensity = {dots = 16, time=5, pause=2}":          {"real-time"},
		"name = \"x\"\n[status]\nreplies = false\nauto = true":                  {"line 3", "replies"},
		"name = \"x\"\nanswers = [\" a\"]":                                      {"line 2", "answers"},
		"name = \"x\"\n[device]\npath = \"/a\"\nidentity = \"b\"":               {"line 2", "device"},
		"name = \"x\"\n[measured]\npassed = true":                               {"measured"},
		"name = \"x\"\n[device]\npath = \"a\"\n[measured]\nscans = 0":           {"path", "at", "passed", "scans"},
		"name = \"x\"\n[commands]\nraster = \"gs-paren-l\"\ngraphics_l = false": {"raster"},
		"\xff":                               {"UTF-8"},
		"# " + strings.Repeat("x", MaxBytes): {"bytes"},
	}
	for raw, want := range tests {
		_, err := Parse([]byte(raw))
		if err == nil {
			t.Errorf("%.80q was taken", raw)
			continue
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%.80q: %q does not say %q", raw, err, w)
			}
		}
	}
}

// drawFile makes any file that may be.
func drawFile(t *rapid.T) File {
	zero := func(g *rapid.Generator[int]) int {
		if rapid.Bool().Draw(t, "stated") {
			return g.Draw(t, "number")
		}
		return 0
	}
	wait := func() time.Duration { return time.Duration(zero(rapid.IntRange(1, maxWaitMS))) * time.Millisecond }
	fact := rapid.SampledFrom([]Fact{NotStated, Yes, No})
	name := rapid.StringMatching(`[A-Za-z0-9-]{1,12}( [A-Za-z"\\]{1,5})?`)
	f := File{Model: Model{Answers: rapid.SliceOfN(name, 0, 3).Draw(t, "answers"), DPI: zero(rapid.IntRange(minDPI, maxDPI)),
		Doubling: fact.Draw(t, "doubling"), NearEnd: fact.Draw(t, "near end"), GraphicsL: fact.Draw(t, "graphics")}}
	if len(f.Answers) == 0 {
		f.Answers = nil
	}
	p := printer.Profile{
		Name: name.Draw(t, "name"), WidthDots: 8 * zero(rapid.IntRange(printer.MinWidthDots/8, printer.MaxWidthDots/8)),
		Baud: zero(rapid.SampledFrom([]int{9600, 115200})), BufferBytes: zero(rapid.IntRange(printer.MinBufferBytes, printer.MaxBufferBytes)),
		Flow:     rapid.SampledFrom([]printer.Flow{"", printer.FlowNone, printer.FlowXOnXOff, printer.FlowRTSCTS}).Draw(t, "flow"),
		Cut:      rapid.SampledFrom([]printer.CutWay{"", printer.CutFeed, printer.CutFull, printer.CutPartial, printer.CutNone}).Draw(t, "cut"),
		TearDots: zero(rapid.IntRange(1, 400)), BandRows: zero(rapid.IntRange(printer.MinBandRows, printer.MaxBandRows)),
		Columns: rapid.Bool().Draw(t, "columns"), ClearSequence: rapid.Bool().Draw(t, "clear"),
		NoAutoStatus: rapid.Bool().Draw(t, "auto"), NoProcessID: rapid.Bool().Draw(t, "id"), NoStatus: rapid.Bool().Draw(t, "mute"),
		FeedUnitsPerDot: zero(rapid.IntRange(1, 2)), Position: rapid.SampledFrom([]printer.Position{printer.LeftMargin, printer.AbsolutePos, printer.FromLeft}).Draw(t, "position"),
		NoDoubling: f.Doubling != Yes, ReplyWait: wait(), ConfirmWait: wait(), StallWait: wait(),
	}
	if f.GraphicsL == Yes {
		p.Raster = rapid.SampledFrom([]printer.Raster{"", printer.RasterGSv0, printer.RasterGSpL}).Draw(t, "raster")
	}
	if p.FeedUnitsPerDot != 0 {
		f.FeedUnits = Yes
	}
	if rapid.Bool().Draw(t, "dense") {
		b := rapid.ByteRange(0x20, 0xff)
		p.Density = &printer.Density{Dots: b.Draw(t, "dots"), Time: b.Draw(t, "time"), Pause: b.Draw(t, "pause")}
	}
	f.Profile = p
	if rapid.Bool().Draw(t, "bound") {
		f.Device = &Device{Path: "/dev/serial/by-id/" + name.Draw(t, "path"), Identity: name.Draw(t, "identity")}
		f.At = time.Unix(rapid.Int64Range(1e9, 4e9).Draw(t, "at"), 0).UTC()
		f.Scans = rapid.IntRange(1, maxScans).Draw(t, "scans")
	}
	return f
}

func TestWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t)
		raw, err := Marshal(f)
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		got, err := Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(f, got); d != "" {
			t.Fatalf("%s\n%s", raw, d)
		}
	})
}

func TestSavedBelongsToOnePrinter(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(dir); !errors.Is(err, ErrNone) {
		t.Fatal(err)
	}
	common, _ := Get(Common)
	f := File{Model: common, Device: &Device{Path: "/dev/serial/by-id/a", Identity: "EPSON TM-T20III"}, At: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Scans: 3}
	f.Profile.WidthDots = 384
	for range 2 { // the second replaces the first
		if err := Save(dir, f); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, SavedName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Fatal(left, err)
	}
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(f, got); d != "" {
		t.Error(d)
	}
	if m, err := got.For(*f.Device); err != nil || m.Profile.WidthDots != 384 {
		t.Error(m, err)
	}
	for _, d := range []Device{{}, {Path: "/dev/serial/by-id/b", Identity: "EPSON TM-T20III"}, {Path: "/dev/serial/by-id/a", Identity: "other"}, {Path: "/dev/serial/by-id/a"}} {
		if _, err := got.For(d); !errors.Is(err, ErrOtherPrinter) {
			t.Error(d, err)
		}
	}
	if _, err := (File{Model: common}).For(Device{}); !errors.Is(err, ErrOtherPrinter) {
		t.Error(err)
	}
}

func TestSavedThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	src, err := Source(Common)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"", "half of a fi", src, strings.Repeat("#", MaxBytes+1)} {
		if err := os.WriteFile(filepath.Join(dir, SavedName), []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); err == nil || errors.Is(err, ErrNone) {
			t.Errorf("%.20q: %v", raw, err)
		}
	}
	common, _ := Get(Common)
	if err := Save(dir, File{Model: common}); err == nil {
		t.Error("saved a profile that is bound to no printer")
	}
	bad := File{Model: common, Device: &Device{Path: "no path"}, At: time.Unix(1e9, 0), Scans: 1}
	if err := Save(dir, bad); err == nil {
		t.Error("saved what cannot be read")
	}
	bad.Device.Path = "/p"
	if err := Save(filepath.Join(dir, "missing"), bad); err == nil {
		t.Error("saved into a folder that is not there")
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range Names() {
		src, err := Source(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := Parse(raw)
		if err != nil {
			return
		}
		if err := got.Profile.Check(); err != nil {
			t.Fatalf("took what a printer refuses: %v", err)
		}
		again, err := Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(again)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, back) {
			t.Fatal(cmp.Diff(got, back))
		}
		if third, err := Marshal(back); err != nil || !bytes.Equal(again, third) {
			t.Fatal(err)
		}
	})
}
