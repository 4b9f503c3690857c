package kit

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
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

// NewSteps draws the steps. Where the row is too narrow the present step's
// name gives way to its count, then to its number alone.
func NewSteps(env *Env, o StepsSpec) *Steps {
	s := &Steps{}
	key := "app.step" + strconv.Itoa(o.Now)
	name := env.T(key)
	names := []string{name}
	if o.Sub != "" {
		short := name
		if env.Words.Has(key + "-short") {
			short = env.T(key + "-short")
		}
		name = env.T("app.step-sub", "step", short, "sub", o.Sub)
		names = []string{name, o.Sub}
	}
	names = append(names, "")
	s.spoken = env.T("app.step-now", "n", o.Now, "of", StepCount, "step", name)
	s.min = func() fyne.Size { return fyne.NewSize(stepsWidth(o.Now, names[0]), stepPill) }
	s.place = func(size fyne.Size) {
		for _, n := range names {
			if n == "" || stepsWidth(o.Now, n) <= size.Width+0.5 {
				s.draw(env, o.Now, n, size.Height)
				return
			}
		}
	}
	s.ExtendBaseWidget(s)
	return s
}

// The measures of the row of steps.
const (
	stepCircle float32 = 48
	stepPill   float32 = 56
	stepTie    float32 = 14
	stepLeft   float32 = 18 // inside the pill
	stepRight  float32 = 24
	stepGap    float32 = 10 // between number and name
)

func pillWidth(now int, name string) float32 {
	w := Measure(strconv.Itoa(now)+".", TextRead, true)
	if name == "" {
		return ceil(w) + 2*stepLeft
	}
	return ceil(w+stepGap+Measure(name, TextRead, true)) + stepLeft + stepRight
}

func stepsWidth(now int, name string) float32 {
	return (StepCount-1)*(stepCircle+stepTie) + pillWidth(now, name)
}

func (s *Steps) draw(env *Env, now int, name string, height float32) {
	p := env.Pal()
	s.parts = nil
	x := float32(0)
	for i := 1; i <= StepCount; i++ {
		if i > 1 {
			tie := Block(p.Edge)
			if i <= now {
				tie.FillColor = p.Leaf
			}
			put(tie, x, (height-4)/2, stepTie, 4)
			s.parts = append(s.parts, tie)
			x += stepTie
		}
		if i == now {
			n, t := newText(strconv.Itoa(i)+".", TextRead, true, p.OnGold), newText(name, TextRead, true, p.OnGold)
			w, nw := pillWidth(now, name), n.MinSize().Width
			pl := newPlate(p.Gold, p.GoldDark, 2, stepPill/2)
			pl.put(x, (height-stepPill)/2, w, stepPill)
			putText(n, x+stepLeft, (height-stepPill)/2, nw, stepPill)
			putText(t, x+stepLeft+nw+stepGap, (height-stepPill)/2, w, stepPill)
			s.parts = append(append(s.parts, pl.objects()...), n, t)
			x += w
			continue
		}
		spec := DiscSpec{Text: strconv.Itoa(i), Fill: p.Paper, Edge: p.Edge, Ink: p.Ink2}
		if i < now {
			spec = DiscSpec{Icon: "check", Fill: p.Leaf, Edge: p.Leaf, Ink: p.OnLeaf}
		}
		d := NewDisc(env, spec)
		put(d, x, (height-stepCircle)/2, stepCircle, stepCircle)
		s.parts = append(s.parts, d)
		x += stepCircle
	}
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
