package submitted_test

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/submitted"
)

// slip is a slip as the printer draws it: the golden picture of the paper.
func slip(t testing.TB) image.Image {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "paper", "testdata", "slip.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func screen(t testing.TB, change func(*kit.Env, *submitted.Model)) func(*kit.Env) fyne.CanvasObject {
	paper := slip(t)
	return func(env *kit.Env) fyne.CanvasObject {
		m := submitted.Model{Station: "Điểm Hoà Phú", Agency: "Uỷ ban nhân dân phường Buôn Ma Thuột", At: "09:41", Slip: "DL27-000318-K", Paper: paper, Print: submitted.Printed}
		if env.Words.Lang() == "en" {
			m.Station, m.Agency = "Hoà Phú", "People's Committee of Buôn Ma Thuột ward"
		}
		if change != nil {
			change(env, &m)
		}
		return submitted.New(env, m, submitted.Actions{Reprint: func() {}, Done: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "offline", screen(t, nil), "Đã nhận tại điểm này", "Chưa phải xác nhận của cơ quan", "Giữ kỹ phiếu này. Số phiếu: DL27-000318-K.",
		"Khi có mạng, hồ sơ tự gửi đến Uỷ ban nhân dân phường Buôn Ma Thuột.", "Phiếu đã in xong", "In lại phiếu", "Tôi đã cầm phiếu")
}

func TestOtherStates(t *testing.T) {
	for name, p := range map[string]submitted.Print{"waiting": submitted.Waiting, "probably": submitted.Probably, "unknown": submitted.Unknown, "failed": submitted.Failed} {
		golden.State(t, "submitted-"+name, screen(t, func(_ *kit.Env, m *submitted.Model) {
			m.Print, m.Online, m.Notified = p, true, true
			if p == submitted.Waiting {
				m.Paper = nil
			}
		}), "Hồ sơ đang được gửi đến", "chúng tôi báo tin cho ông/bà")
	}
	golden.State(t, "submitted-long", screen(t, func(_ *kit.Env, m *submitted.Model) {
		m.Agency = "Phòng Kinh tế, Hạ tầng và Đô thị, Uỷ ban nhân dân phường Buôn Ma Thuột"
	}))
}

// The declaration on paper stands beside the reprint; once it is sent, its place
// says how it is.
func TestDeclaration(t *testing.T) {
	with := func(d submitted.Declaration) func(*kit.Env) fyne.CanvasObject {
		return screen(t, func(_ *kit.Env, m *submitted.Model) { m.Declaration = d })
	}
	golden.Screen(t, "declaration", with(submitted.DeclarationOffered), "In lại phiếu", "Tôi đã cầm phiếu", "In tờ khai để ký")
	golden.State(t, "submitted-declaration-waiting", with(submitted.DeclarationWaiting), "In lại phiếu", "Máy in tờ khai đang chờ")
	var did int
	env := golden.Cases[0].Env(t)
	for d, name := range map[submitted.Declaration]string{submitted.DeclarationOffered: "In tờ khai để ký", submitted.DeclarationTrouble: "In lại tờ khai"} {
		golden.Press(t, submitted.New(env, submitted.Model{Print: submitted.Printed, Declaration: d}, submitted.Actions{Declare: func() { did++ }}), name)
	}
	if did != 2 {
		t.Errorf("pressed %d times", did)
	}
	for d, name := range map[submitted.Declaration]string{submitted.DeclarationPrinting: "Đang in tờ khai…", submitted.DeclarationPrinted: "Tờ khai đã in xong",
		submitted.DeclarationHelp: "Hỏi giao dịch viên về tờ khai"} {
		if c := kit.Find(submitted.New(env, submitted.Model{Print: submitted.Printed, Declaration: d}, submitted.Actions{}), name); c == nil || c.Enabled() {
			t.Errorf("%q can be pressed, or is not there", name)
		}
	}
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	a := submitted.Actions{Reprint: func() { did = "reprint" }, Done: func() { did = "done" }}
	obj := submitted.New(env, submitted.Model{Print: submitted.Unknown}, a)
	for name, want := range map[string]string{"In lại phiếu": "reprint", "Tôi đã cầm phiếu": "done"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	if c := kit.Find(submitted.New(env, submitted.Model{Print: submitted.Sending}, a), "In lại phiếu"); c != nil {
		t.Error("a slip that is being printed can be reprinted")
	}
}
