package papers_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/papers"
)

func missing(env *kit.Env) papers.Model {
	rows := []papers.Row{
		{ID: "form", Name: "Tờ khai", State: papers.Form, Required: true},
		{ID: "card", Name: "Thẻ căn cước", State: papers.Shown, Required: true},
		{ID: "old", Name: "Giấy khai sinh cũ", Required: true},
		{ID: "power", Name: "Văn bản uỷ quyền", State: papers.Declined},
	}
	if env.Words.Lang() == "en" {
		for i, n := range []string{"Form", "ID card", "Old birth certificate", "Authorisation"} {
			rows[i].Name = n
		}
	}
	return papers.Model{Rows: rows, At: 2, Missing: 1}
}

// marital has five papers with the catalogue's long names.
func marital(env *kit.Env) papers.Model {
	return papers.Model{At: 3, Missing: 2, Rows: []papers.Row{
		{ID: "a", Name: "Tờ khai: trả lời các câu hỏi trên máy này", State: papers.Form, Required: true},
		{ID: "b", Name: "Thẻ căn cước: chỉ xuất trình", State: papers.Shown, Required: true},
		{ID: "c", Name: "Giấy xác nhận đã cấp trước đây, nếu có", State: papers.Given},
		{ID: "d", Name: "Bản án, quyết định ly hôn hoặc giấy khai tử của vợ, chồng, nếu có"},
		{ID: "e", Name: "Văn bản uỷ quyền, khi làm thay người khác", Required: true},
	}}
}

func screen(model func(*kit.Env) papers.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return papers.New(env, model(env), papers.Actions{Back: func() {}, Next: func() {}, Give: func(string) {}, Decline: func(string) {}, Ask: func(int) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "missing", screen(missing), "Giấy tờ kèm theo: còn 1 loại", "1. Tờ khai – đã điền trên máy này", "Đưa bản giấy cho giao dịch viên",
		"Tôi không có giấy này", "Chưa có", "Không có", "Còn thiếu 1 loại")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "papers-marital", screen(marital), "Không bắt buộc", "Còn thiếu 2 loại")
	golden.State(t, "papers-done", screen(func(env *kit.Env) papers.Model {
		m := missing(env)
		m.At, m.Missing, m.Rows[2].State = -1, 0, papers.Given
		return m
	}), "Giấy tờ kèm theo: đã đủ", "Tiếp tục")
	golden.State(t, "papers-nothing", screen(func(*kit.Env) papers.Model { return papers.Model{At: -1} }), "Thủ tục này không cần thêm giấy tờ.")
	golden.State(t, "papers-many", screen(func(env *kit.Env) papers.Model {
		m := marital(env)
		for i := range 6 {
			m.Rows = append(m.Rows, papers.Row{ID: fmt.Sprint(i), Name: fmt.Sprintf("Giấy tờ chứng minh chỗ ở hợp pháp số %d", i+1), Required: true})
		}
		m.At, m.Missing = 7, 5
		return m
	}), "Giấy tờ chứng minh chỗ ở hợp pháp số 3")
	golden.State(t, "papers-problem", screen(func(env *kit.Env) papers.Model {
		m := marital(env)
		m.Problem = golden.Longest(env)
		return m
	}))
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	a := papers.Actions{Back: func() { did = "back" }, Next: func() { did = "next" }, Give: func(id string) { did = "give " + id },
		Decline: func(id string) { did = "decline " + id }, Ask: func(i int) { did = fmt.Sprint("ask ", i) }}
	obj := papers.New(env, missing(env), a)
	golden.Off(t, obj, "Còn thiếu 1 loại")
	for name, want := range map[string]string{"Quay lại": "back", "Đưa bản giấy cho giao dịch viên": "give old",
		"Tôi không có giấy này": "decline old", "4. Văn bản uỷ quyền": "ask 3"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	m := missing(env)
	m.Missing, m.At = 0, -1
	golden.Press(t, papers.New(env, m, a), "Tiếp tục")
	if did != "next" {
		t.Errorf("did %q", did)
	}
}
