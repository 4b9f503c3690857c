package withdraw_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/withdraw"
)

func sample(env *kit.Env) withdraw.Model {
	m := withdraw.Model{Name: "Cấp bản sao trích lục hộ tịch", Slip: env.T("timeline.slip", "slip", "DL27-000318-K"), Stage: withdraw.Unsent, Correct: true,
		At: env.T("timeline.today", "clock", "09:24"), Heard: withdraw.Heard{Text: env.T("withdraw.not-heard"), Second: env.T("withdraw.look-again")}}
	if env.Words.Lang() == "en" {
		m.Name = "Copy of a civil status extract"
	}
	return m
}

func screen(build func(*kit.Env, withdraw.Model, withdraw.Actions) fyne.CanvasObject, edit func(*kit.Env, *withdraw.Model)) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		m, do := sample(env), func() {}
		edit(env, &m)
		return build(env, m, withdraw.Actions{Back: do, Withdraw: do, Correct: do, Done: do})
	}
}

func as(*kit.Env, *withdraw.Model) {}

func TestLook(t *testing.T) {
	golden.Screen(t, "withdraw", screen(withdraw.New, as), "Rút hồ sơ này?", "Số phiếu DL27-000318-K", "Rút hồ sơ", "Làm lại cho đúng")
	golden.Screen(t, "withdrawn", screen(withdraw.NewDone, as), "Đã rút hồ sơ tại đây", "Ghi tại đây: 09:24 hôm nay", "Cơ quan chưa biết.", "Xong")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "withdraw-accepted", screen(withdraw.New, func(env *kit.Env, m *withdraw.Model) { m.Stage, m.Correct = withdraw.Accepted, false }),
		"Xin rút hồ sơ này?", "Gửi lời xin rút")
	golden.State(t, "withdraw-longest", screen(withdraw.New, func(env *kit.Env, m *withdraw.Model) {
		m.Stage, m.Problem = withdraw.Sent, golden.Longest(env)
		m.Name = "Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới"
	}))
	golden.State(t, "withdraw-busy", screen(withdraw.New, func(env *kit.Env, m *withdraw.Model) { m.Busy = true }), "Đang ghi lại")
	golden.State(t, "withdrawn-accepted", screen(withdraw.NewDone, func(env *kit.Env, m *withdraw.Model) {
		m.Stage, m.Text = withdraw.Accepted, env.T("withdraw.not-answered")
	}),
		"Đã ghi lời xin rút", "Đã gửi. Cơ quan chưa trả lời.")
	for heard, want := range map[string]string{"not-taken": "máy gửi lại mỗi giờ", "given-up": "không tự gửi lại nữa", "set-aside": "chờ người xem"} {
		golden.State(t, "withdrawn-"+heard, screen(withdraw.NewDone, func(env *kit.Env, m *withdraw.Model) {
			m.Heard = withdraw.Heard{Text: env.T("withdraw." + heard), Second: env.T("withdraw." + heard + "-next")}
		}), want)
	}
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	a := withdraw.Actions{Back: func() { did = "back" }, Withdraw: func() { did = "withdraw" }, Correct: func() { did = "correct" }, Done: func() { did = "done" }}
	m := sample(env)
	for name, want := range map[string]string{"Rút hồ sơ": "withdraw", "Làm lại cho đúng": "correct", "Quay lại": "back"} {
		golden.Press(t, withdraw.New(env, m, a), name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	golden.Press(t, withdraw.NewDone(env, m, a), "Xong")
	if did != "done" {
		t.Errorf("did %q", did)
	}
}
