package doctor_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/doctor"
	"tramhoso/app/upkeep"
)

// broken is an examination that ended at a link; "" ended at none.
func broken(env *kit.Env, at upkeep.Link, why string) doctor.Model {
	m := doctor.Model{Staff: kit.Staff{Technician: true, Who: "Lê Văn Dũng", Lock: func() {}}, Checked: env.T("upkeep.checked", "clock", "09:24"),
		Advice: env.T("doctor.well")}
	how := doctor.Well
	for _, l := range upkeep.Links {
		if l == at {
			how, m.Advice, m.Why = doctor.Broken, env.T(l.Advice()), why
		}
		m.Steps = append(m.Steps, doctor.Step{Name: env.T(l.Word()), How: how})
		if how == doctor.Broken {
			how = doctor.Unknown
		}
	}
	return m
}

func screen(model func(*kit.Env) doctor.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return doctor.New(env, model(env), doctor.Actions{Back: func() {}, Again: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "doctor-login", screen(func(env *kit.Env) doctor.Model {
		m := broken(env, upkeep.LinkLogin, env.T("error.captive-portal"))
		m.Waits = "4 gói tin chờ gửi"
		return m
	}), "Chẩn đoán mạng: mắc ở bước 3", "3. Không vướng trang đăng nhập", "Mắc ở đây", "Chưa kiểm tra được", "Nên làm gì?", "4 gói tin chờ gửi", "Kiểm tra lại")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "doctor-well", screen(func(env *kit.Env) doctor.Model { return broken(env, "", "") }), "Mọi chặng đều thông.", "5. Cổng của tỉnh")
	golden.State(t, "doctor-long", screen(func(env *kit.Env) doctor.Model {
		m := broken(env, upkeep.LinkLogin, golden.Longest(env))
		m.Waits = "1.234 gói tin và 1.234 tệp đính kèm chờ gửi, lâu nhất đã 23 giờ"
		return m
	}))
	busy := golden.Cases[0].Env(t)
	m := broken(busy, "", "")
	m.Busy, m.Advice = true, ""
	golden.Off(t, doctor.New(busy, m, doctor.Actions{Back: func() {}, Again: func() {}}), "Đang kiểm tra…")
}
