package home

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
)

var model = Model{Station: "Điểm Bưu điện – Văn hoá xã Hoà Phú"}

func actions(pressed *[]string) Actions {
	note := func(s string) func() { return func() { *pressed = append(*pressed, s) } }
	return Actions{Submit: note("submit"), Lookup: note("lookup"), Collect: note("collect"), Browse: note("browse"), Rate: note("rate"), Adjust: note("adjust")}
}

func TestLook(t *testing.T) {
	cases := append(append([]golden.Case(nil), golden.Cases...), golden.Wide, golden.Reach)
	golden.Run(t, "home", cases, func(env *kit.Env) fyne.CanvasObject {
		var p []string
		return New(env, model, actions(&p))
	}, "Hôm nay ông/bà cần làm gì?", "Nộp hồ sơ", "Tra cứu hồ sơ", "Nhận kết quả", "Xem thủ tục", "Đánh giá, góp ý", "Trạm Hồ Sơ", "Trợ giúp")
}

func TestShowsPlaceAndTime(t *testing.T) {
	env := golden.Cases[0].Env(t)
	var p []string
	golden.Texts(t, New(env, model, actions(&p)), model.Station, "Thứ Ba, 14/07/2026 – 09:24", "3 hồ sơ chờ gửi")
}

func TestClosedLook(t *testing.T) {
	env := golden.Cases[0].Env(t)
	env.Status = kit.Status{Net: kit.NetClosed, Printer: kit.PrinterLow, Dossiers: 12, Waiting: 14}
	m := model
	m.NoSubmit, m.NoCollect = true, true
	var p []string
	obj := New(env, m, actions(&p))
	golden.Check(t, "home-closed", obj, env.Size)
	golden.Texts(t, obj, "Tạm chưa nhận", "Máy in sắp hết giấy")
	kit.Find(obj, "Nộp hồ sơ").Tapped(nil)
	if strings.Join(p, " ") != "submit" {
		t.Errorf("a closed way does not open: %v", p)
	}
}

// A station that cannot open its storage says why before anything else, and claims
// nothing of its network or its queue.
func TestUnknownLook(t *testing.T) {
	golden.Screen(t, "home-unknown", func(env *kit.Env) fyne.CanvasObject {
		env.Status = kit.Status{Net: kit.NetUnknown, NoQueue: true}
		m := model
		m.NoSubmit, m.NoLookup, m.NoCollect, m.NoBrowse, m.NoRate = true, true, true, true, true
		m.Closed = env.T("home.closed", "why", env.T("visit.reason-storage-in-use"))
		var p []string
		return New(env, m, actions(&p))
	}, "Chương trình khác đang dùng bộ nhớ của máy. Phiếu vẫn có giá trị, xin hỏi ở quầy.", "Chưa rõ", "Tạm chưa nhận")
}

func TestWays(t *testing.T) {
	for _, c := range append(append([]golden.Case(nil), golden.Cases...), golden.Reach) {
		env := c.Env(t)
		var p []string
		obj := New(env, model, actions(&p))
		for _, k := range []string{"home.submit", "home.lookup", "home.collect", "home.browse", "home.rate"} {
			kit.Find(obj, env.T(k)).Tapped(nil)
		}
		if got := strings.Join(p, " "); got != "submit lookup collect browse rate" {
			t.Errorf("%s: %s", c.Name, got)
		}
	}
}
