package paperout_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/paperout"
	"tramhoso/assets"
)

// payload is as long as a slip's own.
const payload = "HTTPS://HOSO.DAKLAK.GOV.VN/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDINRYHI6D4QCCIRDEQSSMJZIFEVCWLBNFYXTAMJSGM2DKNRXHA4TUOZ4#GE3DMNZYHE2TQMBR"

// strip is what the status line says of the printer meanwhile.
var strip = map[paperout.Why]kit.PrinterState{
	paperout.Paper: kit.PrinterOut, paperout.Cover: kit.PrinterCover,
	paperout.Cutter: kit.PrinterFault, paperout.Hot: kit.PrinterFault, paperout.Hardware: kit.PrinterFault, paperout.Offline: kit.PrinterFault,
	paperout.Unplugged: kit.PrinterDown, paperout.Silent: kit.PrinterUnknown, paperout.Power: kit.PrinterReady, paperout.Journal: kit.PrinterReady,
}

func screen(change func(*paperout.Model)) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		m := paperout.Model{Station: "Hoà Phú", Slip: "DL27-000318-K", At: "09:41", QR: payload, Why: paperout.Paper, Begun: true}
		change(&m)
		env.Status.Printer = strip[m.Why]
		return paperout.New(env, m, paperout.Actions{Leave: func() {}, Call: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "paperout", screen(func(*paperout.Model) {}), "Hồ sơ đã nhận – xin đợi thay giấy in", "Hồ sơ đã lưu an toàn", "Máy in hết giấy khi đang in phiếu",
		"Xin ông/bà đừng rời máy.", "DL27-000318-K", "Không đợi được", "Gọi giao dịch viên")
}

func TestOtherStates(t *testing.T) {
	for why, want := range map[paperout.Why][]string{
		paperout.Cover:     {"Nắp máy in đang mở", "đóng nắp"},
		paperout.Cutter:    {"Máy in đang báo lỗi", "Giấy kẹt ở dao cắt", "gỡ giấy kẹt"},
		paperout.Hot:       {"Máy in đang báo lỗi", "Máy in nóng, tự in tiếp", "Không phải làm gì"},
		paperout.Hardware:  {"Máy in đang báo lỗi", "Máy in báo hỏng", "tắt máy in, đợi 10 giây"},
		paperout.Offline:   {"Máy in đang tạm dừng", "xem đèn báo"},
		paperout.Unplugged: {"Máy in mất kết nối", "cắm lại dây"},
		paperout.Silent:    {"Máy in không trả lời", "tắt rồi bật lại", "Phiếu in ra ngay khi máy in chạy lại."},
		paperout.Power:     {"Máy in vừa tắt rồi bật lại", "Không phải làm gì"},
		paperout.Journal:   {"Trạm chưa ghi nhớ được", "kỹ thuật viên"},
	} {
		golden.State(t, "paperout-"+string(why), screen(func(m *paperout.Model) { m.Why, m.Called = why, why == paperout.Cover }), want...)
	}
	for _, why := range []paperout.Why{paperout.Cutter, paperout.Hot, paperout.Hardware, paperout.Unplugged} {
		c := golden.Cases[0]
		t.Run(string(why), func(t *testing.T) {
			golden.Check(t, "paperout-"+string(why)+"-"+c.Name, screen(func(m *paperout.Model) { m.Why = why })(c.Env(t)), c.Size)
		})
	}
	golden.State(t, "paperout-first", screen(func(m *paperout.Model) { m.Begun, m.QR = false, "" }), "Phiếu sẽ tự in ra trọn vẹn", "Chưa có phần nào in ra.")
}

// Every reason has its own sentence and its own way back, in every language.
func TestEveryReasonHasItsWords(t *testing.T) {
	for _, lang := range assets.Languages {
		w, err := assets.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]paperout.Why{}
		for _, why := range paperout.Whys {
			for _, key := range []string{why.Word(), why.WayBack()} {
				if !w.Has(key) {
					t.Errorf("%s: %q is missing", lang, key)
				} else if other, twice := said[w.T(key)]; twice {
					t.Errorf("%s: %s and %s both say %q", lang, other, why, w.T(key))
				}
				said[w.T(key)] = why
			}
		}
	}
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := paperout.New(env, paperout.Model{QR: payload, Why: paperout.Paper}, paperout.Actions{Leave: func() { did = "leave" }, Call: func() { did = "call" }})
	for name, want := range map[string]string{"Không đợi được": "leave", "Gọi giao dịch viên": "call"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	golden.Off(t, paperout.New(env, paperout.Model{Called: true, Why: paperout.Paper}, paperout.Actions{}), "Đã ghi lời gọi")
}
