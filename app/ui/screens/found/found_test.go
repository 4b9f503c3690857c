package found_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/found"
)

func sample(env *kit.Env) found.Model {
	e := env
	m := found.Model{Staff: kit.Staff{Who: "Trần Thị Hoa", Lock: func() {}}, News: e.T("timeline.news", "when", e.T("age.morning", "clock", "7:10")),
		Name: "Cấp giấy xác nhận tình trạng hôn nhân", Whose: e.T("clerkhome.row-note", "name", "H’ Bia Niê", "last4", "0123"),
		Slip: e.T("timeline.slip", "slip", "DL27-000311-P"), Code: e.T("timeline.code", "code", "H15.27-260706-0042"),
		Moments: []kit.Moment{
			{State: kit.Past, Text: e.T("timeline.step-here", "station", "điểm Hoà Phú"), Second: "06/07/2026 08:35"},
			{State: kit.Past, Text: e.T("timeline.step-accepted", "agency", "UBND xã Hoà Phú"), Second: e.T("timeline.step-accepted-due", "when", "06/07/2026 14:10", "due", "09/07/2026")},
			{State: kit.Present, Icon: "docs", Text: e.T("timeline.step-supplement"), Second: "08/07/2026 09:20"},
			{State: kit.ToCome, Text: e.T("timeline.step-result")},
		},
		AskBack: true, Says: "Xin bổ sung giấy tờ về nơi ở từ 2015 đến 2019. Xin mang bản chính để đối chiếu."}
	if e.Words.Lang() == "en" {
		m.Name = "Certificate of marital status"
	}
	return m
}

func long(env *kit.Env) found.Model {
	m := sample(env)
	m.Name = "Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới"
	m.Whose = env.T("clerkhome.row-note", "name", "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân", "last4", "0123")
	m.Moments[1].Text = env.T("timeline.step-accepted", "agency", "Uỷ ban nhân dân phường Buôn Ma Thuột")
	m.News = env.T("timeline.news-silent", "when", env.T("age.months", "n", 23, "date", "24/06/2024"))
	m.Ready, m.AskBack, m.Problem = true, true, golden.Longest(env)
	for range 4 {
		m.Says += " Nếu không còn giấy tờ nào thì xin ghi rõ họ tên, nơi ở của hai người biết việc."
	}
	return m
}

func one(model func(*kit.Env) found.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		do := func() {}
		return found.New(env, model(env), found.Actions{Back: do, Lost: do, HandOver: do, AskBack: do})
	}
}

func lost(model func(*kit.Env) found.Model, set func(*found.LostModel)) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		m := found.LostModel{Model: model(env)}
		set(&m)
		do := func() {}
		return found.NewLost(env, m, found.LostActions{Back: do, Type: do, Give: do, Looked: func(bool) {}})
	}
}

func given(env *kit.Env) fyne.CanvasObject {
	do := func() {}
	return found.NewGiven(env, found.GivenModel{Staff: kit.Staff{Who: "Trần Thị Hoa", Lock: func() {}}, Slip: "DL27-000311-P", Print: env.T("found.print-done")},
		found.GivenActions{Again: do, Done: do})
}

func TestLook(t *testing.T) {
	golden.Screen(t, "found", one(sample), "Hồ sơ tại trạm này", "Tin tính đến 7:10 sáng nay", "H’ Bia Niê, cuối 0123", "Mã hồ sơ H15.27-260706-0042", "Mất phiếu – cấp phiếu mới", "Rút hồ sơ")
}

func TestLostLook(t *testing.T) {
	golden.Screen(t, "lost", lost(sample, func(m *found.LostModel) { m.Seen, m.Typed, m.Looked = true, true, true }), "Cấp phiếu mới cho hồ sơ này?",
		"Số thẻ đúng là của người nộp.", "Tôi đã nhìn thẻ: đúng người này", "Phiếu cũ hết giá trị ngay khi cấp", "Cấp phiếu mới")
}

func TestGivenLook(t *testing.T) {
	golden.Screen(t, "given", given, "Đã cấp phiếu mới", "Máy in báo đã in xong.", "In lại phiếu", "Xong")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "found-long", one(long), "Trao kết quả")
	set := func(model func(*kit.Env) found.Model) func(*kit.Env) fyne.CanvasObject {
		return one(func(env *kit.Env) found.Model {
			m := model(env)
			m.Aside, m.AsideWhy = env.T("found.refused"), env.T("clerkhome.refused-given-up")
			return m
		})
	}
	golden.State(t, "found-aside", set(sample), "Cổng của tỉnh không nhận tin của hồ sơ này", "Vẫn nằm an toàn tại đây")
	golden.State(t, "found-aside-long", set(long))
	golden.State(t, "found-handed", one(func(env *kit.Env) found.Model {
		m := sample(env)
		m.Handed, m.Code, m.Says = true, "", ""
		return m
	}), "Chưa có lời nhắn nào.")
	golden.State(t, "lost-no-card", lost(sample, func(*found.LostModel) {}), "Xin quét thẻ căn cước của người nộp", "Nhập số thẻ", "Cần thẻ của người nộp")
	golden.State(t, "lost-scanned", lost(sample, func(m *found.LostModel) { m.Seen = true }), "Thẻ đúng là của người nộp.", "Cấp phiếu mới")
	golden.State(t, "lost-not-looked", lost(sample, func(m *found.LostModel) { m.Seen, m.Typed = true, true }), "Cần nhìn thẻ")
	golden.State(t, "lost-long", lost(long, func(m *found.LostModel) { m.Seen, m.Typed = true, true }))
	golden.State(t, "lost-busy", lost(sample, func(m *found.LostModel) { m.Seen, m.Busy = true, true }), "Đang cấp phiếu")
	for _, state := range []string{"going", "waits", "unknown", "failed"} {
		golden.State(t, "given-"+state, func(env *kit.Env) fyne.CanvasObject {
			do := func() {}
			m := found.GivenModel{Staff: kit.Staff{Who: "Trần Thị Hoa", Lock: do}, Slip: "DL27-000311-P", Print: env.T("found.print-" + state), Look: true, Problem: golden.Longest(env)}
			return found.NewGiven(env, m, found.GivenActions{Again: do, Done: do})
		})
	}
}

func TestPressing(t *testing.T) {
	var did string
	say := func(what string) func() { return func() { did = what } }
	env := golden.Cases[0].Env(t)
	press := func(obj fyne.CanvasObject, name, want string) {
		t.Helper()
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	m := sample(env)
	m.Ready = true
	press(found.New(env, m, found.Actions{Back: say("back"), Lost: say("lost"), HandOver: say("hand over")}), "Mất phiếu – cấp phiếu mới", "lost")
	press(found.New(env, m, found.Actions{Back: say("back"), Lost: say("lost"), HandOver: say("hand over")}), "Trao kết quả", "hand over")
	a := found.LostActions{Back: say("back"), Type: say("type"), Give: say("give"), Looked: func(yes bool) {
		did = "not looked"
		if yes {
			did = "looked"
		}
	}}
	press(found.NewLost(env, found.LostModel{Model: m}, a), "Nhập số thẻ", "type")
	golden.Off(t, found.NewLost(env, found.LostModel{Model: m}, a), "Cần thẻ của người nộp")
	press(found.NewLost(env, found.LostModel{Model: m, Seen: true, Typed: true}, a), "Tôi đã nhìn thẻ: đúng người này", "looked")
	press(found.NewLost(env, found.LostModel{Model: m, Seen: true}, a), "Cấp phiếu mới", "give")
	press(found.NewGiven(env, found.GivenModel{Slip: "DL27-000311-P"}, found.GivenActions{Again: say("again"), Done: say("done")}), "In lại phiếu", "again")
}
