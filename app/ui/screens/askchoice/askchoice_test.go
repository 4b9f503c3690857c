package askchoice_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/askchoice"
)

func steps(env *kit.Env, n int) *kit.StepsSpec {
	return &kit.StepsSpec{Now: 3, Sub: env.T("app.question", "n", n, "of", 9)}
}

// event is the first question of the extract: six cards.
func event(env *kit.Env) askchoice.Model {
	m := askchoice.Model{Steps: steps(env, 1), Title: "Ông/bà cần bản sao trích lục về việc gì?", BackTo: env.T("app.back"), Next: env.T("app.next")}
	names := []string{"Khai sinh", "Kết hôn", "Khai tử", "Nhận cha, mẹ, con", "Giám hộ", "Việc khác"}
	if env.Words.Lang() == "en" {
		m.Title, names = "What is the extract about?", []string{"Birth", "Marriage", "Death", "Parentage", "Guardianship", "Something else"}
	}
	for i, p := range []string{"cradle", "rings", "lotus", "family", "guard", "other"} {
		m.Options = append(m.Options, askchoice.Option{Value: p, Text: names[i], Pict: "pict-" + p, On: i == 0})
	}
	return m
}

// list is n answers without drawings.
func list(env *kit.Env, n int) askchoice.Model {
	m := askchoice.Model{Steps: steps(env, 9), Title: "Ông/bà có quan hệ thế nào với người được cấp trích lục hộ tịch?",
		Help: env.T("form.optional") + ". Chọn một câu đúng nhất với ông/bà; việc này chỉ để cơ quan biết ai được nhận kết quả.", BackTo: env.T("app.previous")}
	names := []string{"Là chính tôi", "Là cha, mẹ, vợ, chồng, con của người đó", "Là anh, chị, em ruột hoặc người giám hộ, người được uỷ quyền theo quy định của pháp luật", "Quan hệ khác"}
	for i := range n {
		text := names[i%len(names)]
		if i >= len(names) {
			text = fmt.Sprintf("Câu trả lời số %d", i+1)
		}
		m.Options = append(m.Options, askchoice.Option{Value: fmt.Sprint(i), Text: text, On: i == 1})
	}
	return m
}

func screen(model func(*kit.Env) askchoice.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return askchoice.New(env, model(env), askchoice.Actions{Back: func() {}, Next: func() {}, Pick: func(string) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "event", screen(event), "Ông/bà cần bản sao trích lục về việc gì?", "Nhận cha, mẹ, con", "Câu sau", "Quay lại")
	golden.State(t, "askchoice-four", screen(func(env *kit.Env) askchoice.Model { return list(env, 4) }), "Là chính tôi", "Câu trước")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "askchoice-yesno", screen(func(env *kit.Env) askchoice.Model {
		m := list(env, 0)
		m.Title = "Ông/bà đã từng được cấp giấy xác nhận tình trạng hôn nhân chưa?"
		m.Options = []askchoice.Option{{Value: "yes", Text: env.T("app.yes")}, {Value: "no", Text: env.T("app.no")}}
		m.Missing = true
		return m
	}), "Xin trả lời")
	for _, n := range []int{7, 12, 25} {
		golden.State(t, fmt.Sprintf("askchoice-%d", n), screen(func(env *kit.Env) askchoice.Model { return list(env, n) }))
	}
	golden.State(t, "askchoice-problem", screen(func(env *kit.Env) askchoice.Model {
		m := event(env)
		m.Problem = golden.Longest(env)
		return m
	}))
	golden.State(t, "askchoice-list-problem", screen(func(env *kit.Env) askchoice.Model {
		m := list(env, 8)
		m.Problem, m.Many = golden.Longest(env), true
		return m
	}))
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	a := askchoice.Actions{Back: func() { did = "back" }, Next: func() { did = "next" }, Pick: func(v string) { did = v }}
	obj := askchoice.New(env, event(env), a)
	for name, want := range map[string]string{"Quay lại": "back", "Câu sau": "next", "Kết hôn": "rings", "Việc khác": "other"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	m := event(env)
	m.Missing = true
	golden.Off(t, askchoice.New(env, m, a), "Xin trả lời")
}

func TestTheChosenAnswerIsInSight(t *testing.T) {
	env := golden.Cases[0].Env(t)
	m := list(env, 25)
	m.Options[1].On, m.Options[22].On = false, true
	obj := askchoice.New(env, m, askchoice.Actions{})
	obj.Resize(fyne.NewSize(env.Size.W, env.Size.H))
	golden.Texts(t, obj, "Câu trả lời số 23")
	if kit.Find(obj, "Là chính tôi") != nil {
		t.Error("the first page is shown, not the one with the answer")
	}
	for kit.Find(obj, "Trang trước").Enabled() {
		golden.Press(t, obj, "Trang trước")
	}
	golden.Texts(t, obj, "Là chính tôi")
}
