package handover_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/handover"
)

func other(env *kit.Env) handover.Model {
	m := handover.Model{Staff: kit.Staff{Who: "Trần Thị Hoa", Lock: func() {}}, Title: "Cấp bản sao trích lục hộ tịch", Of: env.T("resultready.of", "name", "H’ Bia Niê"),
		Other: true, Basis: "authorisation", FeeDue: env.Words.Money(16000), FeeTaken: true,
		Lines: []handover.Line{
			{What: env.T("handover.slip"), OnFile: "DL27-000318-K", Collector: "DL27-000318-K", Mark: handover.Agrees},
			{What: env.T("handover.person"), OnFile: "H’ Bia Niê", Collector: "Y Thuận Êban", Mark: handover.Other},
			{What: env.T("handover.card"), OnFile: env.T("handover.last4", "last4", "0123"), Collector: env.T("handover.last4-grade", "last4", "4471", "grade", env.T("idconfirmed.consistent")), Mark: handover.Info},
			{What: env.T("handover.given"), OnFile: env.T("handover.never"), Collector: env.T("handover.news", "when", env.T("timeline.today", "clock", "07:10")), Mark: handover.Info},
		}}
	if env.Words.Lang() == "en" {
		m.Title = "Copy of a civil status extract"
	}
	return m
}

func long(env *kit.Env) handover.Model {
	m := other(env)
	m.Title = "Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới"
	m.Of = env.T("resultready.of", "name", "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân")
	m.Lines[1].OnFile, m.Lines[1].Collector = "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân", "Nguyễn Hoàng Thuỵ Khánh Nguyên Phượng"
	return m
}

func screen(model func(*kit.Env) handover.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		do := func() {}
		return handover.New(env, model(env), handover.Actions{Back: do, Refuse: do, Hand: do, Finish: do, Because: func(string) {}, Basis: func(string) {}, Fee: do, Print: do, Lost: do})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "other", screen(other), "Trả kết quả: người nhận thay", "Y Thuận Êban", "Cuối 4471, mức Khớp", "Giấy uỷ quyền", "16.000 đồng", "Đã nhận đủ tiền", "Không trao, ghi lý do", "Trao kết quả")
}

// printed is a result that was printed for the applicant.
func printed(env *kit.Env) handover.Model {
	m := other(env)
	m.Other, m.Same = false, true
	m.Lines[1].Collector, m.Lines[1].Mark = "H’ Bia Niê", handover.Agrees
	m.Lines[2].Collector, m.Lines[2].Mark = env.T("handover.last4-grade", "last4", "0123", "grade", env.T("idconfirmed.consistent")), handover.Agrees
	m.Print = handover.Print{Button: env.T("handover.print-again"), Note: env.T("handover.print-done", "when", env.T("timeline.today", "clock", "09:48")), Tone: handover.Good}
	return m
}

func TestPrintLook(t *testing.T) {
	golden.Screen(t, "print", screen(printed), "In lại kết quả (A4)", "Máy in báo đã in xong: 09:48 hôm nay.")
}

// Whatever is said of a print, everything on the screen stays readable.
func TestPrintStates(t *testing.T) {
	golden.State(t, "handover-lost", screen(func(env *kit.Env) handover.Model {
		m := other(env)
		m.Other, m.Missing, m.Lost, m.Hint = false, true, true, env.T("counter.slip-first")
		return m
	}), "Mất phiếu – cấp phiếu mới")
	golden.State(t, "handover-print", screen(func(env *kit.Env) handover.Model {
		m := long(env)
		m.Print = handover.Print{Button: env.T("handover.print")}
		return m
	}), "In kết quả (A4)")
	for _, word := range []string{"print-gone", "print-unknown", "print-none"} {
		golden.State(t, "handover-"+word, screen(func(env *kit.Env) handover.Model {
			m := other(env)
			m.Print = handover.Print{Note: env.T("handover." + word), Tone: handover.Look}
			if word == "print-unknown" {
				m.Print.Button = env.T("handover.print-again")
			}
			return m
		}))
	}
	for _, why := range []string{"part.page-stopped-note", "handover.print-document"} {
		golden.State(t, "handover-print-failed", screen(func(env *kit.Env) handover.Model {
			m := long(env)
			m.Print = handover.Print{Button: env.T("handover.print-again"), Note: env.T("handover.print-failed", "why", env.T(why)), Tone: handover.Look}
			return m
		}))
	}
}

// A sentence about what is wrong stands beside a print in trouble.
func TestPrintBesideAProblem(t *testing.T) {
	golden.State(t, "handover-print-problem", screen(func(env *kit.Env) handover.Model {
		m := other(env)
		m.Problem, m.Basis = golden.Longest(env), ""
		m.Print = handover.Print{Note: env.T("handover.print-waits", "why", env.T("part.page-stopped-note")), Tone: handover.Look}
		return m
	}))
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "handover-long", screen(long))
	golden.State(t, "handover-problem", screen(func(env *kit.Env) handover.Model {
		m := other(env)
		m.Problem, m.Basis = golden.Longest(env), ""
		return m
	}), "Vợ chồng, cha mẹ, con")
	golden.State(t, "handover-same", screen(func(env *kit.Env) handover.Model {
		m := other(env)
		m.Other, m.Same, m.FeeDue = false, true, ""
		return m
	}), "Người nhận là người nộp.", "Không còn khoản phải thu")
	golden.State(t, "handover-hint", screen(func(env *kit.Env) handover.Model {
		m := other(env)
		m.Other, m.Missing, m.Hint = false, true, env.T("counter.slip-first")
		m.Lines[0].Collector, m.Lines[0].Mark = env.T("handover.scan-slip"), handover.Missing
		m.Lines[3].OnFile, m.Lines[3].Mark = env.T("handover.already", "when", "14/07/2026 08:00"), handover.Stops
		return m
	}), "Còn thiếu bước kiểm tra", "Xin quét phiếu gửi trước.")
	golden.State(t, "handover-refusing", screen(func(env *kit.Env) handover.Model {
		m := other(env)
		m.Refusing = true
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			m.Reasons = append(m.Reasons, handover.Reason{ID: id, Text: "Người đến nhận không có giấy uỷ quyền hợp lệ (" + id + ")"})
		}
		return m
	}), "Vì sao không trao?")
	golden.State(t, "handover-done", screen(func(env *kit.Env) handover.Model { return handover.Model{Done: "09:50"} }), "Đã trao kết quả", "Xong")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	a := handover.Actions{Back: func() { did = "back" }, Refuse: func() { did = "refuse" }, Hand: func() { did = "hand" }, Finish: func() { did = "finish" },
		Because: func(id string) { did = "because " + id }, Basis: func(b string) { did = b }, Fee: func() { did = "fee" }, Print: func() { did = "print" }}
	press := func(m handover.Model, name, want string) {
		t.Helper()
		golden.Press(t, handover.New(env, m, a), name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	m := other(env)
	press(m, "Quay lại", "back")
	press(m, "Không trao, ghi lý do", "refuse")
	press(m, "Trao kết quả", "hand")
	press(m, "Vợ chồng, cha mẹ, con", "family")
	press(m, "Đã nhận đủ tiền", "fee")
	press(printed(env), "In lại kết quả (A4)", "print")
	m.Missing = true
	golden.Off(t, handover.New(env, m, a), "Còn thiếu bước kiểm tra")
	m.Refusing, m.Reasons = true, []handover.Reason{{ID: "fee", Text: "Chưa trả lệ phí"}}
	press(m, "Chưa trả lệ phí", "because fee")
	press(handover.Model{Done: "09:50"}, "Xong", "finish")
}
