package paperout_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/paperout"
)

// payload is as long as a slip's own.
const payload = "HTTPS://HOSO.DAKLAK.GOV.VN/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDINRYHI6D4QCCIRDEQSSMJZIFEVCWLBNFYXTAMJSGM2DKNRXHA4TUOZ4#GE3DMNZYHE2TQMBR"

func screen(change func(*paperout.Model)) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		env.Status.Printer = kit.PrinterOut
		m := paperout.Model{Station: "Hoà Phú", Slip: "DL27-000318-K", At: "09:41", QR: payload}
		change(&m)
		return paperout.New(env, m, paperout.Actions{Leave: func() {}, Call: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "paperout", screen(func(*paperout.Model) {}), "Hồ sơ đã nhận – xin đợi thay giấy in", "Hồ sơ đã lưu an toàn", "Máy in hết giấy khi đang in phiếu",
		"Xin ông/bà đừng rời máy.", "DL27-000318-K", "Không đợi được", "Gọi giao dịch viên")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "paperout-cover", screen(func(m *paperout.Model) { m.Why, m.Called = paperout.Cover, true }), "Nắp máy in đang mở", "Đã ghi lời gọi")
	golden.State(t, "paperout-down", screen(func(m *paperout.Model) { m.Why, m.QR = paperout.Down, "" }), "Máy in không trả lời", "Phiếu in ra ngay khi máy in chạy lại.")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := paperout.New(env, paperout.Model{QR: payload}, paperout.Actions{Leave: func() { did = "leave" }, Call: func() { did = "call" }})
	for name, want := range map[string]string{"Không đợi được": "leave", "Gọi giao dịch viên": "call"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	golden.Off(t, paperout.New(env, paperout.Model{Called: true}, paperout.Actions{}), "Đã ghi lời gọi")
}
