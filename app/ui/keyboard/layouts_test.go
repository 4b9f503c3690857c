package keyboard_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
)

// layouts are the keyboards a person can come to, and texts each must show.
var layouts = []struct {
	name  string
	o     keyboard.Options
	mode  keyboard.Mode
	press []string // names of keys, in Vietnamese and in English
	want  []string
}{
	{name: "viet", mode: keyboard.Viet, want: []string{"ă", "sắc", "nặng", "Cách gõ: Phím có dấu", "dấu cách"}},
	{name: "vni", mode: keyboard.VNI, want: []string{"1", "6", "0", "Cách gõ: VNI", "dấu cách"}},
	{name: "english", mode: keyboard.English, want: []string{"1", "q", "/", "Cách gõ: Tiếng Anh", "dấu cách"}},
	{name: "number", mode: keyboard.Number, want: []string{"1", "0", "+", "Xoá hết", "abc", "dấu cách"}},
	{name: "digits", o: keyboard.Options{Input: keyboard.Digits, Accept: kit.Digits}, mode: keyboard.Number, want: []string{"1", "0", "Xoá hết"}},
	{name: "email", mode: keyboard.Email, want: []string{"@", "@gmail.com", ".vn", ".com", "_", "7"}},
	{name: "signs", mode: keyboard.Telex, press: []string{"123"}, want: []string{"@gmail.com", "%", "°", "abc"}},
	{name: "modes", mode: keyboard.Telex, press: []string{"Cách gõ", "Typing"}, want: []string{"Phím có dấu", "Telex", "VNI", "Tiếng Anh", "Chữ số", "Thư điện tử"}},
}

func at(i int) func(*kit.Env) (*keyboard.Board, *kit.Field) {
	l := layouts[i]
	return func(env *kit.Env) (*keyboard.Board, *kit.Field) {
		f := kit.NewField(env, kit.FieldSpec{Label: "Chỗ điền", Accept: l.o.Accept})
		b := keyboard.New(env, f, l.o)
		b.SetMode(l.mode)
		for _, name := range l.press {
			if k := kit.Find(kit.Col(0, b.Tray(), b.Bottom()), name); k != nil {
				k.Tapped(nil)
			}
		}
		return b, f
	}
}

func screenOf(build func(*kit.Env) (*keyboard.Board, *kit.Field)) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		do := func() {}
		b, f := build(env)
		return kit.NewFrame(env, kit.FrameSpec{Steps: &kit.StepsSpec{Now: 3, Sub: env.T("app.question", "n", 2, "of", 9)}, Title: "Xin ghi vào ô dưới đây",
			Body: f, Keyboard: b, Back: &kit.Action{Text: env.T("app.previous"), Icon: "left", Do: do}, Main: kit.MainAction(env.T("app.next"), do)})
	}
}

// keysOf is a keyboard alone on its ground, with room above for what stands
// out of it.
func keysOf(env *kit.Env, b *keyboard.Board) (fyne.CanvasObject, kit.Size) {
	const above, between = 108, 12
	size := kit.Size{W: env.Size.W, H: above + b.Height() + between + 64 + between, Class: env.Size.Class}
	row := float32(566) // what Back and Main leave at 1280
	if env.IsPortrait() {
		row = env.Width()
	}
	return kit.Abs(kit.Spot{W: size.W, H: size.H, Obj: kit.Block(env.Pal().Sunk)},
		kit.Spot{Y: above, W: size.W, H: b.Height(), Obj: b.Tray()},
		kit.Spot{X: (size.W - row) / 2, Y: above + b.Height() + between, W: row, H: 64, Obj: b.Bottom()}), size
}

// TestLayouts compares every layout in every size, and asserts on whole
// screens that all fits and can be reached.
func TestLayouts(t *testing.T) {
	cases := append(append([]golden.Case(nil), golden.Cases...), golden.Wide)
	for i, l := range layouts {
		for _, c := range cases {
			if c.Lang == "en" && l.name != "modes" && l.name != "number" { // the others hold few words
				continue
			}
			t.Run(l.name+"-"+c.Name, func(t *testing.T) {
				env := c.Env(t)
				b, _ := at(i)(env)
				obj, size := keysOf(env, b)
				golden.Check(t, "keys-"+l.name+"-"+c.Name, obj, size)
				if c.Lang == "vi" {
					golden.Texts(t, obj, l.want...)
				}
				golden.Inside(t, obj)
			})
		}
		golden.State(t, "keys-"+l.name, screenOf(at(i)))
	}
}

// TestPressedLook is a finger on a key of the first row, and shift locked.
func TestPressedLook(t *testing.T) {
	for _, c := range []golden.Case{golden.Cases[0], golden.Cases[3]} {
		t.Run(c.Name, func(t *testing.T) {
			env := c.Env(t)
			f := kit.NewField(env, kit.FieldSpec{Label: "Chỗ điền"})
			b := keyboard.New(env, f, keyboard.Options{})
			obj, size := keysOf(env, b)
			obj.Resize(fyne.NewSize(size.W, size.H))
			press(t, obj, "chữ hoa", "chữ hoa")
			kit.Find(obj, "Q").(*kit.Key).MouseDown(&desktop.MouseEvent{})
			golden.Check(t, "keys-pressed-"+c.Name, obj, size)
		})
	}
}
