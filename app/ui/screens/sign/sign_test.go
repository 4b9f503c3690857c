package sign_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/sign"
)

func sample(env *kit.Env) sign.Model {
	m := sign.Model{Who: "H’ Bia Niê", What: "Cấp bản sao trích lục hộ tịch", To: "Uỷ ban nhân dân phường Buôn Ma Thuột", Declared: true}
	if env.Words.Lang() == "en" {
		m.What, m.To = "Copy of a civil status extract", "People's Committee of Buôn Ma Thuột ward"
	}
	return m
}

func long(env *kit.Env) sign.Model {
	return sign.Model{Who: "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân", To: "Uỷ ban nhân dân phường Buôn Ma Thuột",
		What: "Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới"}
}

func screen(model func(*kit.Env) sign.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return sign.New(env, model(env), sign.Actions{Back: func() {}, Declare: func() {}, Submit: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "sign", screen(sample), "Xin cam đoan và nộp", "H’ Bia Niê", "Tôi đã đọc và cam đoan", "Bấm “Nộp hồ sơ” thì hồ sơ được niêm phong và lưu an toàn ngay.", "Nộp hồ sơ")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "sign-long", screen(long), "Xin đánh dấu cam đoan")
	golden.State(t, "sign-problem", screen(func(env *kit.Env) sign.Model {
		m := long(env)
		m.Problem = golden.Longest(env)
		return m
	}))
	golden.State(t, "sign-busy", screen(func(env *kit.Env) sign.Model { return sign.Model{Busy: true} }), "Đang niêm phong và lưu hồ sơ…")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	a := sign.Actions{Back: func() { did = "back" }, Declare: func() { did = "declare" }, Submit: func() { did = "submit" }}
	obj := sign.New(env, sample(env), a)
	for name, want := range map[string]string{"Quay lại": "back", "Tôi đã đọc và cam đoan": "declare", "Nộp hồ sơ": "submit"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	golden.Off(t, sign.New(env, long(env), a), "Xin đánh dấu cam đoan")
	busy := sign.New(env, sign.Model{Busy: true}, a)
	for _, c := range kit.Controls(busy) {
		switch c.AccessibleName() {
		case "Nghe", "English", "Trợ giúp":
		default:
			t.Errorf("%q can be pressed while the dossier is being kept", c.AccessibleName())
		}
	}
}
