package resume_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/resume"
)

const alphabet = "23456789ACEFHJKMNPRTVWXY"

func screen(model func(*kit.Env) resume.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		m := model(env)
		m.Alphabet, m.Length = alphabet, 4
		return resume.New(env, m, resume.Actions{Back: func() {}, Anew: func() {}, Changed: func(string) {}, Next: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "resume", screen(func(*kit.Env) resume.Model { return resume.Model{Text: "7K"} }),
		"Làm tiếp hồ sơ đang dở?", "Làm hồ sơ mới", "Xin nhập đủ 4 ký tự", "7K")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "resume-problem", screen(func(env *kit.Env) resume.Model {
		return resume.Model{Problem: env.T("visit.draft-code", "n", 2)}
	}))
	golden.State(t, "resume-longest", screen(func(env *kit.Env) resume.Model { return resume.Model{Problem: golden.Longest(env)} }))
	golden.State(t, "resume-gone", screen(func(env *kit.Env) resume.Model {
		return resume.Model{Gone: true, Problem: env.T("visit.draft-submitted")}
	}))
}

func TestTyping(t *testing.T) {
	env := golden.Cases[0].Env(t)
	typed, nexts, anew := "", 0, 0
	m := resume.Model{Alphabet: alphabet, Length: 4}
	a := resume.Actions{Back: func() {}, Anew: func() { anew++ }, Changed: func(s string) { typed = s }, Next: func() { nexts++ }}
	obj := resume.New(env, m, a)
	golden.Render(t, obj, kit.Size1280)
	for _, k := range strings.Split("7KX", "") {
		golden.Press(t, obj, k)
	}
	golden.Press(t, obj, env.T("keyboard.erase"))
	golden.Press(t, obj, "F")
	golden.Off(t, obj, "Xin nhập đủ 4 ký tự")
	golden.Press(t, obj, "2")
	golden.Press(t, obj, "Làm tiếp")
	golden.Press(t, obj, "Làm hồ sơ mới")
	if typed != "7KF2" || nexts != 1 || anew != 1 {
		t.Errorf("typed %q, %d times on, %d times anew", typed, nexts, anew)
	}
	m.Text, m.Busy = "7KF2", true
	golden.Off(t, resume.New(env, m, a), "Xin nhập đủ 4 ký tự")
}
