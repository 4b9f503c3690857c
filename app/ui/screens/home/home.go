// Package home is the first screen: what can be done here.
//
// It promises five ways in and a free scanner; a way that is closed today is
// drawn without a lip's promise and still opens the screen that says why. It
// refuses any knowledge of a person. It must not import anything of the project
// but app/ui/kit.
package home

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is what the screen shows; the clock is the env's.
type Model struct {
	Station   string // "Điểm Bưu điện – Văn hoá xã Hoà Phú"
	NoSubmit  bool   // no new dossiers today
	NoLookup  bool
	NoCollect bool
	NoBrowse  bool
	NoRate    bool
	Problem   string // one sentence about the last scan, or ""
	Closed    string // why nothing at all can be done here, told before anything else; or ""
}

// Actions are the ways in.
type Actions struct {
	Submit, Lookup, Collect, Browse, Rate func()
	Adjust                                func() // large text, low reach – or back to normal
}

type screen struct {
	env *kit.Env
	m   Model
	a   Actions
}

// New draws the screen; the program draws it anew each minute for its clock.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	s := screen{env, m, a}
	switch {
	case env.IsPortrait():
		return s.portrait()
	case env.Large:
		return s.large()
	case env.Reach:
		return s.reach()
	}
	return s.landscape()
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

func (s screen) now() string {
	t := s.env.Now()
	w := s.env.Words
	return s.env.T("home.now", "weekday", w.Weekday(t), "date", w.Date(t), "clock", w.Clock(t))
}

// small lists the four smaller ways in.
func (s screen) small(shape kit.TileSpec) []fyne.CanvasObject {
	ways := []struct {
		key, pict string
		off       bool
		do        func()
	}{
		{"lookup", "lookup", s.m.NoLookup, s.a.Lookup},
		{"collect", "result", s.m.NoCollect, s.a.Collect},
		{"browse", "book", s.m.NoBrowse, s.a.Browse},
		{"rate", "rate", s.m.NoRate, s.a.Rate},
	}
	var tiles []fyne.CanvasObject
	for _, w := range ways {
		o := shape
		o.Pict, o.Text, o.Off, o.OffText, o.Do = w.pict, s.env.T("home."+w.key), w.off, s.env.T("home.unavailable"), w.do
		if o.NoteSize >= 0 {
			o.Note = s.env.T("home." + w.key + "-note")
		} else {
			o.NoteSize, o.OffText = 0, ""
		}
		tiles = append(tiles, kit.NewTile(s.env, o))
	}
	return tiles
}

func (s screen) main(o kit.TileSpec) *kit.Tile {
	o.Pict, o.Text, o.Main, o.Do = "submit", s.env.T("home.submit"), true, s.a.Submit
	o.Off, o.OffText = s.m.NoSubmit, s.env.T("home.unavailable")
	if o.Note == "" {
		o.Note = s.env.T("home.submit-note")
	}
	return kit.NewTile(s.env, o)
}

func (s screen) adjust(text string, height float32) fyne.CanvasObject {
	return kit.NewButton(s.env, kit.ButtonSpec{
		Action: kit.Action{Text: text, Icon: "type", Do: s.a.Adjust}, Size: kit.TextBody, Height: height, Pad: 22, Gap: 10, IconSize: 30,
	})
}

func (s screen) title(size float32) fyne.CanvasObject {
	if s.m.Closed != "" {
		tint := s.env.Pal().Bronze
		return kit.Row(16, kit.NewIcon("warn", 44, tint),
			kit.Grow(kit.NewParagraph(s.env, s.m.Closed, kit.Style{Size: kit.TextRead, Bold: true, Color: tint, Line: 1.3, Max: 2})))
	}
	return kit.NewParagraph(s.env, s.env.T("home.title"), kit.Style{Size: size, Bold: true, Line: 1.25, Max: 2})
}

// titleHeight is more where two lines of why nothing can be done stand there.
func (s screen) titleHeight(line, two float32) float32 {
	if s.m.Closed != "" {
		return two
	}
	return line
}

// wall is the golden front with its white trim, the drum behind the name.
func (s screen) wall(w, h, trim float32, drum *kit.Icon, dx, dy float32) fyne.CanvasObject {
	p := s.env.Pal()
	gold, white, dark := kit.Block(p.Gold), kit.Block(p.PictWhite), kit.Block(p.GoldDark)
	if s.env.Contrast { // black wall, white trim
		gold.FillColor, white.FillColor, dark.FillColor = p.Paper, p.Paper, p.Ink
	}
	parts := []fyne.CanvasObject{gold, drum, white, dark}
	if s.env.Contrast {
		drum.Hide()
	}
	return kit.Free(fyne.NewSize(w, h), func(fyne.Size) {
		put(gold, 0, 0, w, h-trim)
		ds := drum.MinSize()
		put(drum, dx, dy, ds.Width, ds.Height)
		put(white, 0, h-trim, w, trim)
		put(dark, 0, h, w, trim/2)
	}, parts...)
}

func (s screen) name(size, second float32, mark float32, gap float32) fyne.CanvasObject {
	ink := s.env.Pal().Ink
	if !s.env.Contrast {
		ink = s.env.Pal().OnGold
	}
	words := []fyne.CanvasObject{kit.NewParagraph(s.env, s.env.T("app.name"), kit.Style{Size: size, Bold: true, Line: 1.15, Max: 1, Color: ink})}
	if second > 0 {
		words = append(words, kit.NewParagraph(s.env, s.m.Station, kit.Style{Size: second, Line: 1.3, Max: 2, Color: ink, Second: true}))
	}
	return kit.Row(gap, kit.NewMark(s.env, mark), kit.Grow(kit.Col(0, words...)))
}

func (s screen) scanHint(key string, size, icon, gap float32) fyne.CanvasObject {
	if s.m.Closed != "" { // a scan leads nowhere
		return kit.Space(0)
	}
	if s.m.Problem != "" {
		tint := s.env.Pal().Bronze
		return kit.Row(gap, kit.NewIcon("warn", icon, tint),
			kit.Grow(kit.NewParagraph(s.env, s.m.Problem, kit.Style{Size: size, Bold: true, Color: tint, Line: 1.3, Max: 2})))
	}
	ink := s.env.Pal().Leaf
	if s.env.Contrast {
		ink = s.env.Pal().Ink
	}
	return kit.Row(gap, kit.NewIcon("scan", icon, ink),
		kit.Grow(kit.NewParagraph(s.env, s.env.T("home."+key), kit.Style{Size: size, Line: 1.3, Max: 2})))
}

func (s screen) ground() fyne.CanvasObject { return kit.Block(s.env.Pal().Paper) }

func (s screen) landscape() fyne.CanvasObject {
	e := s.env
	W, H := e.Size.W, e.Size.H
	k := (W - 2*kit.Margin) / 1200
	down := H - 800 // what the tiles gain in height
	drum := kit.NewDrum(340, 118, 170, 170, 170, 0, e.Pal().DrumGold)
	wall := s.wall(W, 136, 4, drum, W*480/1280, 14)
	name := s.name(40, 24, 84, 20)
	tools := kit.NewTools(e)
	title, now := s.title(44), kit.Line(e, s.now(), kit.Style{Size: kit.TextRead, Color: e.Pal().Ink2})
	bigW, bigH, smallW, smallH := 480*k, 426+down, 336*k, 200+down/2
	big := s.main(kit.TileSpec{PictSize: 180, Stroke: 2.2, TextSize: 52, NoteSize: 28, PadX: 38, PadY: 32, DrumX: bigW - 14, DrumY: 152, DrumR: 230})
	small := s.small(kit.TileSpec{PadX: 26, PadY: 22})
	scan, adjust := s.scanHint("scan", kit.TextRead, 40, 16), s.adjust(e.T("app.large"), 64)
	strip := kit.StatusStrip(e)
	ground := s.ground()
	parts := append([]fyne.CanvasObject{ground, wall, name, tools, title, now, big}, small...)
	parts = append(parts, scan, adjust, strip)
	return kit.Free(fyne.NewSize(W, H), func(fyne.Size) {
		put(ground, 0, 0, W, H)
		put(wall, 0, 0, W, 136)
		tw := tools.MinSize().Width
		put(tools, W-kit.Margin-tw, 34, tw, 64)
		put(name, kit.Margin, 26, W-2*kit.Margin-tw-24, 84)
		nw := now.MinSize().Width
		put(title, kit.Margin, 154, W-2*kit.Margin-nw-24, s.titleHeight(55, 68))
		put(now, W-kit.Margin-nw, 170, nw, 36)
		put(big, kit.Margin, 226, bigW, bigH)
		for i, t := range small {
			x := kit.Margin + bigW + 24*k + float32(i%2)*(smallW+24*k)
			put(t, x, 226+float32(i/2)*(smallH+26), smallW, smallH)
		}
		y := H - 124
		aw := adjust.MinSize().Width
		put(adjust, W-kit.Margin-aw, y+2, aw, 64)
		put(scan, kit.Margin, y, W-2*kit.Margin-aw-24, 68)
		put(strip, 0, H-strip.Height(), W, strip.Height())
	}, parts...)
}

func (s screen) portrait() fyne.CanvasObject {
	e := s.env
	W, H := e.Size.W, e.Size.H
	drum := kit.NewDrum(640, 274, 320, 320, 320, 0, e.Pal().DrumGold)
	wall := s.wall(W, 430, 6, drum, 130, 150)
	nameSize, second := float32(64), float32(32)
	if e.Large {
		nameSize, second = 52, 26
	}
	name := s.name(nameSize, second, 136, 24)
	tools := kit.NewTools(e)
	now := kit.Line(e, s.now(), kit.Style{Size: 30})
	if e.Large {
		now = kit.Line(e, s.now(), kit.Style{Size: 24})
	}
	titleSize := float32(52)
	if e.Large {
		titleSize = 44
	}
	title := s.title(titleSize)
	big := s.main(kit.TileSpec{PictSize: 190, Stroke: 2.2, TextSize: large(e, 56, 46), NoteSize: large(e, 28, 24), PadX: 30, Across: true, DrumX: 712, DrumY: 160, DrumR: 230})
	small := s.small(kit.TileSpec{PictSize: 100, TextSize: large(e, 34, 30), NoteSize: large(e, 26, 24), PadX: 30})
	text, h := e.T("app.large"), float32(72)
	key := "scan"
	if e.Large {
		text, key = e.T("app.normal"), "scan-short"
	}
	adjust, scan := s.adjust(text, h), s.scanHint(key, kit.TextBody, 44, 20)
	strip := kit.StatusStrip(e)
	ground := s.ground()
	parts := append([]fyne.CanvasObject{ground, wall, tools, name, now, title, big}, small...)
	parts = append(parts, scan, adjust, strip)
	return kit.Free(fyne.NewSize(W, H), func(fyne.Size) {
		put(ground, 0, 0, W, H)
		put(wall, 0, 0, W, 430)
		tw := tools.MinSize().Width
		put(tools, W-kit.Margin-tw, 36, tw, 76)
		put(name, kit.Margin, 150, W-2*kit.Margin, 136)
		put(now, kit.Margin, 354, W-2*kit.Margin, 42)
		put(title, kit.Margin, 462, W-2*kit.Margin, s.titleHeight(70, 88))
		put(big, kit.Margin, 560, W-2*kit.Margin, 272)
		for i, t := range small {
			put(t, kit.Margin+float32(i%2)*424, 862+float32(i/2)*large(e, 284, 276), 396, large(e, 256, 250))
		}
		y := H - strip.Height() - 84
		aw := adjust.MinSize().Width
		put(adjust, W-kit.Margin-aw, y, aw, 72)
		put(scan, kit.Margin, y, W-2*kit.Margin-aw-20, 72)
		put(strip, 0, H-strip.Height(), W, strip.Height())
	}, parts...)
}

func large(e *kit.Env, normal, big float32) float32 {
	if e.Large {
		return big
	}
	return normal
}

// large is the screen with large text: notes give way, the ways in are rows.
func (s screen) large() fyne.CanvasObject {
	e := s.env
	W, H := e.Size.W, e.Size.H
	k := (W - 2*kit.Margin) / 1200
	p := e.Pal()
	band := kit.Block(p.Gold)
	if e.Contrast {
		band.Hide()
	}
	name := s.name(29, 0, 72, 20)
	tools := kit.NewTools(e)
	title := s.title(44.8)
	big := s.main(kit.TileSpec{PictSize: 170, Stroke: 2.4, TextSize: 51.2, NoteSize: 27.2, Note: e.T("home.submit-short"), PadX: 44, PadY: 40, DrumX: 480*k - 14, DrumY: 152, DrumR: 230})
	small := s.small(kit.TileSpec{PictSize: 68, TextSize: 32, NoteSize: -1, Across: true, PadX: 34})
	adjust, scan := s.adjust(e.T("app.normal"), 76), s.scanHint("scan-short", 25.6, 48, 20)
	strip := kit.StatusStrip(e)
	ground := s.ground()
	parts := append([]fyne.CanvasObject{ground, band, name, tools, title, big}, small...)
	parts = append(parts, adjust, scan, strip)
	top, rowTop := float32(0), float32(0)
	if e.Reach {
		top = strip.Height()
	}
	rowTop = 204 + top
	bottom := H - strip.Height() - 20 - 80
	if e.Reach {
		bottom = H - 20 - 80
	}
	return kit.Free(fyne.NewSize(W, H), func(fyne.Size) {
		put(ground, 0, 0, W, H)
		put(band, 0, top, W, 108)
		tw := tools.MinSize().Width
		put(tools, W-kit.Margin-tw, 20+top, tw, 76)
		put(name, kit.Margin, 24+top, W-2*kit.Margin-tw-20, 72)
		put(title, kit.Margin, 112+top, W-2*kit.Margin, s.titleHeight(70, 88))
		put(big, kit.Margin, rowTop, 480*k, bottom-24-rowTop)
		h := (bottom - 24 - rowTop - 3*16) / 4
		x := kit.Margin + 504*k
		for i, t := range small {
			put(t, x, rowTop+float32(i)*(h+16), W-kit.Margin-x, h)
		}
		aw := adjust.MinSize().Width
		put(adjust, kit.Margin, bottom+2, aw, 76)
		sw := fyne.Min(W-2*kit.Margin-aw-40, scan.MinSize().Width)
		put(scan, W-kit.Margin-sw, bottom, sw, 80)
		if e.Reach {
			put(strip, 0, 0, W, strip.Height())
		} else {
			put(strip, 0, H-strip.Height(), W, strip.Height())
		}
	}, parts...)
}

// reach puts everything pressable below the middle; the wall stands above.
func (s screen) reach() fyne.CanvasObject {
	e := s.env
	W, H := e.Size.W, e.Size.H
	k := (W - 2*kit.Margin) / 1200
	strip := kit.StatusStrip(e)
	top := strip.Height()
	drum := kit.NewDrum(640, 198, 320, 250, 250, 0, e.Pal().DrumGold)
	wall := s.wall(W, 226, 4, drum, W-700, 24)
	name := s.name(48, 26, 110, 24)
	now := kit.Line(e, s.now(), kit.Style{Size: kit.TextRead, Color: e.Pal().Ink2})
	scan := s.scanHint("scan", kit.TextRead, 40, 16)
	title := s.title(44)
	big := s.main(kit.TileSpec{PictSize: 120, Stroke: 2.2, TextSize: 48, NoteSize: 26, PadX: 38, PadY: 18, DrumX: 480*k - 14, DrumY: 120, DrumR: 230})
	small := s.small(kit.TileSpec{PictSize: 72, TextSize: 30, Across: true, PadX: 18})
	adjust, tools := s.adjust(e.T("app.normal"), 64), kit.NewTools(e)
	ground := s.ground()
	parts := append([]fyne.CanvasObject{ground, wall, name, title, now, scan, big}, small...)
	parts = append(parts, adjust, tools, strip)
	return kit.Free(fyne.NewSize(W, H), func(fyne.Size) {
		put(ground, 0, 0, W, H)
		put(strip, 0, 0, W, top)
		put(wall, 0, top, W, 226)
		put(name, kit.Margin, top+50, W-2*kit.Margin, 120)
		nw := now.MinSize().Width
		put(title, kit.Margin, top+240, W-2*kit.Margin-nw-24, s.titleHeight(55, 68))
		put(now, W-kit.Margin-nw, top+256, nw, 36)
		put(scan, kit.Margin, top+300, W-2*kit.Margin, 52)
		y, end := H/2+8, H-20-64-24
		put(big, kit.Margin, y, 480*k, end-y)
		h := (end - y - 20) / 2
		for i, t := range small {
			x := kit.Margin + 504*k + float32(i%2)*(336*k+24*k)
			put(t, x, y+float32(i/2)*(h+20), 336*k, h)
		}
		put(adjust, kit.Margin, H-20-64, adjust.MinSize().Width, 64)
		tw := tools.MinSize().Width
		put(tools, W-kit.Margin-tw, H-20-64, tw, 64)
	}, parts...)
}
