package ask_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/ask"
)

func name(env *kit.Env) ask.Model {
	m := ask.Model{Steps: &kit.StepsSpec{Now: 3, Sub: env.T("app.question", "n", 2, "of", 9)}, Title: "Người được cấp trích lục tên là gì?",
		Help: "Ghi họ, chữ đệm, tên như trong giấy tờ hộ tịch.", Text: "Y Khôi Niê", Keys: keyboard.Options{Capitals: keyboard.WordCapitals},
		Private: true, Suggest: []string{"H’ Bia Niê"}, Icons: "card", BackTo: env.T("app.previous"), Empty: env.T("form.answer-first")}
	if env.Words.Lang() == "en" {
		m.Title, m.Help = "Whose extract is it?", "Write the full name as in the civil status paper."
	}
	return m
}

func address(env *kit.Env) ask.Model {
	m := name(env)
	m.Title = "Người được cấp trích lục hiện đang ở đâu, hoặc trước khi mất đã ở đâu?"
	m.Help = "Không bắt buộc. Số nhà, đường hoặc thôn, buôn; xã, phường; tỉnh. Nếu không nhớ tên xã cũ thì ghi tên xã bây giờ."
	m.Text = ""
	m.Suggest = []string{"Số 12 đường Nguyễn Thị Minh Khai, tổ dân phố 7, phường Buôn Ma Thuột, tỉnh Đắk Lắk"}
	return m
}

func screen(model func(*kit.Env) ask.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return ask.New(env, model(env), ask.Actions{Back: func() {}, Next: func() {}, Changed: func(string) {}, Masked: func(bool) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "name", screen(name), "Người được cấp trích lục tên là gì?", "Y Khôi Niê", "Che chữ", "H’ Bia Niê", "Câu sau", "Câu trước")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "ask-address", screen(address), "Xin trả lời")
	golden.State(t, "ask-problem", screen(func(env *kit.Env) ask.Model {
		m := address(env)
		m.Text, m.Problem = "Số 12 đường Nguyễn Thị Minh Khai, tổ dân phố 7, phường Buôn Ma Thuột, tỉnh Đắk Lắk", golden.Longest(env)
		return m
	}))
	golden.State(t, "ask-number", screen(func(env *kit.Env) ask.Model {
		return ask.Model{Steps: &kit.StepsSpec{Now: 1}, Title: env.T("typeid.title"), Label: env.T("typeid.number"), Help: env.T("typeid.help"),
			Keys: keyboard.Options{Input: keyboard.Digits}, Accept: kit.Digits, Max: 12, Private: true, Masked: true, Text: "066190000123",
			Next: env.T("app.continue"), Problem: golden.Longest(env)}
	}), "Số căn cước")
	golden.State(t, "ask-slip", screen(func(env *kit.Env) ask.Model {
		return ask.Model{Brand: env.T("timeline.brand"), Title: env.T("typeid.slip-title"), Label: env.T("typeid.slip"),
			Help: env.T("typeid.slip-help", "example", "DL27-000318-K"), Max: 24, Next: env.T("app.continue"), Empty: env.T("form.answer-first")}
	}), "Số phiếu hoặc mã hồ sơ là gì?", "Tra cứu hồ sơ")
}

func TestTypingAndPressing(t *testing.T) {
	var did, typed string
	masked := false
	env := golden.Cases[0].Env(t)
	m := name(env)
	m.Text = ""
	obj := ask.New(env, m, ask.Actions{Back: func() { did = "back" }, Next: func() { did = "next" },
		Changed: func(s string) { typed = s }, Masked: func(on bool) { masked = on }})
	golden.Render(t, obj, kit.Size1280)
	golden.Off(t, obj, "Xin trả lời")
	golden.Press(t, obj, "Y")
	if typed != "Y" {
		t.Errorf("typed %q", typed)
	}
	golden.Press(t, obj, "Câu sau")
	if did != "next" {
		t.Errorf("did %q", did)
	}
	golden.Press(t, obj, "Câu trước")
	if did != "back" {
		t.Errorf("did %q", did)
	}
	golden.Press(t, obj, "H’ Bia Niê")
	if typed != "H’ Bia Niê" {
		t.Errorf("the suggestion typed %q", typed)
	}
	golden.Press(t, obj, "Che chữ")
	if !masked {
		t.Error("nobody was told that the answer is hidden")
	}
	golden.Press(t, obj, "Hiện chữ")
	if masked {
		t.Error("nobody was told that the answer is shown")
	}
}
