// Package golden renders screens headlessly and compares them with pictures
// kept beside the tests. Only tests import it: it brings in Fyne's test driver.
//
// The comparison tolerates what fonts and rasterisers differ in, so a picture
// can miss a wrong digit: assert the texts too, with Texts.
package golden

import (
	"flag"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"tramhoso/app/ui/kit"
	"tramhoso/assets"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// Moment is the clock of every golden: 14 July 2026, 09:24.
var Moment = time.Date(2026, 7, 14, 9, 24, 0, 0, time.FixedZone("+07", 7*3600))

// Case is one way a screen is rendered.
type Case struct {
	Name     string // suffix of the file: "vi-1280"
	Lang     string
	Size     kit.Size
	Contrast bool
	Large    bool
	Reach    bool
}

// Cases are the variants every public screen is rendered in.
var Cases = []Case{
	{Name: "vi-1280", Lang: "vi", Size: kit.Size1280},
	{Name: "en-1280", Lang: "en", Size: kit.Size1280},
	{Name: "vi-portrait", Lang: "vi", Size: kit.SizePortrait},
	{Name: "vi-contrast-large", Lang: "vi", Size: kit.Size1280, Contrast: true, Large: true},
}

// Wide is the 1920×1080 screen.
var Wide = Case{Name: "vi-1920", Lang: "vi", Size: kit.Size1920}

// Reach is the low-reach variant.
var Reach = Case{Name: "vi-reach", Lang: "vi", Size: kit.Size1280, Reach: true}

// Env makes the surroundings of a case: fixed clock, no network, printer and
// scanner ready, three dossiers waiting.
func (c Case) Env(t testing.TB) *kit.Env {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(kit.Theme(c.Contrast))
	w, err := assets.Load(c.Lang)
	if err != nil {
		t.Fatal(err)
	}
	nothing := func() {}
	return &kit.Env{
		Words: w, Size: c.Size, Contrast: c.Contrast, Large: c.Large, Reach: c.Reach,
		Now:    func() time.Time { return Moment },
		Tools:  kit.Tools{Listen: nothing, Language: nothing, Help: nothing},
		Status: kit.Status{Net: kit.NetOff, Dossiers: 3, Waiting: 3},
	}
}

// Render draws an object at a size on the software painter.
func Render(t testing.TB, obj fyne.CanvasObject, size kit.Size) image.Image {
	t.Helper()
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetScale(1)
	c.SetContent(obj)
	c.Resize(fyne.NewSize(size.W, size.H))
	obj.Resize(fyne.NewSize(size.W, size.H))
	return c.Capture()
}

// Check renders obj and compares it with testdata/<name>.png. With -update it
// writes the picture instead. Run also asserts with Reachable and Inside.
func Check(t testing.TB, name string, obj fyne.CanvasObject, size kit.Size) {
	t.Helper()
	got := Render(t, obj, size)
	path := filepath.Join("testdata", name+".png")
	if *update {
		if err := write(path, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := read(path)
	if err != nil {
		t.Fatalf("no golden picture (run with -update): %v", err)
	}
	if share := differ(got, want); share > tolerance {
		failed := filepath.Join("testdata", "failed", name+".png")
		if err := write(failed, got); err != nil {
			t.Error(err)
		}
		t.Errorf("%s: %.2f %% of the pixels differ, %.2f %% are tolerated; see %s", name, share*100, tolerance*100, failed)
	}
}

// Texts asserts that every wanted text is shown by obj.
func Texts(t testing.TB, obj fyne.CanvasObject, want ...string) {
	t.Helper()
	all := kit.Texts(obj)
	joined := strings.Join(all, "\n")
	for _, w := range want {
		if !strings.Contains(joined, w) {
			t.Errorf("%q is not shown; shown are %q", w, all)
		}
	}
	for _, s := range all {
		if strings.ContainsAny(s, "⟨⟩{}") {
			t.Errorf("unfinished text %q", s)
		}
	}
}

// Run renders a screen in every case and checks picture and texts: build makes
// the screen for an env, want lists texts to be shown in Vietnamese.
func Run(t *testing.T, name string, cases []Case, build func(*kit.Env) fyne.CanvasObject, want ...string) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			obj := build(c.Env(t))
			Check(t, name+"-"+c.Name, obj, c.Size)
			if c.Lang == "vi" {
				Texts(t, obj, want...)
			} else {
				Texts(t, obj)
			}
			Reachable(t, obj)
			Inside(t, obj)
		})
	}
}

// Inside asserts that every text lies on the screen and within the card or
// control that holds it: nothing overflows.
func Inside(t testing.TB, obj fyne.CanvasObject) {
	t.Helper()
	type frame struct{ top, bottom, left, right float32 }
	const slack = 6 // descenders of a line box may reach over an edge that nothing is drawn on
	var visit func(o fyne.CanvasObject, at fyne.Position, in frame, holder string)
	visit = func(o fyne.CanvasObject, at fyne.Position, in frame, holder string) {
		if !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		s := o.Size()
		if txt, ok := o.(*canvas.Text); ok {
			m := txt.MinSize()
			if txt.Text != "" && (at.Y < in.top-slack || at.Y+m.Height > in.bottom+slack || at.X < in.left-slack || at.X+m.Width > in.right+slack) {
				t.Errorf("%q at %.0f,%.0f %.0f×%.0f overflows %s (%.0f,%.0f to %.0f,%.0f)", txt.Text, at.X, at.Y, m.Width, m.Height, holder, in.left, in.top, in.right, in.bottom)
			}
			return
		}
		own := frame{at.Y, at.Y + s.Height, at.X, at.X + s.Width}
		switch o := o.(type) {
		case *kit.Panel:
			in, holder = own, "its card"
		case *kit.Field: // an error line stands below its box
		case kit.Control:
			in, holder = own, o.AccessibleName()
		}
		for _, p := range kit.Children(o) {
			visit(p, at, in, holder)
		}
	}
	s := obj.Size()
	visit(obj, fyne.Position{}, frame{0, s.Height, 0, s.Width}, "the screen")
}

// Reachable asserts that every control has a name, lies on the screen and is
// large enough for a finger, and that no two overlap.
func Reachable(t testing.TB, obj fyne.CanvasObject) {
	t.Helper()
	type box struct {
		name       string
		x, y, w, h float32
	}
	var boxes []box
	screen := obj.Size()
	var visit func(o fyne.CanvasObject, at fyne.Position)
	visit = func(o fyne.CanvasObject, at fyne.Position) {
		if !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		if c, ok := o.(kit.Control); ok {
			s := o.Size()
			b := box{c.AccessibleName(), at.X, at.Y, s.Width, s.Height}
			if b.name == "" {
				t.Errorf("a control at %v has no name", at)
			}
			const finger = 63.5
			if b.w < finger || b.h < finger {
				t.Errorf("%q is %.0f×%.0f, too small for a finger", b.name, b.w, b.h)
			}
			if b.x < -0.5 || b.y < -0.5 || b.x+b.w > screen.Width+0.5 || b.y+b.h > screen.Height+0.5 {
				t.Errorf("%q at %.0f,%.0f %.0f×%.0f sticks out of the screen", b.name, b.x, b.y, b.w, b.h)
			}
			boxes = append(boxes, b)
			return
		}
		for _, p := range kit.Children(o) {
			visit(p, at)
		}
	}
	visit(obj, fyne.Position{})
	for i, a := range boxes {
		for _, b := range boxes[i+1:] {
			if a.x+a.w > b.x+0.5 && b.x+b.w > a.x+0.5 && a.y+a.h > b.y+0.5 && b.y+b.h > a.y+0.5 {
				t.Errorf("%q and %q overlap", a.name, b.name)
			}
		}
	}
}

const (
	tolerance = 0.01 // share of pixels that may differ
	closeBy   = 40   // per channel, of 255: anti-aliasing
)

func differ(a, b image.Image) float64 {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 1
	}
	p, q := pixels(a), pixels(b)
	bad := 0
	for i := 0; i < len(p.Pix); i += 4 {
		if far(p.Pix[i], q.Pix[i]) || far(p.Pix[i+1], q.Pix[i+1]) || far(p.Pix[i+2], q.Pix[i+2]) {
			bad++
		}
	}
	return float64(bad) / float64(len(p.Pix)/4)
}

// pixels is an image as bytes; screens are opaque, so alpha says nothing.
func pixels(img image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}

func far(a, b uint8) bool {
	d := int(a) - int(b)
	return d > closeBy || d < -closeBy
}

func read(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return png.Decode(f)
}

func write(path string, img image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(f, crush(img)); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// TextOf is the text of a bare canvas text, "" for anything else.
func TextOf(o fyne.CanvasObject) string {
	if t, ok := o.(*canvas.Text); ok {
		return t.Text
	}
	return ""
}
