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
	blockGap float32 = 32 // between the letters and the Vietnamese block
	drawnAt  float32 = 1280
	drawnRow float32 = 10*keyW + 9*keyGap + blockGap + 5*vietW + 4*keyGap
)

// plan places a layer's keys: letters left, Vietnamese block right; on an
// upright screen the block stands above the letters.
type plan struct {
	env       *kit.Env
	left      [3][]fyne.CanvasObject
	right     [2][]fyne.CanvasObject // the block's first two rows
	erase     fyne.CanvasObject
	last      []fyne.CanvasObject // the block's third row
	lastUnits []int               // how many keys wide each is
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

func set(o fyne.CanvasObject, x, y, w float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, keyH))
}

func (p *plan) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	if p.env.IsPortrait() {
		p.upright(s)
		return
	}
	pitch := keyH + rowGap
	if p.env.Reach {
		pitch = keyH + 9
	}
	k := (s.Width - (drawnAt - drawnRow)) / drawnRow
	a, b, x0 := keyW*k, vietW*k, (drawnAt-drawnRow)/2
	step := a + keyGap*k
	for i, row := range p.left {
		x := x0
		if i == 1 {
			x += step / 2
		}
		for _, o := range row {
			set(o, x, float32(i)*pitch, a)
			x += step
		}
	}
	bx, bstep := x0+10*a+9*keyGap*k+blockGap*k, b+keyGap*k
	for i, row := range p.right {
		for j, o := range row {
			set(o, bx+float32(j)*bstep, float32(i)*pitch, b)
		}
	}
	set(p.erase, bx+3*bstep, pitch, 2*b+keyGap*k)
	x := bx
	for i, o := range p.last {
		n := float32(p.lastUnits[i])
		set(o, x, 2*pitch, n*b+(n-1)*keyGap*k)
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
		set(o, kit.Margin+float32(i)*step, 0, w)
	}
	set(p.erase, kit.Margin+8*step, 0, 2*w+keyGap)
	x := kit.Margin
	for i, o := range p.last {
		n := float32(2 * p.lastUnits[i])
		set(o, x, pitch, n*w+(n-1)*keyGap)
		x += n * step
	}
	for i, row := range p.left {
		x := kit.Margin
		if i == 1 {
			x += step / 2
		}
		for _, o := range row {
			set(o, x, float32(i+2)*pitch, w)
			x += step
		}
	}
}

func (p *plan) MinSize([]fyne.CanvasObject) fyne.Size {
	rows := float32(3)
	if p.env.IsPortrait() {
		rows = 5
	}
	return fyne.NewSize(600, rows*keyH+(rows-1)*rowGap)
}

// bottomRow is layer, space, hyphen: the space takes what is left.
type bottomRow struct{}

func (bottomRow) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	const layer, hyphen, most = 84, 64, 520
	space := fyne.Min(most, s.Width-layer-hyphen-2*keyGap)
	if s.Width > 700 {
		space = s.Width - layer - hyphen - 2*keyGap
	}
	x := (s.Width - layer - hyphen - 2*keyGap - space) / 2
	set(objs[0], x, 0, layer)
	set(objs[1], x+layer+keyGap, 0, space)
	set(objs[2], x+layer+space+2*keyGap, 0, hyphen)
}

func (bottomRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(360, keyH) }

type fill struct{}

func (fill) Layout([]fyne.CanvasObject, fyne.Size) {}
func (fill) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
