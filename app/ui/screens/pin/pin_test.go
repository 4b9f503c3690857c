package pin_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/pin"
)

func screen(model func(*kit.Env) pin.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return pin.New(env, model(env), pin.Actions{Back: func() {}, Login: func(string) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "pin", screen(func(*kit.Env) pin.Model { return pin.Model{} }), "Xin nhập mã PIN", "Người khác không nhìn thấy số đã bấm.", "Xin nhập đủ 6 số")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "pin-problem", screen(func(env *kit.Env) pin.Model { return pin.Model{Problem: golden.Longest(env)} }))
}

func TestTyping(t *testing.T) {
	var logins []string
	env := golden.Cases[0].Env(t)
	a := pin.Actions{Back: func() {}, Login: func(s string) { logins = append(logins, s) }}
	obj := pin.New(env, pin.Model{}, a)
	golden.Render(t, obj, kit.Size1280)
	for _, d := range strings.Split("48210", "") {
		golden.Press(t, obj, d)
	}
	golden.Off(t, obj, "Xin nhập đủ 6 số")
	golden.Press(t, obj, "7")
	if all := strings.Join(kit.Texts(obj), " "); strings.Contains(all, "482107") {
		t.Errorf("the PIN can be read: %s", all)
	}
	golden.Press(t, obj, "Đăng nhập")
	if len(logins) != 1 || logins[0] != "482107" {
		t.Errorf("logged in with %q", logins)
	}
	golden.Off(t, pin.New(env, pin.Model{Busy: true}, a), "Xin nhập đủ 6 số")
}
