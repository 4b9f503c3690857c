package paperasked_test

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/paperasked"
)

// slip stands for the drawing of a paper: its lines and its code.
func slip() image.Image {
	img := image.NewGray(image.Rect(0, 0, 576, 1100))
	for y := range 1100 {
		for x := range 576 {
			line := y%44 < 16 && x > 30 && x < 300+(y*37)%250
			code := y > 820 && y < 1060 && x > 30 && x < 270 && (x/12+y/12+x*y/997)%2 == 0
			if img.SetGray(x, y, color.Gray{255}); line && (y < 800 || x > 300) || code {
				img.SetGray(x, y, color.Gray{0})
			}
		}
	}
	return img
}

func screen(change func(*kit.Env, *paperasked.Model)) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		env.Status.Printer = kit.PrinterUnknown
		m := paperasked.Model{Staff: kit.Staff{Role: env.T("app.clerk"), Who: "Trần Thị Hoa", Lock: func() {}}, Question: env.T("clerkhome.slip-asked", "slip", "DL27-000318-K"),
			When: env.T("paperasked.when", "when", "09:41"), Far: env.T("paperasked.far", "band", 3, "bands", 12),
			Why: env.T("clerkhome.why-restarted"), Paper: slip(), Done: env.T("clerkhome.slip-yes"), Print: env.T("clerkhome.slip-no")}
		change(env, &m)
		return paperasked.New(env, m, paperasked.Actions{Back: func() {}, Done: func() {}, Print: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "paperasked", screen(func(*kit.Env, *paperasked.Model) {}), "Phiếu DL27-000318-K: đã ra chưa?", "Gửi in lúc 09:41", "Đã gửi tới máy in đến phần 3/12",
		"Trạm khởi động lại khi đang in", "Đã ra", "Chưa, in lại")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "paperasked-drawing", screen(func(_ *kit.Env, m *paperasked.Model) { m.Paper, m.Busy = nil, true }), "Đang vẽ lại giấy")
	golden.State(t, "paperasked-missing", screen(func(env *kit.Env, m *paperasked.Model) {
		m.Paper, m.Missing, m.Far = nil, true, ""
		m.Question = env.T("clerkhome.form-unprinted", "slip", "H15.27-260714-0042")
		m.Done, m.Print = env.T("clerkhome.drop"), env.T("clerkhome.print")
	}), "Giấy tiếp nhận H15.27-260714-0042 chưa in được", "Không cần nữa", "In ra")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := paperasked.New(env, paperasked.Model{Done: "Đã ra", Print: "Chưa, in lại"},
		paperasked.Actions{Back: func() { did = "back" }, Done: func() { did = "done" }, Print: func() { did = "print" }})
	for name, want := range map[string]string{"Đã ra": "done", "Chưa, in lại": "print", env.T("app.back"): "back"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	golden.Off(t, paperasked.New(env, paperasked.Model{Done: "Đã ra", Print: "Chưa", Busy: true}, paperasked.Actions{}), "Đã ra")
}
