package kit

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Style is how a text looks. The zero value is body text in ink.
type Style struct {
	Size   float32 // 0: TextBody; grows with large text
	Bold   bool
	Color  color.Color // nil: Ink
	Rest   color.Color // of what is not bold; nil: Color
	Line   float32     // line height factor; 0: LineText
	Align  Align       // Start, Middle, End
	Max    int         // lines at most; 0: as many as needed
	Fit    bool        // shrinks to four fifths to stay in one line
	Second bool        // a second line: the first to give way where space is short
}

func bold(b bool) fyne.TextStyle { return fyne.TextStyle{Bold: b} }

// Measure returns the width of a text in one line.
func Measure(s string, size float32, isBold bool) float32 {
	return fyne.MeasureText(s, size, bold(isBold)).Width
}

func newText(s string, size float32, isBold bool, c color.Color) *canvas.Text {
	return &canvas.Text{Text: s, TextSize: size, Color: c, TextStyle: bold(isBold)}
}

// baselineLift is what the toolkit sets text lower than a browser does, in
// which the screens were drawn.
const baselineLift float32 = 1

// putText places a text in a line box: vertically in the middle of lh.
func putText(t *canvas.Text, x, y, w, lh float32) {
	nat := t.MinSize().Height
	t.Move(fyne.NewPos(x, y+(lh-nat)/2-baselineLift))
	t.Resize(fyne.NewSize(w, nat))
}

// run is a stretch of text in one weight.
type run struct {
	text string
	bold bool
	tint bool // **text** asked for in colour: a hit
}

// Plain strips the ** marks.
func Plain(s string) string { return strings.ReplaceAll(s, "**", "") }

// Paragraph is wrapped text with **bold** runs.
type Paragraph struct {
	node
	env   *Env
	text  string
	style Style
	mark  color.Color // colour of ** runs, nil: as the rest
	width float32     // the width it is wrapped for
	scale float32     // of the text size, below 1 where it was made to fit
	lines []line
}

type line struct {
	runs  []run
	width float32
}

// NewParagraph makes wrapped text. "**" switches bold, "\n" breaks a line.
func NewParagraph(env *Env, text string, style Style) *Paragraph {
	p := &Paragraph{env: env, text: text, style: style, scale: 1}
	p.min = p.minimum
	p.place = p.lay
	p.tall = func(w float32) float32 {
		lines := p.wrap(w) // sets the scale that the line height follows
		return float32(len(lines)) * p.lineHeight()
	}
	p.ExtendBaseWidget(p)
	return p
}

// P is body text, wrapped.
func P(env *Env, text string) *Paragraph { return NewParagraph(env, text, Style{}) }

// Read is reading text (26), wrapped.
func Read(env *Env, text string) *Paragraph { return NewParagraph(env, text, Style{Size: TextRead}) }

// Quiet is body text in the second ink, wrapped.
func Quiet(env *Env, text string) *Paragraph {
	return NewParagraph(env, text, Style{Color: env.Pal().Ink2})
}

// Head is a heading, wrapped.
func Head(env *Env, text string) *Paragraph {
	return NewParagraph(env, text, Style{Size: TextHead, Bold: true, Line: LineTitle})
}

// Line is one line of text that keeps its own width and ends in an ellipsis
// only when given less.
func Line(env *Env, text string, style Style) *Paragraph {
	style.Max = 1
	return NewParagraph(env, text, style)
}

// Hits colours the ** runs.
func (p *Paragraph) Hits(c color.Color) *Paragraph { p.mark = c; return p }

// SpokenText is part of Spoken.
func (p *Paragraph) SpokenText() string { return strings.ReplaceAll(Plain(p.text), "\n", " ") }

// Text returns the text with its marks.
func (p *Paragraph) Text() string { return p.text }

// SetText changes the text.
func (p *Paragraph) SetText(s string) {
	if s == p.text {
		return
	}
	p.text = s
	p.width = 0
	p.relay()
}

func (p *Paragraph) size() float32 {
	size := p.style.Size
	if size == 0 {
		size = TextBody
	}
	return p.env.Px(size) * p.scale
}

func (p *Paragraph) lineHeight() float32 {
	if p.style.Line == 0 {
		return p.size() * LineText
	}
	return p.size() * p.style.Line
}

func (p *Paragraph) ink() color.Color {
	if p.style.Color == nil {
		return p.env.Pal().Ink
	}
	return p.style.Color
}

// smallestFit is how far text may shrink to stay in one line; below body text
// nothing shrinks.
const smallestFit = 0.8

// minimum is the size in as few lines as the text has by itself.
func (p *Paragraph) minimum() fyne.Size {
	lines := wrapRuns(p.text, p.style.Bold, p.size(), 0, 0)
	w := float32(0)
	for _, l := range lines {
		w = fyne.Max(w, l.width)
	}
	return fyne.NewSize(ceil(w), float32(len(lines))*p.lineHeight())
}

func ceil(f float32) float32 {
	i := float32(int(f))
	if i < f {
		return i + 1
	}
	return i
}

func (p *Paragraph) wrap(w float32) []line {
	if w != p.width || p.lines == nil {
		p.scale = 1
		if p.style.Fit {
			least := fyne.Min(1, fyne.Max(smallestFit, p.env.Px(TextBody)/p.size()))
			for p.scale-0.02 >= least && p.minimum().Width > w {
				p.scale -= 0.02
			}
			if p.minimum().Width > w {
				p.scale = 1
			}
		}
		p.lines, p.width = wrapRuns(p.text, p.style.Bold, p.size(), w, p.style.Max), w
		if p.style.Align == Middle && len(p.lines) == 2 {
			p.balance(w)
		}
	}
	return p.lines
}

// balance narrows two centred lines to nearly equal ones, as long as nothing
// is cut.
func (p *Paragraph) balance(w float32) {
	if strings.Contains(p.text, "\n") || strings.HasSuffix(lastText(p.lines), ellipsis) {
		return
	}
	low, high := w/2, w
	for range 6 {
		mid := (low + high) / 2
		if len(wrapRuns(p.text, p.style.Bold, p.size(), mid, 0)) <= 2 {
			high = mid
		} else {
			low = mid
		}
	}
	if lines := wrapRuns(p.text, p.style.Bold, p.size(), high, 0); len(lines) == 2 && lines[0].width <= w && lines[1].width <= w {
		p.lines = lines
	}
}

func lastText(lines []line) string {
	if n := len(lines); n > 0 && len(lines[n-1].runs) > 0 {
		return lines[n-1].runs[len(lines[n-1].runs)-1].text
	}
	return ""
}

func (p *Paragraph) lay(s fyne.Size) {
	lines := p.wrap(s.Width)
	lh := p.lineHeight()
	if s.Height < lh/2 { // it gave way
		p.parts = nil
		return
	}
	// What does not fit in height gives way, line by line, but never silently.
	if fit := int((s.Height + lh*0.4) / lh); fit >= 1 && fit < len(lines) {
		lines = wrapRuns(p.text, p.style.Bold, p.size(), s.Width, fit)
	}
	var parts []fyne.CanvasObject
	for i, l := range lines {
		x := float32(0)
		switch p.style.Align {
		case Middle:
			x = (s.Width - l.width) / 2
		case End:
			x = s.Width - l.width
		}
		for _, r := range l.runs {
			c := p.ink()
			if r.tint && p.mark != nil {
				c = p.mark
			}
			if !r.bold && p.style.Rest != nil {
				c = p.style.Rest
			}
			t := newText(r.text, p.size(), r.bold, c)
			w := t.MinSize().Width
			putText(t, x, float32(i)*lh, w, lh)
			parts = append(parts, t)
			x += w
		}
	}
	p.parts = parts
}

const ellipsis = "…"

// wrapRuns breaks text into lines of at most width (0: only at "\n"); max
// lines (0: any), the last one ending in an ellipsis if more would follow.
func wrapRuns(text string, base bool, size, width float32, max int) []line {
	var lines []line
	isBold := false
	for _, para := range strings.Split(text, "\n") {
		cur := line{}
		for _, wd := range splitWords(para, base, &isBold) {
			next := appendWord(cur, wd, size)
			if width > 0 && len(cur.runs) > 0 && next.width > width+0.5 {
				lines = append(lines, trimLine(cur, size))
				wd[0].text = strings.TrimLeft(wd[0].text, " ")
				next = appendWord(line{}, wd, size)
			}
			// A word longer than a line breaks where it must.
			for width > 0 && next.width > width+0.5 && len(next.runs) == 1 && (max == 0 || len(lines) < max-1) {
				head, tail := splitAt(next.runs[0], size, width)
				if tail.text == "" || head.text == "" {
					break
				}
				lines = append(lines, measured([]run{head}, size))
				next = measured([]run{tail}, size)
			}
			cur = next
		}
		lines = append(lines, trimLine(cur, size))
	}
	if max > 0 && len(lines) > max {
		lines = append(lines[:max-1:max-1], shorten(lines[max-1], size, width, true))
	} else if max > 0 && width > 0 {
		last := &lines[len(lines)-1]
		if last.width > width+0.5 {
			*last = shorten(*last, size, width, false)
		}
	}
	return lines
}

// splitWords cuts a paragraph into words, each with the space before it; a
// word that changes weight inside stays in one piece.
func splitWords(para string, base bool, isBold *bool) [][]run {
	var words [][]run
	for i, part := range strings.Split(para, "**") {
		if i > 0 {
			*isBold = !*isBold
		}
		b := base || *isBold
		for part != "" {
			end := len(part)
			if j := strings.IndexByte(part[1:], ' '); j >= 0 {
				end = j + 1
			}
			r := run{part[:end], b, *isBold}
			if n := len(words); n > 0 && part[0] != ' ' {
				words[n-1] = append(words[n-1], r)
			} else {
				words = append(words, []run{r})
			}
			part = part[end:]
		}
	}
	return words
}

func appendWord(l line, word []run, size float32) line {
	runs := append([]run(nil), l.runs...)
	for _, w := range word {
		if n := len(runs); n > 0 && runs[n-1].bold == w.bold && runs[n-1].tint == w.tint {
			runs[n-1].text += w.text
		} else {
			runs = append(runs, w)
		}
	}
	return measured(runs, size)
}

func measured(runs []run, size float32) line {
	l := line{runs: runs}
	for _, r := range runs {
		l.width += Measure(r.text, size, r.bold)
	}
	return l
}

func trimLine(l line, size float32) line {
	n := len(l.runs)
	if n == 0 {
		return l
	}
	runs := append([]run(nil), l.runs...)
	runs[n-1].text = strings.TrimRight(runs[n-1].text, " ")
	return measured(runs, size)
}

func splitAt(r run, size, width float32) (head, tail run) {
	rs := []rune(r.text)
	n := len(rs)
	for n > 1 && Measure(string(rs[:n]), size, r.bold) > width {
		n--
	}
	return run{string(rs[:n]), r.bold, r.tint}, run{string(rs[n:]), r.bold, r.tint}
}

// shorten ends a line in an ellipsis so that it fits width.
func shorten(l line, size, width float32, force bool) line {
	if len(l.runs) == 0 {
		return measured([]run{{text: ellipsis}}, size)
	}
	runs := append([]run(nil), l.runs...)
	if force {
		runs[len(runs)-1].text += ellipsis
	}
	out := measured(runs, size)
	for width > 0 && out.width > width+0.5 && len(runs) > 0 {
		last := &runs[len(runs)-1]
		rs := []rune(strings.TrimSuffix(last.text, ellipsis))
		if len(rs) <= 1 && len(runs) > 1 {
			runs = runs[:len(runs)-1]
			runs[len(runs)-1].text += ellipsis
		} else if len(rs) <= 1 {
			break
		} else {
			last.text = strings.TrimRight(string(rs[:len(rs)-1]), " –,") + ellipsis
		}
		out = measured(runs, size)
	}
	return out
}
