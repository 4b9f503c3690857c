package findings_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/findings"
)

func sample(n int) func(*kit.Env) findings.Model {
	return func(env *kit.Env) findings.Model {
		m := findings.Model{Staff: kit.Staff{Technician: true, Who: "Lê Văn Dũng", Lock: func() {}}}
		for i := range n {
			kind, lost := []string{"anew", "rows", "document", "outbox", "bodies"}[i%5], i%5 == 1 || i%5 == 4
			when := env.Words.DateTime(golden.Moment)
			if i == 0 {
				when = env.T("findings.times", "n", 3, "when", when)
			}
			m.Findings = append(m.Findings, findings.Finding{What: env.T("part.found-" + kind), When: when, Lost: lost})
			if lost {
				m.Lost++
			}
		}
		return m
	}
}

func screen(model func(*kit.Env) findings.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return findings.New(env, model(env), findings.Actions{Back: func() {}, Seen: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "findings", screen(sample(3)), "Bộ nhớ: những gì đã thấy", "Có phần bị mất", "3 lần, gần nhất 09:24 ngày 14/07/2026", "Đã xem")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "findings-mended", screen(sample(1)), "Trạm đã tự sửa")
	golden.State(t, "findings-many", screen(sample(64)))
	golden.State(t, "findings-failed", screen(func(env *kit.Env) findings.Model {
		m := sample(5)(env)
		m.Problem = golden.Longest(env)
		return m
	}))
}

func TestPressing(t *testing.T) {
	did := ""
	env := golden.Cases[0].Env(t)
	m := sample(2)(env)
	show := func() fyne.CanvasObject {
		obj := findings.New(env, m, findings.Actions{Back: func() { did = "back" }, Seen: func() { did = "seen" }})
		golden.Render(t, obj, kit.Size1280)
		return obj
	}
	obj := show()
	for name, want := range map[string]string{"Đã xem": "seen", "Quay lại": "back"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	m.Busy = true
	if c := kit.Find(show(), "Đã xem"); c == nil || c.Enabled() {
		t.Error("what is being kept can be pressed again")
	}
}
