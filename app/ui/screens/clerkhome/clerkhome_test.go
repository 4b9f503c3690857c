package clerkhome_test

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/clerkhome"
	"tramhoso/app/upkeep"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
)

func row(env *kit.Env, slip, title, name string, s clerkhome.State) clerkhome.Row {
	return clerkhome.Row{Packet: slip, State: s, Text: env.T("clerkhome.row", "slip", slip, "title", title), Second: env.T("clerkhome.row-note", "name", name, "last4", "0123")}
}

func sample(env *kit.Env) clerkhome.Model {
	titles := [2]string{"Cấp bản sao trích lục hộ tịch", "Cấp giấy xác nhận tình trạng hôn nhân"}
	if env.Words.Lang() == "en" {
		titles = [2]string{"Copy of a civil status extract", "Certificate of marital status"}
	}
	return clerkhome.Model{Station: "Hoà Phú", Staff: kit.Staff{Who: "Trần Thị Hoa", Lock: func() {}},
		Rows: []clerkhome.Row{
			row(env, "DL27-000311-P", titles[0], "H’ Bia Niê", clerkhome.Ready),
			row(env, "DL27-000314-A", titles[1], "Y Thuận Êban", clerkhome.Supplement),
			row(env, "DL27-000318-K", titles[0], "Nguyễn Hoàng Thuỵ Khánh Nguyên Phượng", clerkhome.Unsent),
			row(env, "DL27-000317-M", titles[1], "Y Khôi Niê", clerkhome.Waiting),
		},
		Asks: []clerkhome.Ask{
			{Icon: "bell", Text: env.T("clerkhome.called"), Second: env.T("clerkhome.called-note", "clock", "09:40")},
			{ID: "7", Icon: "printer", Text: env.T("clerkhome.slip-asked", "slip", "DL27-000318-K"), Yes: env.T("clerkhome.slip-yes"), No: env.T("clerkhome.slip-no"),
				Second: env.T("clerkhome.asked-far", "when", env.T("timeline.today", "clock", "09:41"), "band", 3, "bands", 12)},
		}}
}

func many(env *kit.Env) clerkhome.Model {
	m := sample(env)
	for i := range 20 {
		s := []clerkhome.State{clerkhome.Payment, clerkhome.Stopped, clerkhome.Done, clerkhome.Waiting}[i%4]
		m.Rows = append(m.Rows, row(env, fmt.Sprintf("DL27-0004%02d-K", i), "Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới", "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân", s))
		m.Asks = append(m.Asks, clerkhome.Ask{ID: fmt.Sprint(i), Icon: "printer", Text: env.T("clerkhome.slip-asked", "slip", fmt.Sprintf("DL27-0004%02d-K", i)), Yes: env.T("clerkhome.slip-yes"), No: env.T("clerkhome.slip-no"),
			Second: env.T("clerkhome.asked-far", "when", env.T("timeline.today", "clock", "09:41"), "band", 3, "bands", 12)})
	}
	m.Problem = golden.Longest(env)
	return m
}

func screen(model func(*kit.Env) clerkhome.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return clerkhome.New(env, model(env), clerkhome.Actions{Open: func(string) {}, Yes: func(string) {}, No: func(string) {}, Look: func(string) {}, Next: func() {}, Find: func() {}, Back: func() {}, Slip: "DL27-000311-P"})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "clerk-paused", screen(waits(pausing(bothWait))), "Đang chờ, vì: trạm được cho tạm ngừng gửi đến 14:00.")
	golden.Screen(t, "clerk-queue", screen(waits(bothWait)), "3 gói tin và 2 tệp đính kèm chờ gửi, lâu nhất đã 2 giờ", "Sẽ gửi lại sau 40 giây, vì: cổng của tỉnh xin tạm nghỉ.")
	golden.Screen(t, "clerk-aside", screen(aside), "Phiếu DL27-000318-K: cổng của tỉnh để riêng", "Thủ tục này đã thôi nhận. Cán bộ tỉnh sẽ xem.")
	golden.Screen(t, "clerk", screen(sample), "Quầy giao dịch Hoà Phú", "Trần Thị Hoa", "DL27-000311-P – Cấp bản sao trích lục hộ tịch", "Có kết quả", "Cần lưu ý", "Có người gọi giúp",
		"Tìm hồ sơ", "Trao kết quả: DL27-000311-P")
}

// aside is a counter with everything that the portal can set aside or refuse.
func aside(env *kit.Env) clerkhome.Model {
	m := sample(env)
	m.Rows[2].State = clerkhome.Withdrawn
	m.Asks = nil
	note := func(what, why string) {
		m.Asks = append(m.Asks, clerkhome.Ask{Icon: "warn", Text: env.T(what, "slip", "DL27-000318-K", "n", "1.234.567"), Second: env.T(why)})
	}
	note("clerkhome.aside", "clerkhome.aside-procedure-withdrawn")
	m.Asks[0].Open = "DL27-000318-K"
	note("clerkhome.refused", "clerkhome.refused-given-up")
	note("clerkhome.refused-none", "clerkhome.refused-why")
	for _, why := range dossier.Asides {
		note("clerkhome.aside-none", "clerkhome.aside-"+string(why))
	}
	note("clerkhome.aside", "clerkhome.aside-other")
	return m
}

// waits is a counter with one note about what waits.
func waits(s upkeep.Sending) func(*kit.Env) clerkhome.Model {
	return func(env *kit.Env) clerkhome.Model {
		m := sample(env)
		what, why := s.Say(env.Words)
		m.Asks = append([]clerkhome.Ask{{Icon: "tray", Text: what, Second: why}}, m.Asks[1])
		return m
	}
}

var bothWait = upkeep.Sending{Waiting: 3, Files: 2, Age: 2 * time.Hour, In: 35 * time.Second, Why: string(outbox.WhyBusy)}

// pausing is until the afternoon of the goldens' day.
func pausing(s upkeep.Sending) upkeep.Sending {
	s.Why, s.FileWhy, s.Now, s.Until = string(outbox.WhyPaused), string(outbox.WhyPaused), golden.Moment, golden.Moment.Add(4*time.Hour+36*time.Minute)
	return s
}

// worst is a counter that reads every sentence about what waits, with the longest
// numbers.
func worst(env *kit.Env) clerkhome.Model {
	m := sample(env)
	m.Asks = nil
	note := func(s upkeep.Sending) {
		s.Now, s.Until = golden.Moment, upkeep.Morning(golden.Moment)
		what, why := s.Say(env.Words)
		m.Asks = append(m.Asks, clerkhome.Ask{Icon: "tray", Text: what, Second: why})
	}
	note(upkeep.Sending{})
	for _, why := range outbox.Whys {
		s := upkeep.Sending{Waiting: 888_888, Age: 888 * 24 * time.Hour, In: 50 * time.Minute, Why: string(why)}
		note(s)
		s.In, s.Files, s.FileWhy = 0, 888_888, string(outbox.WhyMetered)
		note(s)
		note(upkeep.Sending{Files: 888_888, FileWhy: string(why), FileIn: 47 * time.Hour})
	}
	return m
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "clerkhome-queue", screen(worst))
	golden.State(t, "clerkhome-aside", screen(aside), "Phiếu DL27-000318-K: cổng của tỉnh để riêng", "Thủ tục này đã thôi nhận. Cán bộ tỉnh sẽ xem.", "Đã rút")
	golden.State(t, "clerkhome-many", screen(many))
	golden.State(t, "clerkhome-found", screen(func(env *kit.Env) clerkhome.Model {
		m := sample(env)
		m.Found = true
		return m
	}), "Hồ sơ của thẻ hoặc mã vừa tìm", "Quay lại")
	golden.State(t, "clerkhome-nothing", func(env *kit.Env) fyne.CanvasObject {
		return clerkhome.New(env, clerkhome.Model{Station: "Điểm Bưu điện – Văn hoá xã Hoà Phú", Staff: kit.Staff{Lock: func() {}}}, clerkhome.Actions{})
	}, "Chưa có hồ sơ nào ở trạm này.", "Không có việc gì cần lưu ý.")
}

func withStick(env *kit.Env) clerkhome.Model {
	m := sample(env)
	m.Asks = append([]clerkhome.Ask{{Icon: "usb", Text: env.T("clerkhome.stick"), Second: env.T("clerkhome.stick-note")}}, m.Asks...)
	return m
}

func TestWithAStick(t *testing.T) {
	golden.State(t, "clerkhome-stick", func(env *kit.Env) fyne.CanvasObject {
		return clerkhome.New(env, withStick(env), clerkhome.Actions{Next: func() {}, Find: func() {}, Slip: "DL27-000311-P", Carry: func() {}})
	}, "Mang đi bằng USB", "Có USB trong trạm")
	golden.Screen(t, "clerk-stick", func(env *kit.Env) fyne.CanvasObject {
		return clerkhome.New(env, withStick(env), clerkhome.Actions{Next: func() {}, Find: func() {}, Slip: "DL27-000311-P", Carry: func() {}})
	}, "Mang đi bằng USB", "Có USB trong trạm", "Xin bấm “Mang đi bằng USB” để lấy tin về và chép gói tin chờ gửi.")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := clerkhome.New(env, sample(env), clerkhome.Actions{Open: func(p string) { did = "open " + p }, Yes: func(id string) { did = "yes " + id },
		No: func(id string) { did = "no " + id }, Look: func(id string) { did = "look " + id }, Next: func() { did = "next" }, Find: func() { did = "find" }, Slip: "DL27-000311-P"})
	golden.Render(t, obj, kit.Size1280)
	set := clerkhome.New(env, aside(env), clerkhome.Actions{Open: func(p string) { did = "open " + p }})
	golden.Render(t, set, kit.Size1280)
	if golden.Press(t, set, "Xem hồ sơ DL27-000318-K"); did != "open DL27-000318-K" {
		t.Errorf("did %q", did)
	}
	for name, want := range map[string]string{"DL27-000314-A": "open DL27-000314-A", "Đã ra": "yes 7", "Chưa, in lại": "no 7", "Xem giấy": "look 7", "Trao kết quả: DL27-000311-P": "next", "Tìm hồ sơ": "find"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
