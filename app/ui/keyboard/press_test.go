package keyboard_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
)

func all(b *keyboard.Board) fyne.CanvasObject { return kit.Col(0, b.Tray(), b.Bottom()) }

func keyOf(t testing.TB, obj fyne.CanvasObject, name string) *kit.Key {
	t.Helper()
	k, ok := kit.Find(obj, name).(*kit.Key)
	if !ok || k.AccessibleName() != name {
		t.Fatalf("no key %q", name)
	}
	return k
}

// keys presses one key for each letter of a text.
func keys(t testing.TB, b *keyboard.Board, text string) {
	t.Helper()
	for _, r := range text {
		name := string(r)
		if r == ' ' {
			name = "dấu cách"
		}
		keyOf(t, all(b), name).Tapped(nil)
	}
}

func TestWaysOfTyping(t *testing.T) {
	tests := []struct {
		mode        keyboard.Mode
		typed, want string
	}{
		{keyboard.Telex, "dduowngf nguyeexn test", "đường nguyễn tét"},
		{keyboard.Telex, "ass windows", "as windows"},
		{keyboard.Viet, "dduowngf", "dduowngf"},
		{keyboard.VNI, "d9uo7ng2 12/3", "đường 12/3"},
		{keyboard.English, "as a1 hoaf", "as a1 hoaf"},
		{keyboard.Email, "ass_a1.vn", "ass_a1.vn"},
	}
	for _, tt := range tests {
		env := golden.Cases[0].Env(t)
		f := kit.NewField(env, kit.FieldSpec{Label: "Tên"})
		b := keyboard.New(env, f, keyboard.Options{})
		b.SetMode(tt.mode)
		keys(t, b, tt.typed)
		if f.Text() != tt.want {
			t.Errorf("%s: %q typed %q, want %q", tt.mode, tt.typed, f.Text(), tt.want)
		}
	}
}

// A letter goes in at the caret; what another keyboard types between is gone on
// with, and the layer of digits means digits in VNI too.
func TestTheCaretAndOtherKeyboards(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := kit.NewField(env, kit.FieldSpec{Label: "Tên", Text: "hoa hông"})
	b := keyboard.New(env, f, keyboard.Options{})
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	for range 3 {
		f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	keys(t, b, "f")
	if f.Text() != "hoà hông" || f.Before() != "hoà" {
		t.Errorf("at the caret: %q, caret behind %q", f.Text(), f.Before())
	}
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	keys(t, b, "f")
	for _, r := range " Dak" {
		f.TypedRune(r)
	}
	keys(t, b, "w")
	if f.Text() != "hoà hồng Dăk" {
		t.Errorf("after another keyboard: %q", f.Text())
	}
	keys(t, b, "d")
	press(t, all(b), "sắc", "Xoá")
	if f.Text() != "hoà hồng Đắ" {
		t.Errorf("after erasing: %q", f.Text())
	}
	b.SetMode(keyboard.VNI)
	press(t, all(b), "dấu cách", "a", "123", "1", "abc", "a", "1")
	if f.Text() != "hoà hồng Đắ a1á" {
		t.Errorf("digits of the layer: %q", f.Text())
	}
}

func TestEveryLetterHasKeys(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := kit.NewField(env, kit.FieldSpec{Label: "Tên"})
	b := keyboard.New(env, f, keyboard.Options{})
	b.SetMode(keyboard.Viet)
	reached := map[string]bool{}
	for _, large := range []bool{false, true} {
		for _, letter := range strings.Split("a ă â e ê i o ô ơ u ư y đ", " ") {
			for _, tone := range []string{"", "sắc", "huyền", "hỏi", "ngã", "nặng"} {
				f.Clear()
				if large {
					press(t, all(b), "chữ hoa")
					letter = strings.ToUpper(letter)
				}
				press(t, all(b), letter)
				if tone != "" {
					press(t, all(b), tone)
				}
				if got := f.Text(); utf8.RuneCountInString(got) == 1 && got[0] >= utf8.RuneSelf {
					reached[got] = true
				}
			}
		}
	}
	if len(reached) != 134 {
		t.Errorf("%d accented letters have keys, want 134", len(reached))
	}
}

// The field's input chooses the layout; a way of writing holds for the visit, a
// layout of digits for its field.
func TestWhatAFieldAsksFor(t *testing.T) {
	env := golden.Cases[0].Env(t)
	begin := func(i keyboard.Input) keyboard.Mode {
		return keyboard.New(env, kit.NewField(env, kit.FieldSpec{Label: "Ô"}), keyboard.Options{Input: i}).Mode()
	}
	for input, want := range map[keyboard.Input]keyboard.Mode{keyboard.Text: keyboard.Telex, keyboard.Digits: keyboard.Number,
		keyboard.Phone: keyboard.Number, keyboard.Address: keyboard.Email, keyboard.Code: keyboard.English} {
		if got := begin(input); got != want {
			t.Errorf("input %d begins with %s, want %s", input, got, want)
		}
	}
	b := keyboard.New(env, kit.NewField(env, kit.FieldSpec{Label: "Ô"}), keyboard.Options{})
	press(t, all(b), "Cách gõ: Telex", "VNI")
	if b.Mode() != keyboard.VNI || begin(keyboard.Text) != keyboard.VNI || begin(keyboard.Phone) != keyboard.Number {
		t.Errorf("chosen VNI: now %s, next %s", b.Mode(), begin(keyboard.Text))
	}
	press(t, all(b), "Cách gõ: VNI", "Chữ số")
	if b.Mode() != keyboard.Number || begin(keyboard.Text) != keyboard.VNI {
		t.Errorf("chosen digits: now %s, next %s", b.Mode(), begin(keyboard.Text))
	}
	press(t, all(b), "abc")
	if b.Mode() != keyboard.VNI {
		t.Errorf("back to letters: %s", b.Mode())
	}
	press(t, all(b), "Cách gõ: VNI", "Cách gõ: VNI", "q")
	if b.Mode() != keyboard.VNI {
		t.Errorf("looking at the ways changed one: %s", b.Mode())
	}
	if en := golden.Cases[1].Env(t); keyboard.New(en, nil, keyboard.Options{}).Mode() != keyboard.Viet {
		t.Error("who reads English begins with Telex")
	}
}

func TestShift(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := kit.NewField(env, kit.FieldSpec{Label: "Tên"})
	b := keyboard.New(env, f, keyboard.Options{})
	press(t, all(b), "chữ hoa", "D", "d", "chữ hoa", "chữ hoa", "A", "S", "K", "dấu cách", "L", "khoá chữ hoa", "a")
	if f.Text() != "ĐÁK La" {
		t.Errorf("typed %q", f.Text())
	}
	if kit.Find(all(b), "khoá chữ hoa") != nil {
		t.Error("still locked")
	}
}

// later is the clock of a held key.
type later struct {
	wait []time.Duration
	do   []func()
}

func (l *later) after(d time.Duration, do func()) { l.wait, l.do = append(l.wait, d), append(l.do, do) }

// run does what is due next; it reports whether anything was.
func (l *later) run() bool {
	if len(l.do) == 0 {
		return false
	}
	do := l.do[0]
	l.wait, l.do = l.wait[1:], l.do[1:]
	do()
	return true
}

// settle runs until nothing is due any more.
func (l *later) settle(t testing.TB) {
	t.Helper()
	for i := 0; l.run(); i++ {
		if i > 100 {
			t.Fatal("the key repeats for ever")
		}
	}
}

func TestHolding(t *testing.T) {
	env := golden.Cases[0].Env(t)
	clock, touched := &later{}, 0
	env.After, env.Touch = clock.after, func() { touched++ }
	f := kit.NewField(env, kit.FieldSpec{Label: "Tên", Text: "Nguyễn Thị Hường"})
	b := keyboard.New(env, f, keyboard.Options{})
	erase := keyOf(t, all(b), "Xoá")
	down, up := func() { erase.MouseDown(&desktop.MouseEvent{}) }, func() { erase.MouseUp(&desktop.MouseEvent{}); erase.Tapped(nil) }

	down()
	if f.Text() != "Nguyễn Thị Hường" || len(clock.wait) != 1 || clock.wait[0] < 300*time.Millisecond {
		t.Fatalf("pressed: %q, waits %v", f.Text(), clock.wait)
	}
	for range 3 {
		clock.run()
	}
	if f.Text() != "Nguyễn Thị Hư" || len(clock.wait) != 1 || clock.wait[0] > 150*time.Millisecond || touched != 3 {
		t.Errorf("held: %q, waits %v, touched %d times", f.Text(), clock.wait, touched)
	}
	up()
	clock.settle(t)
	if f.Text() != "Nguyễn Thị Hư" {
		t.Errorf("let go: %q", f.Text())
	}
	down()
	up()
	clock.settle(t)
	if f.Text() != "Nguyễn Thị H" {
		t.Errorf("a short press: %q", f.Text())
	}
	down()
	clock.run()
	erase.MouseOut() // the finger slid off: nobody tells the key that it went up
	clock.settle(t)
	if f.Text() != "Nguyễn Thị " {
		t.Errorf("slid off: %q", f.Text())
	}
	down() // and is on it once more before the first wait has ended
	erase.MouseUp(&desktop.MouseEvent{})
	erase.Tapped(nil)
	down()
	clock.run()
	if f.Text() != "Nguyễn Thị" {
		t.Errorf("the wait of the first press counted for the second: %q", f.Text())
	}
	// A letter does not repeat.
	keyOf(t, all(b), "q").MouseDown(&desktop.MouseEvent{})
	if len(clock.do) != 1 {
		t.Errorf("%d things wait", len(clock.do))
	}
}

func pops(obj fyne.CanvasObject) (shown []string) {
	kit.Walk(obj, func(o fyne.CanvasObject) bool {
		if p, ok := o.(*kit.Pop); ok {
			shown = append(shown, p.Letter())
		}
		return true
	})
	return shown
}

func TestPop(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := kit.NewField(env, kit.FieldSpec{Label: "Tên"})
	b := keyboard.New(env, f, keyboard.Options{})
	obj := all(b)
	obj.Resize(fyne.NewSize(1280, 400))
	for _, name := range []string{"q", "đ", "p"} {
		k := keyOf(t, obj, name)
		k.MouseDown(&desktop.MouseEvent{})
		if got := pops(obj); len(got) != 1 || got[0] != name {
			t.Errorf("over %q stands %q", name, got)
		}
		if got := strings.Join(kit.Texts(obj), ""); strings.Count(got, name) != strings.Count(strings.Join(kit.Texts(all(keyboard.New(env, f, keyboard.Options{}))), ""), name) {
			t.Errorf("the enlarged %q is read aloud", name)
		}
		k.MouseUp(&desktop.MouseEvent{})
		if got := pops(obj); len(got) != 0 {
			t.Errorf("let go of %q: %q still stands", name, got)
		}
	}
	for _, name := range []string{"Xoá", "sắc", "dấu cách", "-", "chữ hoa"} {
		keyOf(t, obj, name).MouseDown(&desktop.MouseEvent{})
		if got := pops(obj); len(got) != 0 {
			t.Errorf("over %q stands %q", name, got)
		}
	}
	keyOf(t, obj, "w").MouseDown(&desktop.MouseEvent{})
	keyOf(t, obj, "w").MouseOut()
	if got := pops(obj); len(got) != 0 {
		t.Errorf("slid off: %q still stands", got)
	}
	f.SetMasked(true)
	keyOf(t, obj, "w").MouseDown(&desktop.MouseEvent{})
	if got := pops(obj); len(got) != 0 {
		t.Errorf("%q stands over a hidden field", got)
	}
}

// The focus is the field's after every press, also one that slid off its key.
func TestFocusStays(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := kit.NewField(env, kit.FieldSpec{Label: "Tên"})
	b := keyboard.New(env, f, keyboard.Options{})
	w := test.NewTempWindow(t, kit.NewFrame(env, kit.FrameSpec{Title: "Họ và tên", Body: f, Keyboard: b}))
	w.Resize(fyne.NewSize(1280, 800))
	c := w.Canvas()
	c.Focus(f)
	names := []string{"t", "o", "a", "n", "sắc", "chữ hoa", "123", "7", "abc", "Xoá", "Cách gõ: Telex", "VNI", "dấu cách", "-"}
	for _, name := range names {
		c.Unfocus() // as the window does when a finger comes down beside the field
		kit.Find(w.Content(), name).Tapped(nil)
		if c.Focused() != fyne.Focusable(f) {
			t.Fatalf("%q took the focus", name)
		}
	}
	if f.Text() != "toán -" {
		t.Errorf("typed %q", f.Text())
	}
	for _, name := range []string{"q", "Xoá", "dấu cách", "1", "123"} {
		k := keyOf(t, w.Content(), name)
		k.MouseDown(&desktop.MouseEvent{})
		c.Unfocus()
		k.MouseOut()
		if c.Focused() != fyne.Focusable(f) {
			t.Errorf("a finger that slid off %q took the focus", name)
		}
	}
	test.Type(f, "x") // and another keyboard types on
	if f.Text() != "toán -x" {
		t.Errorf("another keyboard typed %q", f.Text())
	}
	if _, ok := any(keyOf(t, w.Content(), "q")).(fyne.Focusable); ok {
		t.Error("a key can have the focus")
	}
}

// A field that takes only some signs shows no others.
func TestOnlyWhatIsTaken(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := kit.NewField(env, kit.FieldSpec{Label: "Số", Accept: kit.Digits})
	b := keyboard.New(env, f, keyboard.Options{Input: keyboard.Digits, Accept: kit.Digits})
	for _, c := range kit.Controls(all(b)) {
		before := f.Text()
		c.Tapped(nil)
		if name := c.AccessibleName(); f.Text() == before && name != "Xoá" && name != "Xoá hết" {
			t.Errorf("%q does nothing", name)
		}
	}
	keys(t, b, "066190")
	if f.Text() != "066190" {
		t.Errorf("typed %q", f.Text())
	}
}
