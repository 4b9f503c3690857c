package keyboard

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// The keys' measures at 1280; wider screens stretch them.
const (
	keyW     float32 = 68
	keyH     float32 = 64
	vietW    float32 = 82
	keyGap   float32 = 8
	blockGap float32 = 32 // between the letters and the block beside them
	drawnAt  float32 = 1280
	drawnRow float32 = 10*keyW + 9*keyGap + blockGap + 5*vietW + 4*keyGap
	edge     float32 = (drawnAt - drawnRow) / 2

	rowGap      float32 = 11
	rowGapReach float32 = 9
)

func gapOf(env *kit.Env) float32 {
	if env.Reach && !env.IsPortrait() {
		return rowGapReach
	}
	return rowGap
}

func (b *Board) rowGap() float32 { return gapOf(b.env) }

// plan places a layer's keys: letters left, a block right; on an upright
// screen the block stands above the letters.
type plan struct {
	env   *kit.Env
	left  [3][]fyne.CanvasObject
	right [2][]fyne.CanvasObject // the block's first two rows
	erase fyne.CanvasObject
	last  []fyne.CanvasObject // the block's third row
	units []int               // how many keys wide each of last is
}

// objects lists the keys row by row, as they are read.
func (p *plan) objects() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for i, row := range p.left {
		all = append(all, row...)
		switch i {
		case 0:
			all = append(all, p.right[0]...)
		case 1:
			all = append(append(all, p.right[1]...), p.erase)
		case 2:
			all = append(all, p.last...)
		}
	}
	return all
}

func set(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

func (p *plan) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	if p.env.IsPortrait() {
		p.upright(s)
		return
	}
	pitch := keyH + gapOf(p.env)
	k := (s.Width - 2*edge) / drawnRow
	a, b := keyW*k, vietW*k
	step := a + keyGap*k
	for i, row := range p.left {
		x := edge
		if i == 1 {
			x += step / 2
		}
		for _, o := range row {
			set(o, x, float32(i)*pitch, a, keyH)
			x += step
		}
	}
	bx, bstep := edge+10*a+9*keyGap*k+blockGap*k, b+keyGap*k
	for i, row := range p.right {
		for j, o := range row {
			set(o, bx+float32(j)*bstep, float32(i)*pitch, b, keyH)
		}
	}
	set(p.erase, bx+3*bstep, pitch, 2*b+keyGap*k, keyH)
	x := bx
	for i, o := range p.last {
		n := float32(p.units[i])
		set(o, x, 2*pitch, n*b+(n-1)*keyGap*k, keyH)
		x += n * bstep
	}
}

// upright puts the block's keys in two rows above the letters.
func (p *plan) upright(s fyne.Size) {
	const units = 10
	w := (s.Width - 2*kit.Margin - (units-1)*keyGap) / units
	step, pitch := w+keyGap, keyH+rowGap
	row := append(append([]fyne.CanvasObject(nil), p.right[0]...), p.right[1]...)
	for i, o := range row {
		set(o, kit.Margin+float32(i)*step, 0, w, keyH)
	}
	set(p.erase, kit.Margin+8*step, 0, 2*w+keyGap, keyH)
	x := kit.Margin
	for i, o := range p.last {
		n := float32(2 * p.units[i])
		set(o, x, pitch, n*w+(n-1)*keyGap, keyH)
		x += n * step
	}
	for i, row := range p.left {
		x := kit.Margin
		if i == 1 {
			x += step / 2
		}
		for _, o := range row {
			set(o, x, float32(i+2)*pitch, w, keyH)
			x += step
		}
	}
}

func (p *plan) MinSize([]fyne.CanvasObject) fyne.Size { return rowsSize(p.env) }

func rowsSize(env *kit.Env) fyne.Size {
	rows := float32(3)
	if env.IsPortrait() {
		rows = 5
	}
	return fyne.NewSize(600, rows*keyH+(rows-1)*gapOf(env))
}

// numberPlan places large digits in two rows of five, then signs, then the keys
// that take away; on an upright screen these stand below.
type numberPlan struct {
	env           *kit.Env
	digits, signs []fyne.CanvasObject
	clear, erase  fyne.CanvasObject
}

func (p *numberPlan) objects() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	all = append(append(all, p.digits...), p.signs...)
	return append(all, p.clear, p.erase)
}

func (p *numberPlan) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	total, gap := rowsSize(p.env).Height, gapOf(p.env)
	if p.env.IsPortrait() {
		h := (total - 2*gap) / 3
		spread(p.digits[:5], kit.Margin, 0, s.Width-2*kit.Margin, h)
		spread(p.digits[5:], kit.Margin, h+gap, s.Width-2*kit.Margin, h)
		spread(append(append([]fyne.CanvasObject(nil), p.signs...), p.clear, p.erase), kit.Margin, 2*(h+gap), s.Width-2*kit.Margin, h)
		return
	}
	const erasing, signing = 180, 2*vietW + keyGap
	h := (total - gap) / 2
	width := s.Width - 2*edge - erasing - blockGap
	if len(p.signs) > 0 {
		width -= signing + blockGap
		x, half := edge+width+blockGap, (len(p.signs)+1)/2
		spread(p.signs[:half], x, 0, signing, h)
		spread(p.signs[half:], x, h+gap, signing, h)
	}
	spread(p.digits[:5], edge, 0, width, h)
	spread(p.digits[5:], edge, h+gap, width, h)
	set(p.erase, s.Width-edge-erasing, 0, erasing, h)
	set(p.clear, s.Width-edge-erasing, h+gap, erasing, h)
}

// spread puts keys side by side over a width.
func spread(keys []fyne.CanvasObject, x, y, width, h float32) {
	n := float32(len(keys))
	w := (width - (n-1)*keyGap) / n
	for _, o := range keys {
		set(o, x, y, w, h)
		x += w + keyGap
	}
}

func (p *numberPlan) MinSize([]fyne.CanvasObject) fyne.Size { return rowsSize(p.env) }

// table is rows of equal parts between the screen's margins.
type table struct {
	env  *kit.Env
	cols int
}

func (t *table) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	n := len(Modes)
	rows, gap := float32(n/t.cols), gapOf(t.env)
	h := (rowsSize(t.env).Height - (rows-1)*gap) / rows
	for i := 0; i < n; i += t.cols {
		spread(objs[i:i+t.cols], kit.Margin, float32(i/t.cols)*(h+gap), s.Width-2*kit.Margin, h)
	}
}

func (t *table) MinSize([]fyne.CanvasObject) fyne.Size { return rowsSize(t.env) }

// bottomRow is keys of a width each; a key without one takes what is left, and
// what may go gives way where that is too little.
type bottomRow struct{ keys []bottomKey }

type bottomKey struct {
	w   float32 // 0: what is left
	may bool
}

// mostSpace is how wide a space bar gets beside the action buttons.
const mostSpace float32 = 520

func (r *bottomRow) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	shown := make([]bool, len(objs))
	for i := range shown {
		shown[i] = true
	}
	used := func() (w float32, flex bool) {
		w = -keyGap
		for i, k := range r.keys {
			if shown[i] {
				w, flex = w+k.w+keyGap, flex || k.w == 0
			}
		}
		return w, flex
	}
	const least = 96 // of a space bar
	for i := len(objs) - 1; i >= 0; i-- {
		w, flex := used()
		if flex {
			w += least
		}
		if w > s.Width && r.keys[i].may {
			shown[i] = false
		}
	}
	w, flex := used()
	space := s.Width - w
	if s.Width <= 700 {
		space = fyne.Min(space, mostSpace)
	}
	if flex {
		w += space
	}
	x := (s.Width - w) / 2
	for i, o := range objs {
		if o.Visible() != shown[i] {
			if o.Hide(); shown[i] {
				o.Show()
			}
		}
		if !shown[i] {
			continue
		}
		kw := r.keys[i].w
		if kw == 0 {
			kw = space
		}
		set(o, x, 0, kw, keyH)
		x += kw + keyGap
	}
}

func (r *bottomRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(360, keyH) }

type fill struct{}

func (fill) Layout([]fyne.CanvasObject, fyne.Size) {}
func (fill) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
