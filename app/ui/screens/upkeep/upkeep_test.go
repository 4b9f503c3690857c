package upkeep_test

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/upkeep"
	sending "tramhoso/app/upkeep"
)

func sample(env *kit.Env) upkeep.Model {
	checked := env.T("upkeep.tested-ok", "clock", "09:12")
	test := env.T("upkeep.test")
	return upkeep.Model{Staff: kit.Staff{Technician: true, Who: "Lê Văn Dũng", Lock: func() {}}, Version: env.T("upkeep.version", "station", "DL27", "version", "0.1.0"), Broken: 1,
		Pause: &kit.Action{Text: env.T("pause.begin"), Icon: "clock", Do: func() {}},
		Devices: []upkeep.Device{
			{ID: "printer", Icon: "printer", Name: env.T("upkeep.printer"), State: env.T("part.printer-out"), Note: env.T("part.printer-out-note"), Tested: test},
			{ID: "scanner", Icon: "scan", Name: env.T("upkeep.scanner"), State: env.T("part.scanner-ready"), Note: env.T("part.last-scan", "clock", "09:38"), Good: true, Tested: test},
			{ID: "network", Icon: "net", Name: env.T("upkeep.network"), State: env.T("part.net-on"), Note: checked, Good: true, Tested: test},
			{ID: "storage", Icon: "disk", Name: env.T("upkeep.storage"), State: env.T("part.storage-free"), Note: env.T("upkeep.visits-left", "n", 412), Good: true, Tested: test},
			{ID: "clock", Icon: "clock", Name: env.T("upkeep.clock"), State: env.T("upkeep.ready"), Note: env.T("part.clock-system", "clock", "09:40"), Good: true, Tested: test},
			{ID: "enrolment", Icon: "shield", Name: env.T("upkeep.enrolment"), State: env.T("part.enrolled"), Note: env.T("part.enrolled-note", "station", "DL27"), Good: true},
		}}
}

// every is a station with all devices: a printer whose profile is known, an A4
// printer that says nothing, and a battery.
func every(env *kit.Env) upkeep.Model {
	m := sample(env)
	test := env.T("upkeep.test")
	m.Broken = 0
	m.Devices[0] = upkeep.Device{ID: "printer", Icon: "printer", Name: env.T("upkeep.printer"), State: env.T("part.printer-ready"),
		Note: env.T("part.printer-profile", "name", "Epson TM-T82III", "mm", 80), Good: true, Tested: test}
	m.Devices = slices.Insert(m.Devices, 2,
		upkeep.Device{ID: "page", Icon: "doc", Name: env.T("upkeep.page"), State: env.T("part.page-ready"), Note: "HP LaserJet M110w", Good: true, Tested: test},
		upkeep.Device{ID: "power", Icon: "cable", Name: env.T("upkeep.power"), State: env.T("part.power-mains"), Note: env.T("part.power-charge", "n", 96), Good: true, Tested: test})
	return m
}

func screen(model func(*kit.Env) upkeep.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return upkeep.New(env, model(env), upkeep.Actions{Test: func(string) {}, All: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "devices", screen(sample), "Thiết bị: 1 mục cần sửa", "Trạm DL27 – bản 0.1.0", "Lê Văn Dũng", "Máy in phiếu", "Hết giấy", "Xin thay giấy rồi đóng nắp.", "Cho thêm 412 lượt nộp", "Tự kiểm tra tất cả")
}

func TestOtherStates(t *testing.T) {
	golden.Screen(t, "devices-every", screen(every), "Thiết bị của trạm", "Epson TM-T82III, giấy 80 mm", "Máy in giấy A4", "Nguồn điện", "Pin dự phòng 96 %")
	golden.State(t, "upkeep-faults", screen(func(env *kit.Env) upkeep.Model {
		m := every(env)
		m.Broken = 3
		d := m.Devices
		d[0].State, d[0].Note, d[0].Good = env.T("part.printer-cutter"), env.T("part.printer-cutter-note"), false
		d[1].State, d[1].Note, d[1].Good = env.T("part.scanner-keyboard"), env.T("part.scanner-keyboard-note", "name", "Honeywell 1900"), false
		d[2].State, d[2].Note, d[2].Good, d[2].Unsure = env.T("part.page-unknown"), env.T("part.page-unknown-note"), false, true
		d[3].State, d[3].Note, d[3].Good = env.T("part.power-battery"), env.T("part.power-battery-note", "min", 12), false
		return m
	}), "Kẹt dao cắt", "Gõ như bàn phím", "Chưa rõ", "Đang chạy pin")
	golden.State(t, "upkeep-long", screen(func(env *kit.Env) upkeep.Model {
		m := sample(env)
		for i := range m.Devices {
			m.Devices[i].Note, m.Devices[i].Good, m.Devices[i].Tested = golden.Longest(env), false, env.T("upkeep.test")
		}
		m.Broken = 6
		return m
	}))
}

// Keys that no TPM guards are a warning, not a note of something that is well.
func TestPlainKeys(t *testing.T) {
	plain := func(note string) func(env *kit.Env) upkeep.Model {
		return func(env *kit.Env) upkeep.Model {
			m := sample(env)
			d := &m.Devices[len(m.Devices)-1]
			d.State, d.Note, d.Good, m.Broken = env.T("part.keys-plain"), env.T(note, "station", "DL27"), false, 2
			return m
		}
	}
	golden.Screen(t, "devices-plain", screen(plain("part.keys-plain-note")), "Khoá chưa được bảo vệ", "không có TPM")
	golden.State(t, "upkeep-closed", screen(plain("part.keys-closed-note")), "Khoá chưa được bảo vệ", "nhóm tss")
}

// What the storage's check at the start found stands on its card.
func TestFindings(t *testing.T) {
	golden.Screen(t, "devices-found", screen(func(env *kit.Env) upkeep.Model {
		m := sample(env)
		d := &m.Devices[3]
		d.State, d.Note, d.Good = env.T("part.storage-lost"), env.T("part.storage-lost-note", "n", 2, "what", env.T("part.found-bodies")), false
		m.Broken = 2
		return m
	}), "Có phần bị mất", "2 chỗ, mới nhất: gói tin mất nội dung. Chạy `tramhoso storage check`, báo cho tỉnh.")
}

// The second medium has a line of its own, in every state that it can be in.
func TestSecondMedium(t *testing.T) {
	stick := func(state, note string, args ...any) func(env *kit.Env) upkeep.Model {
		return func(env *kit.Env) upkeep.Model {
			m := sample(env)
			said := append([]any{"do", env.T("part.mirror-" + state + "-note"), "when", env.Words.Age(golden.Moment.Add(-20*time.Hour), golden.Moment, true)}, args...)
			d := upkeep.Device{ID: "mirror", Icon: "usb", Name: env.T("upkeep.mirror"), State: env.T("part.mirror-" + state), Note: env.T("part.mirror-"+note, said...),
				Good: state == "well", Unsure: state == "copying"}
			if !d.Good && !d.Unsure {
				m.Broken++
			}
			m.Devices = slices.Insert(m.Devices, 4, d)
			return m
		}
	}
	golden.Screen(t, "devices-stick", screen(stick("well", "well-note")), "USB dự phòng", "Đã chép đủ", "Ghi gần nhất 13:24 hôm qua")
	golden.Screen(t, "devices-stick-absent", screen(stick("absent", "behind", "n", 3)), "Thiết bị: 2 mục cần sửa", "Không thấy",
		"3 gói tin chưa có trên đó, ghi gần nhất 13:24 hôm qua. Xin cắm vào trạm.")
	// The longest sentence of all.
	golden.State(t, "devices-stick-set-back", screen(stick("set-back", "behind", "n", "1.234.567")), "1.234.567 gói tin chưa có trên đó")
}

// What waits, and a pause that somebody ordered, stand on the network's card.
func TestWhatWaits(t *testing.T) {
	waits := func(s sending.Sending) func(env *kit.Env) upkeep.Model {
		return func(env *kit.Env) upkeep.Model {
			m := every(env)
			d := &m.Devices[4]
			what, why := s.Say(env.Words)
			d.Note, d.News = what+". "+why, true
			if s.Paused() {
				m.Pause.Text, m.Pause.Icon = env.T("pause.end"), "next"
				d.State, d.Good, d.Held = env.T("part.net-paused"), false, true
			}
			return m
		}
	}
	both := sending.Sending{Waiting: 3, Files: 2, Age: 2 * time.Hour, In: 35 * time.Second, Why: "busy"}
	golden.Screen(t, "devices-waits", screen(waits(both)), "3 gói tin và 2 tệp đính kèm chờ gửi, lâu nhất đã 2 giờ. Sẽ gửi lại sau 40 giây, vì: cổng của tỉnh xin tạm nghỉ.", "Tạm ngừng gửi")
	both.Why, both.FileWhy, both.Now, both.Until = "paused", "paused", golden.Moment, golden.Moment.Add(4*time.Hour+36*time.Minute)
	golden.Screen(t, "devices-paused", screen(waits(both)), "Tạm ngừng gửi", "Đang chờ, vì: trạm được cho tạm ngừng gửi đến 14:00.", "Gửi lại ngay")
	golden.State(t, "devices-paused-none", screen(waits(sending.Sending{Now: golden.Moment, Until: sending.Morning(golden.Moment)})), "Tạm ngừng gửi đến 07:00 ngày mai. Không có gì đang chờ gửi.")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	m := sample(env)
	m.Pause.Do = func() { did = "pause" }
	obj := upkeep.New(env, m, upkeep.Actions{Test: func(id string) { did = id }, All: func() { did = "all" }})
	for name, want := range map[string]string{"Thử: Máy in phiếu": "printer", "Thử: Máy quét mã": "scanner", "Tự kiểm tra tất cả": "all", "Tạm ngừng gửi": "pause"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
