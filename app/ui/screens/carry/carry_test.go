package carry_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/carry"
	"tramhoso/app/upkeep"
	"tramhoso/sync/outbox"
)

func show(model func(*kit.Env) carry.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		m := model(env)
		m.Staff, m.Title = kit.Staff{Who: "Trần Thị Hoa", Lock: func() {}}, env.T("carry.title")
		return carry.New(env, m, carry.Actions{Back: func() {}, Main: func() {}})
	}
}

func ready(env *kit.Env) carry.Model {
	return carry.Model{Lead: env.T("carry.ready"), Main: env.T("carry.main"), Ready: true,
		Lines: []string{env.T("carry.waits", "what", upkeep.Load(env.Words, 12, 3)), env.T("carry.oldest-days", "n", 2), env.T("carry.others-here", "n", 1)}}
}

func done(env *kit.Env) carry.Model {
	return carry.Model{Lead: env.T("carry.done"), Good: true, Lines: []string{env.T("carry.brought", "receipts", 9, "results", 2, "news", 4),
		env.T("carry.catalogue"), env.T("carry.copied", "what", upkeep.Load(env.Words, 12, 3))}}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "carry", show(ready), "Mang đi bằng USB", "Đang chờ gửi: 12 gói tin và 3 tệp đính kèm", "Chép vào USB")
	golden.Screen(t, "carry-running", show(running), "Đang chép. Xin đừng rút USB.")
	golden.Screen(t, "carry-failed", show(failed), "USB không đọc hay ghi được", "1 tệp trên USB không đọc được", "Thử lại")
	golden.Screen(t, "carry-held", show(held), "2 gói của trạm khác còn chờ, vì: mạng này tính tiền theo dung lượng. Các gói ấy vẫn nguyên vẹn.")
	golden.Screen(t, "carry-done", show(done), "Đã chép xong. Có thể rút USB.", "USB đã mang về: 9 biên nhận, 2 kết quả, 4 tin khác")
}

func held(env *kit.Env) carry.Model {
	env.Status.Net = kit.NetOn // metered
	m := done(env)
	m.Lines = append(m.Lines, env.T("carry.others-answered", "n", 1), env.T("carry.others-wait", "n", 2, "why", why(env, outbox.WhyMetered)))
	return m
}

func running(env *kit.Env) carry.Model {
	return carry.Model{Lead: env.T("carry.running"), Running: true, Share: 0.4}
}

func failed(env *kit.Env) carry.Model {
	return carry.Model{Lead: env.T("carry.sick"), Trouble: true, Main: env.T("carry.again"), Ready: true,
		Lines: []string{env.T("carry.brought", "receipts", 9, "results", 2, "news", 4), env.T("carry.unread", "n", 1)}}
}

// why words what others' bundles wait for.
func why(env *kit.Env, w outbox.Why) string {
	return upkeep.Sending{Now: golden.Moment, Until: upkeep.Morning(golden.Moment)}.Because(env.Words, string(w))
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "carry-none", show(func(env *kit.Env) carry.Model {
		return carry.Model{Lead: env.T("carry.insert"), Lines: []string{env.T("carry.nothing-waits")}, Main: env.T("carry.main-none")}
	}), "Xin cắm USB vào")
	golden.State(t, "carry-failed-much", show(func(env *kit.Env) carry.Model {
		m := done(env)
		m.Lead, m.Good, m.Trouble, m.Main, m.Ready = env.T("carry.sick"), false, true, env.T("carry.again"), true
		for _, w := range []string{"left", "files-left", "others-answered", "others-wait", "half", "unread", "foreign", "old"} {
			m.Lines = append(m.Lines, env.T("carry."+w, "n", 3, "mb", 150, "why", why(env, outbox.WhyMetered)))
		}
		return m
	}), "Thử lại")
	golden.State(t, "carry-others-wait", show(func(env *kit.Env) carry.Model {
		m := done(env)
		for _, w := range slices.Backward(outbox.Whys) { // a page shows the longest
			m.Lines = append(m.Lines, env.T("carry.others-wait", "n", 888, "why", why(env, w)))
		}
		return m
	}), "888 gói của trạm khác còn chờ, vì: trạm được cho tạm ngừng gửi đến 07:00 ngày mai.")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	m := ready(env)
	m.Title = env.T("carry.title")
	obj := carry.New(env, m, carry.Actions{Back: func() { did = "back" }, Main: func() { did = "main" }})
	golden.Render(t, obj, kit.Size1280)
	for name, want := range map[string]string{"Chép vào USB": "main", "Quay lại": "back"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
