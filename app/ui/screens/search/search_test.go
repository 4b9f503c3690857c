package search_test

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/search"
)

func hits(env *kit.Env) []search.Hit {
	if env.Words.Lang() == "en" {
		return []search.Hit{
			{Code: "2.000635", Name: "Copy of a **civil status** extract", Second: "Same working day – 8,000 dong a copy"},
			{Code: "1.004873", Name: "Certificate of marital status", Second: "3 working days – set by the province"},
			{Code: "1.000894", Name: "Correction of **civil status** records", Second: "3 working days – set by the province"},
		}
	}
	return []search.Hit{
		{Code: "2.000635", Name: "Cấp bản sao trích lục **hộ tịch**", Second: "Trong ngày làm việc – 8.000 đồng một bản"},
		{Code: "2.001023", Name: "Xác nhận thông tin **hộ tịch**", Second: "3 ngày làm việc – theo mức của tỉnh"},
		{Code: "1.004859", Name: "Thay đổi, cải chính thông tin **hộ tịch**", Second: "3 ngày làm việc – theo mức của tỉnh"},
	}
}

func many(env *kit.Env) []search.Hit {
	all := hits(env)
	for i := range 20 {
		all = append(all, search.Hit{Code: fmt.Sprint(i), Name: "Đăng ký **hộ tịch** có yếu tố nước ngoài " + fmt.Sprint(i+4), Second: "15 ngày – không thu"})
	}
	return all
}

func actions() search.Actions {
	return search.Actions{Back: func() {}, Topics: func() {}, Query: func(q string) search.Results { return search.Results{Query: q} },
		Pick: func(string) {}, Open: func(string) {}}
}

func screen(model func(*kit.Env) search.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject { return search.New(env, model(env), actions()) }
}

func sample(env *kit.Env) search.Model {
	return search.Model{Count: env.Words.Number(16280), Results: search.Results{Query: "ho tich", Total: 23, Hits: many(env), Picked: "2.000635"}}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "found", screen(sample), "Ông/bà cần làm thủ tục gì?", "Có 16.280 thủ tục – gõ không dấu cũng được",
		"Cấp bản sao trích lục hộ tịch", "Xem thủ tục", "Chọn theo việc")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "search-empty", screen(func(env *kit.Env) search.Model { return search.Model{Count: "17"} }), "Xin chọn thủ tục")
	golden.State(t, "search-none", screen(func(env *kit.Env) search.Model {
		return search.Model{Count: "17", Results: search.Results{Query: "giấy phép khai thác khoáng sản hiếm"}, Free: true}
	}), "Chưa thấy thủ tục nào có chữ “giấy phép khai thác khoáng sản hiếm”.")
	golden.State(t, "search-problem", screen(func(env *kit.Env) search.Model {
		m := sample(env)
		m.Problem = golden.Longest(env)
		return m
	}))
}

func TestTypingPickingAndOpening(t *testing.T) {
	env := golden.Cases[0].Env(t)
	var queries, picked, opened []string
	topics := 0
	a := actions()
	a.Topics = func() { topics++ }
	a.Query = func(q string) search.Results {
		queries = append(queries, q)
		return search.Results{Query: q, Hits: hits(env), Total: 3}
	}
	a.Pick = func(code string) { picked = append(picked, code) }
	a.Open = func(code string) { opened = append(opened, code) }
	obj := search.New(env, search.Model{Count: "17"}, a)
	golden.Render(t, obj, kit.Size1280)
	golden.Off(t, obj, "Xin chọn thủ tục")
	golden.Press(t, obj, "h")
	golden.Press(t, obj, "o")
	if !slices.Equal(queries, []string{"h", "ho"}) {
		t.Errorf("asked for %q", queries)
	}
	golden.Texts(t, obj, "Thay đổi, cải chính thông tin hộ tịch")
	golden.Off(t, obj, "Xin chọn thủ tục")
	golden.Press(t, obj, "Xác nhận thông tin hộ tịch")
	golden.Press(t, obj, "Xem thủ tục")
	golden.Press(t, obj, "Chọn theo việc")
	if !slices.Equal(picked, []string{"2.001023"}) || !slices.Equal(opened, picked) || topics != 1 {
		t.Errorf("picked %q, opened %q, topics %d times", picked, opened, topics)
	}
}

func TestMoreThanFourAreTurned(t *testing.T) {
	env := golden.Cases[0].Env(t)
	obj := search.New(env, sample(env), actions())
	golden.Render(t, obj, kit.Size1280)
	golden.Press(t, obj, "Xem thêm 20 thủ tục")
	golden.Texts(t, obj, "Đăng ký hộ tịch có yếu tố nước ngoài 4", "nước ngoài 6", "Xem thêm 17 thủ tục")
	if kit.Find(obj, "Cấp bản sao trích lục hộ tịch") != nil {
		t.Error("the first page is still shown")
	}
}
