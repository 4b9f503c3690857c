package keyboard

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard/compose"
	"tramhoso/app/ui/kit"
)

// The rows of letters, and what stands beside them. VNI's digits lie where the
// other layouts have theirs.
var (
	rows    = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}
	viet    = []string{"ăâêôơ", "ưđ"}
	digits  = []string{"12345", "678", "90"}
	signs   = []string{"1234567890", "():;&%+=?", "\"#*°²'!,.’"}
	extras  = []string{"@._-/", "–$€"}
	numbers = "+/,."
)

var (
	toneKeys = []string{"sac", "huyen", "hoi", "nga", "nang"}
	// vniMarks are what the digits from 6 on mean, as they stand on the keys.
	vniMarks = map[string]string{"6": "6 â", "7": "7 ơ", "8": "8 ă", "9": "9 đ", "0": "0 a"}
)

func (b *Board) letterKey(small string) kit.KeySpec {
	shown := b.shown(small)
	return kit.KeySpec{Text: shown, Held: b.held, Do: func() { b.type1(shown) }}
}

func (b *Board) newLetter(small rune) fyne.CanvasObject {
	k := kit.NewKey(b.env, b.letterKey(string(small)))
	b.letter, b.small = append(b.letter, k), append(b.small, string(small))
	return k
}

func (b *Board) sign(s string) fyne.CanvasObject {
	size := float32(0)
	if utf8.RuneCountInString(s) > 1 {
		size = kit.TextBody
	}
	k := kit.KeySpec{Text: s, Size: size, Held: b.slid, Do: func() { b.sign1(s) }}
	if size == 0 {
		k.Held = b.held
	}
	return kit.NewKey(b.env, k)
}

// digit is a digit of VNI, which may mean a mark.
func (b *Board) digit(d string) fyne.CanvasObject {
	k := kit.KeySpec{Text: d, Name: d, Held: b.slid, Do: func() { b.type1(d) }}
	if i := int(d[0] - '1'); i >= 0 && i < len(toneKeys) {
		k.Tone = "tone-" + toneKeys[i]
	} else {
		k.Text, k.Size = vniMarks[d], kit.TextBody
	}
	return kit.NewKey(b.env, k)
}

func (b *Board) tone(t compose.Tone, key string) fyne.CanvasObject {
	return kit.NewKey(b.env, kit.KeySpec{Text: b.env.T("keyboard." + key), Tone: "tone-" + key, Held: b.slid, Do: func() {
		b.put(func(before string) string { return b.write.Accent(before, t) })
	}})
}

func (b *Board) erase() fyne.CanvasObject {
	return kit.NewKey(b.env, kit.KeySpec{Icon: "bksp", Text: b.env.T("keyboard.erase"), Fn: true, Repeat: true, Held: b.slid, Do: func() {
		if b.target == nil {
			return
		}
		b.target.Erase()
		b.target.Refocus()
		b.capital()
	}})
}

func (b *Board) clear() fyne.CanvasObject {
	return kit.NewKey(b.env, kit.KeySpec{Text: b.env.T("keyboard.clear"), Fn: true, Held: b.slid, Do: func() {
		if b.target == nil {
			return
		}
		b.target.Clear()
		b.target.Refocus()
	}})
}

func each(s string, key func(rune) fyne.CanvasObject) []fyne.CanvasObject {
	var keys []fyne.CanvasObject
	for _, r := range s {
		keys = append(keys, key(r))
	}
	return keys
}

// again builds the keys of another layer or way.
func (b *Board) again() {
	b.shift = lower
	b.write.Forget()
	b.pop.Hide()
	b.build()
	b.tray.Refresh()
	b.bottom.Refresh()
	b.capital()
	b.refocus()
}

func (b *Board) build() {
	b.letter, b.small, b.shiftK = nil, nil, nil
	switch {
	case b.choosing:
		b.tray.Layout, b.tray.Objects = b.choices()
	case b.mode == Number && !b.signs:
		p := b.numbers()
		b.tray.Layout, b.tray.Objects = p, p.objects()
	default:
		p := b.plan()
		b.tray.Layout, b.tray.Objects = p, p.objects()
	}
	b.tray.Objects = append(b.tray.Objects, b.pop)
	b.buildBottom()
}

// plan is the keys of letters, or of signs, with a block beside them.
func (b *Board) plan() *plan {
	sign := func(r rune) fyne.CanvasObject { return b.sign(string(r)) }
	p := &plan{env: b.env, erase: b.erase(), units: []int{1, 1, 1, 1, 1}}
	if b.signs {
		p.left = [3][]fyne.CanvasObject{each(signs[0], sign), each(signs[1], sign), each(signs[2], sign)}
		p.right = [2][]fyne.CanvasObject{each(extras[0], sign), each(extras[1], sign)}
		p.last, p.units = []fyne.CanvasObject{b.sign("@gmail.com"), b.sign(".com"), b.sign(".vn")}, []int{3, 1, 1}
		return p
	}
	b.shiftK = kit.NewKey(b.env, b.shiftKey())
	ends := ",."
	if b.mode == Email {
		ends = "_."
	}
	third := append(append([]fyne.CanvasObject{b.shiftK}, each(rows[2], b.newLetter)...), each(ends, sign)...)
	p.left = [3][]fyne.CanvasObject{each(rows[0], b.newLetter), each(rows[1], b.newLetter), third}
	number := sign
	switch b.mode {
	case Viet, Telex:
		p.right = [2][]fyne.CanvasObject{each(viet[0], b.newLetter), append(each(viet[1], b.newLetter), b.sign(Apostrophe))}
		for i, t := range compose.Tones {
			p.last = append(p.last, b.tone(t, toneKeys[i]))
		}
		return p
	case VNI:
		number = func(r rune) fyne.CanvasObject { return b.digit(string(r)) }
	}
	p.right = [2][]fyne.CanvasObject{each(digits[0], number), each(digits[1], number)}
	p.last = each(digits[2], number)
	if b.mode == Email {
		p.last = append(p.last, b.sign("-"), b.sign(".vn"), b.sign(".com"))
	} else {
		p.last = append(p.last, b.sign(Apostrophe), b.sign("/"), b.sign("&"))
	}
	return p
}

// takes reports whether the field takes a sign.
func (b *Board) takes(r rune) bool { return b.o.Accept == nil || b.o.Accept(r) }

// numbers is the layout of large digits, with the signs that the field takes.
func (b *Board) numbers() *numberPlan {
	p := &numberPlan{env: b.env, erase: b.erase(), clear: b.clear()}
	for _, r := range signs[0] {
		s := string(r)
		p.digits = append(p.digits, kit.NewKey(b.env, kit.KeySpec{Text: s, Size: digitText, Bold: true, Held: b.held, Do: func() { b.sign1(s) }}))
	}
	for _, r := range numbers {
		if b.takes(r) {
			p.signs = append(p.signs, b.sign(string(r)))
		}
	}
	return p
}

// digitText is the size of large digits.
const digitText float32 = 38

// The widths of the bottom row's keys.
const (
	layerW float32 = 84
	modeW  float32 = 104
	atW    float32 = 84
	siteW  float32 = 176
)

// buildBottom makes the row that the action buttons share.
func (b *Board) buildBottom() {
	row := &bottomRow{}
	b.bottom.Layout, b.bottom.Objects = row, nil
	add := func(o fyne.CanvasObject, w float32, may bool) {
		b.bottom.Objects = append(b.bottom.Objects, o)
		row.keys = append(row.keys, bottomKey{w, may})
	}
	if b.takes('a') {
		add(kit.NewKey(b.env, b.layer()), layerW, b.mode == Email)
		add(b.modeKey(), modeW, false)
	}
	if b.mode == Email {
		add(b.below("@", "@"), atW, false)
		add(b.below("@gmail.com", "@gmail.com"), siteW, true)
		return
	}
	if b.takes(' ') {
		add(b.below(b.env.T("keyboard.space"), " "), 0, false)
	}
	if b.takes('-') {
		add(b.below("-", "-"), 64, true)
	}
}

// below is a key of the bottom row; nothing stands out of it.
func (b *Board) below(text, types string) fyne.CanvasObject {
	k := kit.KeySpec{Text: text, Held: b.slid, Do: func() { b.sign1(types) }}
	if text == "@gmail.com" {
		k.Size = kit.TextBody
	}
	return kit.NewKey(b.env, k)
}

// layer goes to the digits and signs and back to the letters.
func (b *Board) layer() kit.KeySpec {
	letters := b.signs || b.mode == Number
	text := b.env.T("keyboard.digits")
	if letters {
		text = b.env.T("keyboard.letters")
	}
	return kit.KeySpec{Text: text, Fn: true, Held: b.slid, Do: func() {
		b.choosing = false
		b.signs = !letters
		if b.mode == Number {
			b.mode = b.words()
		}
		b.again()
	}}
}
