package kit

import (
	"fyne.io/fyne/v2"
)

func (f *Frame) button(a *Action, kind Kind, h float32, tight bool) *Button {
	act := *a
	spec := ButtonSpec{Action: act, Height: h}
	switch kind {
	case Main:
		spec.Kind = Main
		if f.env.Reach {
			spec.MinWidth, spec.Pad = 260, 24
		}
	default:
		if f.env.Reach {
			spec.Pad = 24
		}
	}
	if tight {
		spec.Size, spec.Pad, spec.Gap, spec.MinWidth = TextBody, 16, 8, 160
	}
	return NewButton(f.env, spec)
}

// buildBar lays out the action row.
func (f *Frame) buildBar(m metrics, add adder) {
	e, o := f.env, f.o
	barH, tight := m.barH, f.barTight()
	x := Margin
	white := []*Action{o.Back, o.Second}
	aside := o.Aside
	if f.barRows() > 1 { // the other choices stand above, over the whole width
		white, aside = white[:1], nil
		for i, a := range []*Action{o.Second, o.Aside} {
			if a == nil {
				continue
			}
			b := f.button(a, White, barH, false)
			both := o.Second != nil && o.Aside != nil
			add(b, func(s fyne.Size) {
				l, w := Margin, s.Width-2*Margin
				if both {
					w = (w - 20) / 2
					l += float32(i) * (w + 20)
				}
				put(b, l, m.bar-barGap-barH, w, barH)
			})
		}
	}
	for _, a := range white {
		if a == nil {
			continue
		}
		b := f.button(a, White, barH, tight)
		if a == o.Back && b.width < 200 && !tight {
			b.width = 200
			if e.Reach {
				b.width = 190
			}
		}
		w := b.MinSize().Width
		left := x
		add(b, func(s fyne.Size) { put(b, left, m.bar, w, barH) })
		x += w + 20
	}
	right := Margin
	if o.Main != nil {
		f.main = f.button(o.Main, Main, barH, tight)
		add(f.main, func(s fyne.Size) {
			w := fyne.Min(f.main.MinSize().Width, s.Width-x-Margin)
			put(f.main, s.Width-Margin-w, m.bar, w, barH)
		})
		right += f.main.MinSize().Width + 20
	}
	if aside != nil {
		b := f.button(aside, White, barH, tight)
		w := b.MinSize().Width
		r := right
		add(b, func(s fyne.Size) { put(b, s.Width-r-w, m.bar, w, barH) })
		right += w + 20
	}
	if o.Keyboard == nil {
		return
	}
	keys := o.Keyboard.Bottom()
	if e.IsPortrait() { // the keys' last row has its own line above the buttons
		add(keys, func(s fyne.Size) { put(keys, Margin, m.bar-24-64, s.Width-2*Margin, 64) })
		return
	}
	const gap = 25
	add(keys, func(s fyne.Size) {
		mainW := float32(0)
		if f.main != nil {
			mainW = f.main.MinSize().Width + 20
		}
		l, r := x-20+gap+20, s.Width-Margin-mainW+20-gap-20
		put(keys, l, m.bar+(barH-64)/2, r-l, 64)
	})
}

// barRows is how many rows the action row's buttons need: upright screens give
// a second choice its own row where all have no room side by side.
func (f *Frame) barRows() int {
	if !f.env.IsPortrait() || f.o.Second == nil && f.o.Aside == nil {
		return 1
	}
	if left, right := f.barSides(); left+right > f.env.Size.W {
		return 2
	}
	return 1
}

// barTight reports whether the buttons side by side must be narrower.
func (f *Frame) barTight() bool {
	if f.barRows() > 1 {
		return false
	}
	left, right := f.barSides()
	return left+right-20 > f.env.Size.W
}

// barSides is how much of the action row its buttons take at either side.
func (f *Frame) barSides() (left, right float32) {
	left, right = Margin, Margin
	width := func(a *Action, kind Kind, least float32) float32 {
		if a == nil {
			return 0
		}
		return fyne.Max(least, f.button(a, kind, 64, false).MinSize().Width) + 20
	}
	left += width(f.o.Back, White, 190) + width(f.o.Second, White, 0)
	right += width(f.o.Main, Main, 0) + width(f.o.Aside, White, 0)
	return left, right
}
