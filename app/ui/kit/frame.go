package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Board is an on-screen keyboard: its rows, and the row that it shares with
// the action buttons.
type Board interface {
	Tray() fyne.CanvasObject
	Bottom() fyne.CanvasObject
	Height() float32 // of the tray's rows
}

// FrameSpec is everything around a screen's body.
type FrameSpec struct {
	Steps     *StepsSpec        // where we are in a visit
	Brand     string            // beside the mark where there are no steps; "": the station's own name
	Staff     *Staff            // a staff screen's band instead of either
	Plain     bool              // neither header nor title: the body begins below the gold band
	NoTools   bool              // no listen, language, help
	Title     string            // what to do
	TitleNote string            // at the right of the title, quiet
	TitleTag  fyne.CanvasObject // instead of TitleNote
	Tall      bool              // the body begins at the title's place: it draws its own
	Body      fyne.CanvasObject
	Back      *Action
	Second    *Action
	Main      *Action
	Aside     *Action           // beside Main, plain: where the main thing is done elsewhere
	Keyboard  Board             // the body then ends above it
	Suggest   fyne.CanvasObject // suggestions: last in the body, with the keys in reach
	NoStrip   bool
}

// Frame is a whole screen: gold band or staff band, header, title, body,
// actions, status line, on the grid of the env's size.
type Frame struct {
	node
	env   *Env
	o     FrameSpec
	title *Paragraph
	note  *Paragraph
	main  *Button
	strip *Strip
}

// NewFrame lays a screen out.
func NewFrame(env *Env, o FrameSpec) *Frame {
	f := &Frame{env: env, o: o}
	f.min = func() fyne.Size { return fyne.NewSize(env.Size.W, env.Size.H) }
	f.build()
	f.ExtendBaseWidget(f)
	return f
}

// Title returns the title.
func (f *Frame) Title() string { return f.o.Title }

// SetMain changes the main button: text, off or on, deed.
func (f *Frame) SetMain(a Action) {
	if f.main == nil {
		return
	}
	a.Kind = Main
	f.main.Set(a)
	f.relay()
}

// SetTitleNote changes the quiet text beside the title.
func (f *Frame) SetTitleNote(s string) {
	if f.note != nil {
		f.note.SetText(s)
		f.relay()
	}
}

// Speech is the screen as it is read aloud: title, texts and buttons in order,
// without the tools and the status line.
func (f *Frame) Speech() string {
	texts := []string{Plain(f.o.Title)}
	if f.o.Body != nil {
		texts = append(texts, Texts(f.o.Body)...)
	}
	if f.o.Suggest != nil {
		texts = append(texts, Texts(f.o.Suggest)...)
	}
	for _, a := range []*Action{f.o.Back, f.o.Second, f.o.Aside, f.o.Main} {
		if a != nil {
			texts = append(texts, a.Text)
		}
	}
	return JoinSpoken(texts)
}

func (f *Frame) build() {
	e, p, o := f.env, f.env.Pal(), f.o
	m := f.metrics()
	var placers []func(s fyne.Size)
	add := func(obj fyne.CanvasObject, place func(s fyne.Size)) {
		f.parts = append(f.parts, obj)
		placers = append(placers, place)
	}
	add(Block(p.Paper), func(s fyne.Size) { put(f.parts[0], 0, 0, s.Width, s.Height) })
	if o.Staff != nil {
		b := newBand(e, *o.Staff)
		add(b, func(s fyne.Size) { put(b, 0, 0, s.Width, 86) })
	} else {
		g, gd := Block(p.Gold), Block(p.GoldDark)
		add(g, func(s fyne.Size) { put(g, 0, 0, s.Width, 8) })
		add(gd, func(s fyne.Size) { put(gd, 0, 8, s.Width, 2) })
	}
	if o.Keyboard != nil {
		f.buildGround(m, add)
	}
	if o.Staff == nil && !o.Plain {
		f.buildHeader(m, add)
	}
	if o.Title != "" && !o.Tall {
		f.buildTitle(m, add)
	}
	if o.Body != nil {
		body := o.Body
		if o.Suggest != nil && !(e.Reach && o.Keyboard != nil) {
			body = Col(18, body, o.Suggest)
		}
		x := Margin
		if o.Plain {
			x = 0
		}
		add(body, func(s fyne.Size) { put(body, x, m.bodyTop, s.Width-2*x, m.bodyEnd-m.bodyTop) })
	}
	if o.Keyboard != nil {
		f.buildTray(m, add)
	}
	f.buildBar(m, add)
	if !o.NoStrip {
		st := e.Status
		st.Staff = o.Staff != nil
		f.strip = NewStrip(e, st)
		e.strip = f.strip
		add(f.strip, func(s fyne.Size) { put(f.strip, 0, m.strip, s.Width, m.stripH) })
	}
	f.place = func(s fyne.Size) {
		for _, place := range placers {
			place(s)
		}
	}
}

type adder func(fyne.CanvasObject, func(fyne.Size))

func (f *Frame) buildHeader(m metrics, add adder) {
	e, o := f.env, f.o
	var left fyne.CanvasObject
	switch {
	case o.Steps != nil:
		left = NewSteps(e, *o.Steps)
	case o.Brand != "":
		left = Brand(e, o.Brand)
	default:
		left = Brand(e, e.T("app.name"))
	}
	var tools fyne.CanvasObject
	tw := float32(0)
	if !o.NoTools {
		t := NewTools(e)
		tools, tw = t, t.MinSize().Width
	}
	add(left, func(s fyne.Size) {
		w := s.Width - 2*Margin
		if tools != nil && m.tools == m.head {
			w -= tw + 20
		}
		if tools != nil && e.Reach && !e.IsPortrait() {
			w -= NewTagLarge(e, Bare, "down", e.T("app.reach-on")).MinSize().Width + 20
		}
		put(left, Margin, m.head, w, m.headH)
	})
	if tools == nil {
		return
	}
	if e.Reach && !e.IsPortrait() {
		tag := NewTagLarge(e, Bare, "down", e.T("app.reach-on"))
		add(tag, func(s fyne.Size) {
			w := tag.MinSize().Width
			put(tag, s.Width-Margin-w, m.head, w, m.headH)
		})
		y := m.bar - 76
		if o.Keyboard != nil {
			y = m.trayTop + 12
		} else if !f.toolsAbove() {
			y = m.bar
		}
		add(tools, func(s fyne.Size) {
			x := s.Width - Margin - tw
			if o.Keyboard == nil && !f.toolsAbove() {
				left, right := f.barSides()
				x = left + (s.Width-left-right-tw)/2
			}
			put(tools, x, y, tw, 64)
		})
		return
	}
	h := float32(68)
	if e.Large {
		h = 80
	}
	add(tools, func(s fyne.Size) { put(tools, s.Width-Margin-tw, m.tools, tw, h) })
}

func (f *Frame) buildTitle(m metrics, add adder) {
	e, o := f.env, f.o
	var side fyne.CanvasObject
	if o.TitleTag != nil {
		side = o.TitleTag
	} else if o.TitleNote != "" {
		f.note = Line(e, o.TitleNote, Style{Color: e.Pal().Ink2, Second: true})
		side = f.note
	}
	width := e.Width()
	size := m.titleSize
	room := width
	below := f.note != nil && e.IsPortrait() // upright screens have room under the title, not beside it
	if side != nil && !below {
		room -= side.MinSize().Width + 24
	}
	if Measure(o.Title, e.Px(size), true) > room && f.note != nil && e.Large && !below {
		side, f.note, room = nil, nil, width // the second text gives way
	}
	lh := size * LineTitle
	for _, s := range []float32{size, size * 0.9, size * 0.8} {
		size = s
		if Measure(o.Title, e.Px(size), true) <= room {
			break
		}
	}
	lines := 1
	if Measure(o.Title, e.Px(size), true) > room { // two lines, or three, in the title's room
		height := m.bodyTop - m.title - 6
		if below {
			height -= side.MinSize().Height
		}
		for lines = 2; lines <= 3; lines++ {
			size = height / float32(lines) / 1.2 / e.Px(1)
			lh = height / e.Px(1)
			if size < TextBody || len(wrapRuns(o.Title, true, e.Px(size), room, 0)) <= lines {
				break
			}
		}
		size = fyne.Max(size, TextBody)
	}
	lh = e.Px(lh)
	f.title = NewParagraph(e, o.Title, Style{Size: size, Bold: true, Line: 1.2, Max: max(2, lines)})
	add(f.title, func(s fyne.Size) {
		h := heightFor(f.title, room)
		put(f.title, Margin, m.title+(lh-h)/2, room, h)
	})
	if below {
		add(side, func(s fyne.Size) { put(side, Margin, m.title+lh-2, width, side.MinSize().Height) })
		return
	}
	if side != nil {
		add(side, func(s fyne.Size) {
			ms := side.MinSize()
			put(side, s.Width-Margin-ms.Width, m.title+(lh-ms.Height)/2+2, ms.Width, ms.Height)
		})
	}
}

// buildGround lays the keyboard's tray under everything that lies on it.
func (f *Frame) buildGround(m metrics, add adder) {
	e, p := f.env, f.env.Pal()
	ground, edge := Block(p.Sunk), Block(p.Line)
	if e.Reach {
		edge.FillColor = p.Edge
	}
	end := m.strip
	if e.Reach {
		end = e.Size.H
	}
	add(ground, func(s fyne.Size) { put(ground, 0, m.trayTop, s.Width, end-m.trayTop) })
	add(edge, func(s fyne.Size) { put(edge, 0, m.trayTop, s.Width, 2) })
}

func (f *Frame) buildTray(m metrics, add adder) {
	e := f.env
	if e.Reach && f.o.Suggest != nil {
		tw := NewTools(e).MinSize().Width
		add(f.o.Suggest, func(s fyne.Size) {
			put(f.o.Suggest, Margin, m.trayTop+12, s.Width-2*Margin-tw-20, 64)
		})
	}
	tray := f.o.Keyboard.Tray()
	add(tray, func(s fyne.Size) { put(tray, 0, m.trayRows, s.Width, m.bar-m.trayRows) })
}

// Opaque is a page that covers everything: a dialog here is never a dimmed one.
func Opaque(env *Env, inner fyne.CanvasObject) fyne.CanvasObject {
	return &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{canvas.NewRectangle(env.Pal().Paper), inner}}
}

type stack struct{}

func (stack) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		put(o, 0, 0, s.Width, s.Height)
	}
}

func (stack) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	h := float32(0)
	for _, o := range objs {
		h = fyne.Max(h, heightFor(o, w))
	}
	return h
}

func (stack) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objs {
		m = m.Max(o.MinSize())
	}
	return m
}

// BackAction goes back.
func BackAction(env *Env, do func()) *Action {
	return &Action{Text: env.T("app.back"), Icon: "left", Do: do}
}

// MainAction is the green button with an arrow.
func MainAction(text string, do func()) *Action { return &Action{Text: text, Do: do} }
