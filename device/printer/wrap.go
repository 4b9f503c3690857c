package printer

import (
	"image"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxTextBytes bounds one paragraph: some pages of text, not a file.
const maxTextBytes = 64 << 10

// word is what stays together on a line, with the space before it.
type word struct {
	glyphs   []placed
	width    int
	space    int  // before the word, dropped at the start of a line
	newline  bool // the word starts a line of its own accord
	ascent   int
	descent  int
	inkAbove int // what the glyphs really reach, for stacked accents
	inkBelow int
}

// words shapes runs into words. A word that changes its style midway ("phiếu"
// in bold, then ":") stays one word.
func words(runs []Run) ([]word, error) {
	var out []word
	var cur word
	open, breakNext := false, false
	pendingSpace := 0
	flush := func() {
		if open {
			out = append(out, cur)
		}
		cur, open = word{}, false
	}
	for _, run := range runs {
		f, err := faceFor(run.Size, run.Bold)
		if err != nil {
			return nil, err
		}
		text := norm.NFC.String(strings.ToValidUTF8(run.Text, "\uFFFD"))
		for len(text) > 0 {
			end := strings.IndexFunc(text, breaksLine)
			if end == 0 {
				r := []rune(text[:1])[0]
				if r == '\n' {
					flush()
					if breakNext { // an empty line of this run's height
						out = append(out, word{newline: true, ascent: f.ascent, descent: f.descent})
					}
					breakNext, pendingSpace = true, 0
				} else {
					flush()
					pendingSpace += f.glyph(' ').advance
				}
				text = text[1:]
				continue
			}
			if end < 0 {
				end = len(text)
			}
			glyphs, width := f.set(printable(text[:end]))
			if !open {
				cur = word{space: pendingSpace, newline: breakNext}
				open, breakNext, pendingSpace = true, false, 0
			}
			for _, g := range glyphs {
				g.at.X += cur.width
				cur.add(g)
			}
			cur.width += width
			cur.ascent, cur.descent = max(cur.ascent, f.ascent), max(cur.descent, f.descent)
			text = text[end:]
		}
	}
	flush()
	return out, nil
}

func (w *word) add(g placed) {
	w.glyphs = append(w.glyphs, g)
	if b := g.box(); !b.Empty() {
		w.inkAbove, w.inkBelow = max(w.inkAbove, -b.Min.Y), max(w.inkBelow, b.Max.Y)
	}
}

// breaksLine reports the ASCII spaces at which a line may break. The no-break
// space is not one of them.
func breaksLine(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }

// printable replaces what has no shape: control characters would vanish, and a
// vanished character can change a name.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f':
			return ' '
		case r == '\u00ad' || r == '\u200b' || r == '\ufeff':
			return -1
		case unicode.IsControl(r):
			return '\uFFFD'
		}
		return r
	}, s)
}

// split cuts a word that is wider than a whole line into pieces that fit,
// after a hyphen or slash where there is one, else between letters, never
// between a letter and its marks.
func (w word) split(width int) []word {
	var out []word
	piece := word{space: w.space, newline: w.newline, ascent: w.ascent, descent: w.descent}
	start, from := 0, 0 // x and glyph index at which the piece starts
	good := -1          // glyph index after the last hyphen or slash
	emit := func(to int) {
		for _, g := range w.glyphs[from:to] {
			g.at.X -= start
			piece.add(g)
		}
		end := w.width
		if to < len(w.glyphs) {
			end = w.glyphs[to].at.X
		}
		piece.width = end - start
		out = append(out, piece)
		piece = word{newline: true, ascent: w.ascent, descent: w.descent}
		start, from, good = end, to, -1
	}
	for i := 0; i < len(w.glyphs); i++ {
		g := w.glyphs[i]
		if g.advance > 0 && i > from && g.at.X+g.advance-start > width {
			if good > from {
				i = good
			}
			emit(i)
		}
		switch w.glyphs[i].r {
		case '-', '/', '–', '_', '.':
			good = i + 1
		}
	}
	emit(len(w.glyphs))
	return out
}

// textLine is a line ready to be drawn.
type textLine struct {
	glyphs []placed
	width  int
	up     int // dots above the baseline
	down   int // dots below it
}

func (l textLine) height() int { return l.up + l.down }

// wrap breaks runs into lines no wider than width. Indent applies from the
// second line on.
func wrap(runs []Run, width, indent int) ([]textLine, error) {
	all, err := words(runs)
	if err != nil {
		return nil, err
	}
	indent = min(max(indent, 0), width/2)
	all = glue(all, width-indent)
	var lines []textLine
	var line textLine
	started := false
	end := func() {
		lines = append(lines, line)
		line, started = textLine{}, false
	}
	left := func() int { // where the line's text starts
		if len(lines) > 0 {
			return indent
		}
		return 0
	}
	put := func(w word) {
		if started && (w.newline || line.width+w.space+w.width > width) {
			end()
		}
		x := line.width + w.space
		if !started {
			x = left()
			started = true
		}
		for _, g := range w.glyphs {
			g.at = g.at.Add(image.Pt(x, 0))
			line.glyphs = append(line.glyphs, g)
		}
		line.width = x + w.width
		line.up = max(line.up, w.ascent, w.inkAbove)
		line.down = max(line.down, w.descent, w.inkBelow)
	}
	for _, w := range all {
		if w.width <= width-indent {
			put(w)
			continue
		}
		for _, piece := range w.split(width - indent) {
			put(piece)
		}
	}
	if started {
		end()
	}
	return lines, nil
}
