package timeline_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/timeline"
)

func supplement(env *kit.Env) timeline.Model {
	e := env
	name, says, who, agency := "Cấp giấy xác nhận tình trạng hôn nhân", "Xin bổ sung giấy tờ về nơi ở từ 2015 đến 2019. Lời khai chưa ghi rõ giai đoạn này. Xin mang bản chính để đối chiếu.", "Bà Nguyễn Thị Mai", "UBND xã Hoà Phú"
	if e.Words.Lang() == "en" {
		name = "Certificate of marital status"
	}
	return timeline.Model{
		Title: e.T("timeline.supplement"), News: e.T("timeline.news", "when", e.T("age.morning", "clock", "7:10")), Name: name,
		Code: e.T("timeline.code", "code", "H15.27-260706-0042"), Slip: e.T("timeline.slip", "slip", "DL27-000311-P"),
		Moments: []kit.Moment{
			{State: kit.Past, Text: e.T("timeline.step-here", "station", "điểm Hoà Phú"), Second: "06/07/2026 08:35"},
			{State: kit.Past, Text: e.T("timeline.step-accepted", "agency", agency), Second: e.T("timeline.step-accepted-due", "when", "06/07/2026 14:10", "due", "09/07/2026")},
			{State: kit.Present, Icon: "docs", Text: e.T("timeline.step-supplement"), Second: "08/07/2026 09:20"},
			{State: kit.ToCome, Text: e.T("timeline.step-result")},
			{State: kit.ToCome, Text: e.T("timeline.step-returned")},
		},
		Says: says, Who: e.T("timeline.officer", "officer", who, "office", agency), Due: e.T("timeline.due", "due", "09/07/2026"), DueNote: e.T("timeline.due-note"),
		Form01: true, Gold: true,
	}
}

func long(env *kit.Env) timeline.Model {
	m := supplement(env)
	m.Name = "Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới"
	m.Moments[1].Text = env.T("timeline.step-accepted", "agency", "Uỷ ban nhân dân phường Buôn Ma Thuột")
	m.Moments = append(m.Moments, kit.Moment{State: kit.ToCome, Text: "Bước cuối cùng của hồ sơ"})
	for range 4 {
		m.Says += " Nếu không còn giấy tờ nào thì xin ghi rõ họ tên, nơi ở của hai người biết việc và cùng ký tên làm chứng."
	}
	m.Who = env.T("timeline.officer", "officer", "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân", "office", "Uỷ ban nhân dân phường Buôn Ma Thuột")
	m.Fee = env.T("timeline.fee", "money", env.Words.Money(150000))
	m.Ready = true
	return m
}

func screen(model func(*kit.Env) timeline.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		do := func() {}
		return timeline.New(env, model(env), timeline.Actions{Back: do, Print: do, Collect: do, AskBack: do})
	}
}

func withdrawn(env *kit.Env) timeline.Model {
	when := env.T("timeline.today", "clock", "09:24")
	return timeline.Model{Title: env.T("timeline.withdrawn-here"), News: env.T("timeline.news-unsent"), Name: "Cấp bản sao trích lục hộ tịch",
		Slip: env.T("timeline.slip", "slip", "DL27-000318-K"), Moments: []kit.Moment{
			{State: kit.Past, Text: env.T("timeline.step-here", "station", "điểm Hoà Phú"), Second: "09:20"},
			{State: kit.Past, Text: env.T("timeline.step-asked-back"), Second: env.T("timeline.step-replaced", "when", when, "slip", "DL27-000319-M")},
			{State: kit.Present, Icon: "tray", Text: env.T("timeline.step-not-heard")}},
		Due: env.T("timeline.no-due"), DueNote: env.T("timeline.no-due-note")}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "withdrawn", screen(withdrawn), "DL27-000319-M")
	golden.Screen(t, "supplement", screen(supplement), "Cơ quan đề nghị bổ sung giấy tờ", "Tin tính đến 7:10 sáng nay", "Mã hồ sơ H15.27-260706-0042",
		"Cần bổ sung – đang chờ ông/bà", "Bà Nguyễn Thị Mai", "In giấy tiếp nhận và hẹn trả", "Xong")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "timeline-long", screen(long))
	golden.State(t, "timeline-new", screen(func(env *kit.Env) timeline.Model {
		return timeline.Model{Title: env.T("timeline.waiting"), News: env.T("timeline.news-unsent"), Name: "Cấp bản sao trích lục hộ tịch", Slip: env.T("timeline.slip", "slip", "DL27-000318-K"),
			Moments: []kit.Moment{{State: kit.Past, Text: env.T("timeline.step-here", "station", "điểm Hoà Phú"), Second: "09:24"},
				{State: kit.Present, Icon: "tray", Text: env.T("timeline.step-waiting")}, {State: kit.ToCome, Text: env.T("timeline.step-returned")}},
			Due: env.T("timeline.no-due"), DueNote: env.T("timeline.no-due-note")}
	}), "Hồ sơ đang chờ gửi đi", "Chưa gửi đi, chưa có tin của cơ quan", "Chưa có mã hồ sơ của cơ quan", "Chưa có lời nhắn nào.")
	golden.State(t, "timeline-silent", screen(func(env *kit.Env) timeline.Model {
		m := supplement(env)
		m.Title, m.News, m.Gold, m.Moments = env.T("timeline.registered"), env.T("timeline.news-silent", "when", env.T("age.months", "n", 23, "date", "24/06/2024")), false, m.Moments[:1]
		return m
	}), "Đến 23 tháng trước, 24/06/2024: chưa có tin của cơ quan")
	golden.State(t, "timeline-withdrawn", screen(withdrawn), "Ông/bà đã rút hồ sơ này tại đây", "Cơ quan chưa biết; chờ mạng để báo")
	golden.State(t, "timeline-too-late", screen(func(env *kit.Env) timeline.Model {
		m := supplement(env)
		m.Problem = env.T("error.too-late")
		return m
	}), "Cơ quan đã giải quyết xong hồ sơ này, nên không rút được nữa.")
	golden.State(t, "timeline-ask-back", screen(func(env *kit.Env) timeline.Model {
		m := long(env)
		m.Ready, m.AskBack = false, env.T("timeline.ask-back")
		return m
	}), "Xin rút hồ sơ", "In giấy tiếp nhận và hẹn trả", "Xong")
	for n, want := range map[int]string{0: "Chưa thấy hồ sơ nào ở trạm này", 2: "Có 2 hồ sơ ở trạm này"} {
		golden.State(t, fmt.Sprint("timeline-present-", n), func(env *kit.Env) fyne.CanvasObject {
			do := func() {}
			return timeline.NewPresent(env, timeline.PresentModel{Count: n}, timeline.PresentActions{Back: do, Scan: do, Call: do})
		}, want, "Mất phiếu?")
	}
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	a := timeline.Actions{Back: func() { did = "back" }, Print: func() { did = "print" }, Collect: func() { did = "collect" }, AskBack: func() { did = "ask back" }}
	press := func(obj fyne.CanvasObject, name, want string) {
		t.Helper()
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	m := supplement(env)
	press(timeline.New(env, m, a), "Xong", "back")
	press(timeline.New(env, m, a), "In giấy tiếp nhận và hẹn trả", "print")
	m.AskBack = "Xin rút hồ sơ"
	press(timeline.New(env, m, a), "Xin rút hồ sơ", "ask back")
	m.Sent, m.Ready = true, true
	golden.Off(t, timeline.New(env, m, a), "Đã gửi in")
	press(timeline.New(env, m, a), "Nhận kết quả", "collect")
	p := timeline.NewPresent(env, timeline.PresentModel{Count: 1}, timeline.PresentActions{Back: func() { did = "back" }, Scan: func() { did = "scan" }, Call: func() { did = "call" }})
	press(p, "Quét phiếu gửi", "scan")
	press(p, "Gọi giao dịch viên", "call")
}
