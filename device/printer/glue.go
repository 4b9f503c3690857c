package printer

import (
	"image"
	"slices"
	"unicode"
)

// units stay on the line of their number: "16.000 đồng" torn apart is read as
// another sum.
var units = []string{
	"đồng", "đ", "VND", "bản", "tờ", "trang", "bộ", "lần", "người", "ngày", "tháng", "năm", "giờ", "phút",
	"mm", "cm", "m", "km", "g", "kg", "KB", "MB", "GB", "%",
}

// glue makes one word of two that must not be torn apart, as long as they fit
// on one line together.
func glue(all []word, width int) []word {
	var out []word
	for _, w := range all {
		if n := len(out); n > 0 && !w.newline && w.space > 0 && inseparable(out[n-1], w) &&
			out[n-1].width+w.space+w.width <= width {
			out[n-1] = out[n-1].and(w)
			continue
		}
		out = append(out, w)
	}
	return out
}

// inseparable reports a number before its unit, and the first part of an Ê Đê
// name ("H’ Bia", "Y Bhăm").
func inseparable(a, b word) bool {
	first, second := a.runes(), b.runes()
	if len(first) == 0 || len(second) == 0 {
		return false
	}
	end := first[len(first)-1]
	switch {
	case end == '’' || end == '\'':
		return unicode.IsUpper(second[0])
	case len(first) == 1 && end == 'Y':
		return unicode.IsUpper(second[0])
	case unicode.IsDigit(end):
		for len(second) > 1 && slices.Contains([]rune(".,;:)"), second[len(second)-1]) {
			second = second[:len(second)-1]
		}
		return slices.Contains(units, string(second))
	}
	return false
}

func (w word) runes() []rune {
	out := make([]rune, len(w.glyphs))
	for i, g := range w.glyphs {
		out[i] = g.r
	}
	return out
}

// and is both words as one.
func (w word) and(o word) word {
	w.glyphs = slices.Clone(w.glyphs)
	shift := w.width + o.space
	for _, g := range o.glyphs {
		g.at = g.at.Add(image.Pt(shift, 0))
		w.add(g)
	}
	w.width = shift + o.width
	w.ascent, w.descent = max(w.ascent, o.ascent), max(w.descent, o.descent)
	return w
}
