package askdate_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/askdate"
	"tramhoso/sync/dossier"
)

func born(env *kit.Env) askdate.Model {
	m := askdate.Model{Steps: &kit.StepsSpec{Now: 3, Sub: env.T("app.question", "n", 3, "of", 9)}, Title: "Y Khôi Niê sinh ngày nào?",
		Date: dossier.Date{Year: 2012, Month: 3, Day: 5}, Partial: true, Long: "Thứ Hai, ngày 5 tháng 3 năm 2012", BackTo: env.T("app.previous")}
	if env.Words.Lang() == "en" {
		m.Title, m.Long = "When was Y Khôi Niê born?", "Monday, 5 March 2012"
	}
	return m
}

func screen(model func(*kit.Env) askdate.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return askdate.New(env, model(env), askdate.Actions{Back: func() {}, Next: func() {}, Changed: func(d, m, y string) string { return "" }, Known: func(askdate.Precision) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "born", screen(born), "Y Khôi Niê sinh ngày nào?", "Thứ Hai, ngày 5 tháng 3 năm 2012", "Chỉ nhớ tháng và năm", "Đủ hai số, máy tự chuyển ô", "Câu sau")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "askdate-empty", screen(func(env *kit.Env) askdate.Model {
		m := born(env)
		m.Date, m.Long, m.Help = dossier.Date{}, "", "Nếu không nhớ đủ ngày thì chọn cách nhớ ở dưới."
		return m
	}), "Nhớ đủ ngày, tháng, năm")
	golden.State(t, "askdate-year", screen(func(env *kit.Env) askdate.Model {
		m := born(env)
		m.Known, m.Date, m.Long = askdate.YearOnly, dossier.Date{Year: 1938}, env.T("form.date-year", "y", 1938)
		return m
	}), "Năm 1938")
	golden.State(t, "askdate-problem", screen(func(env *kit.Env) askdate.Model {
		m := born(env)
		m.Title = "Người được cấp trích lục đăng ký kết hôn với Công Tằng Tôn Nữ Thị Ngọc Huyền Trân ngày nào?"
		m.Help = "Không bắt buộc. Ghi như trong giấy chứng nhận kết hôn hoặc sổ hộ khẩu cũ của gia đình."
		m.Problem = golden.Longest(env)
		return m
	}))
}

func TestTypingAndPressing(t *testing.T) {
	var did string
	var known askdate.Precision
	var last []string
	env := golden.Cases[0].Env(t)
	m := born(env)
	m.Date, m.Long = dossier.Date{}, ""
	obj := askdate.New(env, m, askdate.Actions{Back: func() { did = "back" }, Next: func() { did = "next" },
		Known: func(p askdate.Precision) { known = p },
		Changed: func(d, m, y string) string {
			last = []string{d, m, y}
			if y == "2012" {
				return "Thứ Hai, ngày 5 tháng 3 năm 2012"
			}
			return ""
		}})
	golden.Render(t, obj, kit.Size1280)
	for _, d := range strings.Split("05032012", "") {
		golden.Press(t, obj, d)
	}
	if strings.Join(last, "/") != "05/03/2012" {
		t.Errorf("typed %q", last)
	}
	golden.Texts(t, obj, "Thứ Hai, ngày 5 tháng 3 năm 2012")
	golden.Press(t, obj, "Chỉ nhớ năm")
	if known != askdate.YearOnly {
		t.Errorf("known is %v", known)
	}
	for name, want := range map[string]string{"Câu trước": "back", "Câu sau": "next"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
