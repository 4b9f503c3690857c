package kit

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Steps is where in the visit we are: six circles, the present one a pill.
type Steps struct {
	node
	spoken string
}

// StepsSpec is the present step (1–6) and, inside it, the question's count.
type StepsSpec struct {
	Now int
	Sub string // "câu 2/9"
}

// StepCount is how many steps a visit has.
const StepCount = 6

// NewSteps draws the steps.
func NewSteps(env *Env, o StepsSpec) *Steps {
	p := env.Pal()
	s := &Steps{}
	name := env.T("app.step" + strconv.Itoa(o.Now))
	if o.Sub != "" {
		short := name
		if k := "app.step" + strconv.Itoa(o.Now) + "-short"; env.Words.Has(k) {
			short = env.T(k)
		}
		name = env.T("app.step-sub", "step", short, "sub", o.Sub)
	}
	s.spoken = env.T("app.step-now", "n", o.Now, "of", StepCount, "step", name)
	const circle, pill, tie = 48, 56, 14
	type place struct {
		obj     fyne.CanvasObject
		plate   *plate
		x, w, h float32
		num     *canvas.Text
		text    *canvas.Text
		numW    float32
	}
	var places []place
	x := float32(0)
	for i := 1; i <= StepCount; i++ {
		if i > 1 {
			c := p.Edge
			if i <= o.Now {
				c = p.Leaf
			}
			r := Block(c)
			places = append(places, place{obj: r, x: x, w: tie, h: 4})
			s.parts = append(s.parts, r)
			x += tie
		}
		switch {
		case i == o.Now:
			n := newText(strconv.Itoa(i)+".", TextRead, true, p.OnGold)
			t := newText(name, TextRead, true, p.OnGold)
			nw := n.MinSize().Width + 10
			w := ceil(nw+t.MinSize().Width) + 18 + 24
			pl := newPlate(p.Gold, p.GoldDark, 2, pill/2)
			places = append(places, place{plate: pl, x: x, w: w, h: pill, num: n, text: t, numW: nw})
			s.parts = append(append(s.parts, pl.objects()...), n, t)
			x += w
		case i < o.Now:
			d := NewDisc(env, DiscSpec{Icon: "check", Fill: p.Leaf, Edge: p.Leaf, Ink: p.OnLeaf})
			places = append(places, place{obj: d, x: x, w: circle, h: circle})
			s.parts = append(s.parts, d)
			x += circle
		default:
			d := NewDisc(env, DiscSpec{Text: strconv.Itoa(i), Fill: p.Paper, Edge: p.Edge, Ink: p.Ink2})
			places = append(places, place{obj: d, x: x, w: circle, h: circle})
			s.parts = append(s.parts, d)
			x += circle
		}
	}
	total := x
	s.min = func() fyne.Size { return fyne.NewSize(total, pill) }
	s.place = func(size fyne.Size) {
		for _, pl := range places {
			y := (size.Height - pl.h) / 2
			if pl.plate != nil {
				pl.plate.put(pl.x, y, pl.w, pl.h)
				putText(pl.num, pl.x+18, y, pl.numW, pl.h)
				putText(pl.text, pl.x+18+pl.numW, y, pl.w, pl.h)
				continue
			}
			put(pl.obj, pl.x, y, pl.w, pl.h)
		}
	}
	s.ExtendBaseWidget(s)
	return s
}

// SpokenText is part of Spoken.
func (s *Steps) SpokenText() string { return s.spoken }

// Brand is the mark beside the station's name.
func Brand(env *Env, name string) fyne.CanvasObject {
	return Row(16, NewMark(env, 60), Grow(NewParagraph(env, name, Style{Size: TextButton, Bold: true, Max: 1, Fit: true})))
}

// NewTools are the three buttons of the header: listen, language, help.
func NewTools(env *Env) *fyne.Container {
	var objs []fyne.CanvasObject
	add := func(icon, text string, do func()) {
		if do != nil {
			objs = append(objs, toolButton(env, icon, text, 30, do))
		}
	}
	add("speaker", env.T("app.listen"), env.Tools.Listen)
	add("globe", env.T("app.other-language"), env.Tools.Language)
	add("bell", env.T("app.help"), env.Tools.Help)
	return Row(12, objs...)
}

func toolButton(env *Env, icon, text string, iconSize float32, do func()) *Button {
	h := float32(64)
	if env.Large {
		h = 76
	}
	return NewButton(env, ButtonSpec{Action: Action{Text: text, Icon: icon, Do: do}, Size: TextBody, Height: h, Pad: 18, Gap: 10, IconSize: iconSize})
}

// Staff is the band of a staff screen.
type Staff struct {
	Technician bool
	Who        string // name and shift
	Role       string // "" : clerk or technician by Technician
	Help, Lock func()
}

func newBand(env *Env, o Staff) *node {
	p := env.Pal()
	fill, icon, role := p.Leaf, "person", env.T("app.clerk")
	ink := p.OnLeaf
	if o.Technician {
		fill, icon, role, ink = p.Tech, "gear", env.T("app.technician"), p.OnBand
	}
	if o.Role != "" {
		role = o.Role
	}
	ground, gold := Block(fill), Block(p.Gold)
	who := Row(14, NewIcon(icon, 34, ink), Line(env, role, Style{Bold: true, Color: ink}), Grow(Line(env, o.Who, Style{Color: ink})))
	var buttons []fyne.CanvasObject
	if o.Help != nil {
		buttons = append(buttons, toolButton(env, "bell", env.T("app.help"), 28, o.Help))
	}
	if o.Lock != nil {
		buttons = append(buttons, toolButton(env, "lock", env.T("app.lock"), 28, o.Lock))
	}
	tools := Row(12, buttons...)
	b := &node{parts: []fyne.CanvasObject{ground, gold, who, tools}}
	b.min = func() fyne.Size { return fyne.NewSize(env.Size.W, 86) }
	b.place = func(s fyne.Size) {
		put(ground, 0, 0, s.Width, 80)
		put(gold, 0, 80, s.Width, 6)
		tw := tools.MinSize().Width
		put(tools, s.Width-24-tw, 8, tw, 64)
		put(who, Margin, 0, s.Width-Margin-24-tw-20, 80)
	}
	for _, o := range buttons { // no lip on the band
		if bt, ok := o.(*Button); ok {
			bt.face.lip.Hide()
			bt.face.lipH = 0
		}
	}
	b.ExtendBaseWidget(b)
	return b
}

// JoinSpoken makes one text of many, as it is read aloud.
func JoinSpoken(texts []string) string {
	var b strings.Builder
	for _, t := range texts {
		t = strings.TrimSpace(t)
		if t == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(" ")
		}
		b.WriteString(t)
		if !strings.ContainsAny(t[len(t)-1:], ".?!:") && !strings.HasSuffix(t, "…") {
			b.WriteString(".")
		}
	}
	return b.String()
}
