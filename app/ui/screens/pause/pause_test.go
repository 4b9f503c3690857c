package pause_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/pause"
	"tramhoso/app/upkeep"
)

func sample(env *kit.Env) pause.Model {
	m := pause.Model{Most: 25, Staff: kit.Staff{Technician: true, Who: "Lê Văn Dũng", Lock: func() {}}}
	for i, c := range upkeep.PauseChoices(golden.Moment) {
		m.Choices = append(m.Choices, pause.Choice{Text: env.T([]string{"pause.hours", "pause.hours", "pause.morning"}[i], "n", int(c.For.Hours())),
			Second: env.T("pause.until", "until", upkeep.Moment(env.Words, c.Until, golden.Moment))})
	}
	return m
}

func screen(model func(*kit.Env) pause.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return pause.New(env, model(env), pause.Actions{Back: func() {}, Choose: func(int) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "pause", screen(sample), "Tạm ngừng gửi trong bao lâu?", "1 giờ", "Đến 10:24", "4 giờ", "Đến 13:24", "Đến sáng", "Đến 07:00 ngày mai",
		"Hồ sơ vẫn được nhận và giữ an toàn ở trạm.")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "pause-failed", screen(func(env *kit.Env) pause.Model {
		m := sample(env)
		m.Problem = golden.Longest(env)
		return m
	}))
}

func TestPressing(t *testing.T) {
	did := -1
	env := golden.Cases[0].Env(t)
	obj := pause.New(env, sample(env), pause.Actions{Back: func() { did = 100 }, Choose: func(i int) { did = i }})
	golden.Render(t, obj, kit.Size1280)
	for name, want := range map[string]int{"1 giờ": 0, "4 giờ": 1, "Đến sáng": 2, "Quay lại": 100} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %d, not %d", name, did, want)
		}
	}
}
