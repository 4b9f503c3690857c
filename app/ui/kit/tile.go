package kit

import (
	"fyne.io/fyne/v2"
)

// Tile is a big way in: pictogram, word, note.
type Tile struct {
	stop
	note string
}

// TileSpec is what a tile shows.
type TileSpec struct {
	Pict     string
	PictSize float32 // 0: 84
	Stroke   float32 // 0: 2.5
	Text     string
	TextSize float32 // 0: 32
	Note     string  // dropped with large text
	NoteSize float32 // 0: 24
	Main     bool    // green, with the drum
	Across   bool    // pictogram beside the text
	DrumX    float32 // Main: centre and radius of the drum
	DrumY    float32
	DrumR    float32
	Off      bool   // not available now: paper colour, still opens
	OffText  string // what its note then says
	PadX     float32
	PadY     float32
	Do       func()
}

// NewTile makes a tile.
func NewTile(env *Env, o TileSpec) *Tile {
	p := env.Pal()
	t := &Tile{}
	t.env, t.name, t.do = env, o.Text, o.Do
	if o.PictSize == 0 {
		o.PictSize = 84
	}
	if o.Stroke == 0 {
		o.Stroke = 2.5
	}
	if o.TextSize == 0 {
		o.TextSize = TextTile
	}
	if o.NoteSize == 0 {
		o.NoteSize = TextBody
	}
	if o.PadX == 0 {
		o.PadX = 24
	}
	if o.PadY == 0 {
		o.PadY = 20
	}
	l := plainLook(env)
	ink, ink2 := p.Ink, p.Ink2
	if o.Main {
		l = look{p.Leaf, p.LeafDark, p.LeafDark, p.OnLeaf, p.Border, p.LipHeight}
		ink, ink2 = p.OnLeaf, p.OnLeaf
	}
	if l.lipH > 0 {
		l.lipH = 6
	}
	note := o.Note
	if o.Off {
		l = look{p.Paper, p.Edge, p.Lip, p.Ink2, p.Border, 0}
		ink, ink2, note = p.Ink2, p.Ink2, o.OffText
	}
	t.note = note
	pic := pict(env, o.Pict, o.PictSize, o.Stroke, o.Main && !o.Off)
	words := []fyne.CanvasObject{NewParagraph(env, o.Text, Style{Size: o.TextSize, Bold: true, Color: ink, Line: 1.2, Max: 2, Fit: true})}
	if note != "" {
		words = append(words, NewParagraph(env, note, Style{Size: o.NoteSize, Color: ink2, Line: 1.3, Max: 3, Second: true, Bold: env.Contrast && o.Main}))
	}
	gap := float32(0)
	if o.Main {
		gap = 8
	}
	text := Col(gap, words...)
	objs := []fyne.CanvasObject{pic, text}
	var drum *Icon
	if o.Main && !o.Off && !env.Contrast && o.DrumR > 0 {
		objs = append([]fyne.CanvasObject{Space(1)}, objs...)
	}
	var drumW, drumH float32
	t.layIn = func(w, h, shift float32) {
		if o.Main && !o.Off && !env.Contrast && o.DrumR > 0 {
			if drum == nil || drumW != w || drumH != h {
				drum = NewDrum(w-4, h-4, o.DrumX-2, o.DrumY-2, o.DrumR, RadiusTile-2, p.DrumLeaf)
				drumW, drumH = w, h
				t.parts[len(t.face.objects())] = drum
			}
			put(drum, 2, 2+shift, w-4, h-4)
		}
		th := heightFor(text, w-2*o.PadX)
		switch {
		case o.Across:
			tx := o.PadX + o.PictSize + 24
			tw := w - tx - o.PadX
			if o.Main {
				tw = fyne.Min(tw, env.Px(400))
			}
			th = fyne.Min(heightFor(text, tw), h-8)
			put(pic, o.PadX, (h-o.PictSize)/2+shift, o.PictSize, o.PictSize)
			put(text, tx, (h-th)/2+shift, tw, th)
		case env.IsPortrait():
			th = fyne.Min(th, h-o.PictSize-14-16)
			top := (h - o.PictSize - 14 - th) / 2
			put(pic, o.PadX, top+shift, o.PictSize, o.PictSize)
			put(text, o.PadX, top+o.PictSize+14+shift, w-2*o.PadX, th)
		default:
			x := o.PadX
			if o.Main && !env.Contrast {
				x -= 14
			}
			th = fyne.Min(th, h-2*o.PadY-o.PictSize+10)
			put(pic, x, o.PadY+shift, o.PictSize, o.PictSize)
			put(text, o.PadX, h-o.PadY-th+shift, w-2*o.PadX, th)
		}
	}
	t.width, t.height = 200, 91
	keep := t.layIn
	t.init(l, RadiusTile, objs...)
	t.layIn, t.inner = keep, nil
	t.ExtendBaseWidget(t)
	return t
}

// SpokenText is the word and the note.
func (t *Tile) SpokenText() string {
	if t.note == "" {
		return t.name
	}
	return t.name + ". " + t.note
}
