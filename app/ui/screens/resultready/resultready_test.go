package resultready_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/resultready"
)

func sample(env *kit.Env) resultready.Model {
	m := resultready.Model{What: "Cấp bản sao trích lục hộ tịch", Of: env.T("resultready.of", "name", "Y Khôi Niê"),
		At: env.T("resultready.at", "clock", "08:50", "date", "16/07/2026"), Pay: env.T("resultready.pay-how", "money", env.Words.Money(16000))}
	if env.Words.Lang() == "en" {
		m.What = "Copy of a civil status extract"
	}
	return m
}

func screen(model func(*kit.Env) resultready.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return resultready.New(env, model(env), resultready.Actions{Back: func() {}, Call: func() {}, Finish: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "ready", screen(sample), "Đã có kết quả của ông/bà", "Của Y Khôi Niê", "Mời ra quầy", "16.000 đồng", "Gọi giao dịch viên")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "resultready-long", screen(func(env *kit.Env) resultready.Model {
		m := sample(env)
		m.What = "Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới"
		m.Of = env.T("resultready.of", "name", "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân")
		m.Pay, m.Called = env.T("resultready.pay-none"), true
		return m
	}), "Đã ghi lời gọi")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	a := resultready.Actions{Back: func() { did = "back" }, Call: func() { did = "call" }, Finish: func() { did = "finish" }}
	for name, want := range map[string]string{"Quay lại": "back", "Gọi giao dịch viên": "call", "Kết thúc": "finish"} {
		golden.Press(t, resultready.New(env, sample(env), a), name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	m := sample(env)
	m.Called = true
	golden.Off(t, resultready.New(env, m, a), "Đã ghi lời gọi")
}
