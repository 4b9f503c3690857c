package kit

import "fyne.io/fyne/v2"

// metrics are the grid's lines for a size and the reader's wishes.
type metrics struct {
	head, headH       float32 // header row
	tools             float32 // y of the tools
	title             float32
	titleSize         float32
	bodyTop, bodyEnd  float32
	bar, barH         float32 // action row
	strip             float32
	trayTop, trayRows float32
	stripH            float32
}

func (f *Frame) metrics() metrics {
	e, h := f.env, f.env.Size.H
	m := metrics{stripH: stripHeight(e)}
	if f.o.NoStrip {
		m.stripH = 0
	}
	switch {
	case e.IsPortrait():
		m.tools, m.head, m.headH = 30, 116, 56
		m.title, m.titleSize, m.bodyTop = 200, 46, 292
		m.barH, m.strip = 84, h-m.stripH
		m.bar = m.strip - 24 - m.barH
		if f.o.Staff != nil {
			m.title, m.bodyTop = 110, 196
		}
		if f.o.TitleNote != "" && f.o.TitleTag == nil { // it stands below the title
			m.bodyTop += 16
			if e.Large {
				m.bodyTop += 24
			}
		}
	case e.Reach:
		m.strip = 12
		m.head, m.headH, m.tools = 12+m.stripH+12, 68, 0
		m.title, m.titleSize = m.head+80, TextDisplay
		m.bodyTop = m.title + 64
		m.barH = 64
		m.bar = h - 12 - m.barH
		if f.o.Staff != nil {
			m.head = 0
			m.strip = 86
			m.title = 86 + m.stripH + 8
			m.bodyTop = m.title + 64
		}
	default:
		m.head, m.headH, m.tools = 20, 68, 20
		m.title, m.titleSize, m.bodyTop = 100, TextTitle, 168
		m.barH, m.strip = 72, h-m.stripH
		if e.Large {
			m.headH, m.title, m.bodyTop, m.barH = 80, 104, 176, 80
		}
		m.bar = m.strip - 12 - m.barH
		if f.o.Staff != nil {
			m.title, m.titleSize = 100, TextStaff
		}
	}
	m.bodyEnd = m.bar - 24 - float32(f.barRows()-1)*(m.barH+barGap)
	if f.o.Keyboard != nil {
		switch {
		case e.IsPortrait():
			m.trayTop = m.bar - 24 - 75 - f.o.Keyboard.Height() - 14
			m.trayRows = m.trayTop + 14
		case e.Reach:
			m.trayTop = h - 396
			m.trayRows = m.trayTop + 86
		default:
			m.trayTop = m.bar - 238
			m.trayRows = m.trayTop + 14
		}
		m.bodyEnd = m.trayTop - 8
	} else if e.Reach && !e.IsPortrait() && f.toolsAbove() {
		m.bodyEnd = m.bar - 76 - 12
	}
	if f.o.Tall {
		m.bodyTop = m.title
	}
	if f.o.Plain {
		m.bodyTop = 12
		if e.Reach {
			m.bodyTop = 12 + m.stripH
		}
	}
	return m
}

// barGap is between two rows of buttons.
const barGap float32 = 16

// BodySize is the room a frame of this kind gives its body.
func BodySize(env *Env, o FrameSpec) fyne.Size {
	m := (&Frame{env: env, o: o}).metrics()
	w := env.Width()
	if o.Plain {
		w = env.Size.W
	}
	return fyne.NewSize(w, m.bodyEnd-m.bodyTop)
}

// toolsAbove reports whether in reach the tools need a row of their own.
func (f *Frame) toolsAbove() bool {
	if f.o.NoTools || f.o.Staff != nil || f.o.Keyboard != nil {
		return false
	}
	left, right := f.barSides()
	return left+NewTools(f.env).MinSize().Width+20+right > f.env.Size.W
}
