package found_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/found"
)

func recall(model func(*kit.Env) found.Model, set func(*kit.Env, *found.RecallModel)) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		m := found.RecallModel{LostModel: found.LostModel{Model: model(env)}, Then: env.T("withdraw.then-unsent")}
		set(env, &m)
		do := func() {}
		return found.NewRecall(env, m, found.LostActions{Back: do, Type: do, Give: do, Looked: func(bool) {}})
	}
}

// unsent is a dossier of which the agency does not know yet.
func unsent(env *kit.Env) found.Model {
	m := sample(env)
	m.News, m.Code, m.Says, m.Moments = env.T("timeline.news-unsent"), "", "", m.Moments[:1]
	return m
}

func recalled(set func(*kit.Env, *found.RecalledModel)) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		m := found.RecalledModel{GivenModel: found.GivenModel{Staff: kit.Staff{Who: "Trần Thị Hoa", Lock: func() {}}, Slip: "DL27-000311-P", Print: env.T("found.note-done")},
			At: env.T("timeline.today", "clock", "09:24"), Heard: env.T("withdraw.not-heard")}
		set(env, &m)
		return found.NewRecalled(env, m, found.GivenActions{Again: func() {}, Done: func() {}})
	}
}

func TestRecallLook(t *testing.T) {
	golden.Screen(t, "recall", recall(unsent, func(_ *kit.Env, m *found.RecallModel) { m.Seen = true }), "Rút hồ sơ này cho người nộp?",
		"Thẻ đúng là của người nộp.", "Máy ghi lại ngay. Khi hồ sơ được gửi đi, cơ quan nhận cùng lời rút.", "Rút hồ sơ")
	golden.Screen(t, "recalled", recalled(func(*kit.Env, *found.RecalledModel) {}), "Đã rút hồ sơ tại đây", "09:24 hôm nay", "Cơ quan chưa biết.",
		"Máy in báo đã in xong giấy ghi nhận.", "In lại giấy", "Xong")
}

func TestRecallStates(t *testing.T) {
	accepted := func(env *kit.Env, m *found.RecallModel) {
		m.Then, m.Decides = env.T("withdraw.then-accepted"), true
	}
	golden.State(t, "recall-no-card", recall(unsent, func(*kit.Env, *found.RecallModel) {}), "Xin quét thẻ căn cước của người nộp", "Nhập số thẻ", "Cần thẻ của người nộp")
	golden.State(t, "recall-not-looked", recall(unsent, func(_ *kit.Env, m *found.RecallModel) { m.Seen, m.Typed = true, true }), "Cần nhìn thẻ")
	golden.State(t, "recall-accepted", recall(sample, func(env *kit.Env, m *found.RecallModel) {
		accepted(env, m)
		m.Seen, m.Typed, m.Looked = true, true, true
	}), "Xin rút hồ sơ này cho người nộp?", "rút được hay không là do cơ quan", "Gửi lời xin rút")
	golden.State(t, "recall-busy", recall(unsent, func(_ *kit.Env, m *found.RecallModel) { m.Seen, m.Busy = true, true }), "Đang ghi lại")
	golden.State(t, "recall-long", recall(long, func(env *kit.Env, m *found.RecallModel) {
		accepted(env, m)
		m.Seen, m.Typed = true, true
	}))
	golden.State(t, "recalled-accepted", recalled(func(env *kit.Env, m *found.RecalledModel) { m.Decides, m.Heard = true, env.T("withdraw.not-answered") }), "Đã ghi lời xin rút", "Đã gửi. Cơ quan chưa trả lời.")
	golden.State(t, "recalled-given-up", recalled(func(env *kit.Env, m *found.RecalledModel) {
		m.Heard, m.Next = env.T("withdraw.given-up"), env.T("clerkhome.refused-given-up")
	}), "Cổng của tỉnh không nhận lời rút này.", "Xin gọi cho tỉnh")
	for _, state := range []string{"going", "waits", "unknown", "failed"} {
		golden.State(t, "recalled-"+state, recalled(func(env *kit.Env, m *found.RecalledModel) {
			m.Print, m.Look, m.Problem = env.T("found.note-"+state), true, golden.Longest(env)
		}))
	}
}

func TestRecallPressing(t *testing.T) {
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
	press(found.New(env, m, found.Actions{AskBack: say("ask back")}), "Rút hồ sơ", "ask back")
	a := found.LostActions{Back: say("back"), Type: say("type"), Give: say("withdraw"), Looked: func(bool) {}}
	page := func(set func(*found.RecallModel)) fyne.CanvasObject {
		r := found.RecallModel{LostModel: found.LostModel{Model: m}}
		set(&r)
		return found.NewRecall(env, r, a)
	}
	golden.Off(t, page(func(*found.RecallModel) {}), "Cần thẻ của người nộp")
	press(page(func(*found.RecallModel) {}), "Nhập số thẻ", "type")
	golden.Off(t, page(func(r *found.RecallModel) { r.Seen, r.Typed = true, true }), "Cần nhìn thẻ")
	press(page(func(r *found.RecallModel) { r.Seen = true }), "Rút hồ sơ", "withdraw")
	press(page(func(r *found.RecallModel) { r.Seen, r.Decides = true, true }), "Gửi lời xin rút", "withdraw")
	press(found.NewRecalled(env, found.RecalledModel{}, found.GivenActions{Again: say("again")}), "In lại giấy", "again")
}
