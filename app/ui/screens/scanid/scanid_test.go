package scanid_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/scanid"
)

func screen(m scanid.Model, a scanid.Actions) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		env.Status.Scanner = kit.ScannerOn
		return scanid.New(env, m, a)
	}
}

func pressable() scanid.Actions { return scanid.Actions{Back: func() {}, Type: func() {}} }

func TestLook(t *testing.T) {
	golden.Screen(t, "card", screen(scanid.Model{Want: scanid.Card}, pressable()),
		"Đưa thẻ căn cước đến trước ô quét", "Quay mặt có mã QR về ô quét", "Đèn quét đang bật", "Nhập số, không quét")
}

func TestOtherStates(t *testing.T) {
	env := golden.Cases[0].Env(t)
	golden.Texts(t, screen(scanid.Model{Want: scanid.Collect}, pressable())(env), "Nhận kết quả", "Đưa phiếu gửi đến trước ô quét")
	golden.Texts(t, screen(scanid.Model{Want: scanid.Card, Down: true}, pressable())(env), "Ông/bà có thể nhập số thay cho quét")
	golden.State(t, "scanid-problem", func(env *kit.Env) fyne.CanvasObject {
		return screen(scanid.Model{Want: scanid.Track, Problem: golden.Longest(env)}, pressable())(env)
	}, "Máy")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := scanid.New(env, scanid.Model{}, scanid.Actions{Back: func() { did = "back" }, Type: func() { did = "type" }})
	for name, want := range map[string]string{"Quay lại": "back", "Nhập số, không quét": "type"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
