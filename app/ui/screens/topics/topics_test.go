package topics_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/topics"
)

func all(env *kit.Env) topics.Model {
	names := []string{"Sinh con", "Kết hôn và gia đình", "Người thân qua đời", "Nơi cư trú", "Giấy tờ, chứng thực", "Trợ cấp, chính sách", "Hộ kinh doanh", "Căn cước, giấy phép"}
	if env.Words.Lang() == "en" {
		names = []string{"Having a child", "Marriage and family", "A death in the family", "Residence", "Papers and certification", "Allowances and support", "Household business", "ID card and licences"}
	}
	var m topics.Model
	for i, p := range []string{"cradle", "rings", "lotus", "locker", "stamp", "hold", "counter", "card"} {
		m.Items = append(m.Items, topics.Item{ID: p, Name: names[i], Pict: "pict-" + p})
	}
	return m
}

func in(_ *kit.Env, n int) topics.Model {
	m := topics.Model{In: "Kết hôn và gia đình", Free: true}
	for i := range n {
		m.Items = append(m.Items, topics.Item{ID: fmt.Sprint(i), Name: fmt.Sprintf("Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới %d", i+1), Second: "3 ngày làm việc – theo mức của tỉnh"})
	}
	return m
}

func screen(model func(*kit.Env) topics.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return topics.New(env, model(env), topics.Actions{Back: func() {}, Search: func() {}, Pick: func(string) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "topics", screen(all), "Ông/bà có việc gì?", "Sinh con", "Giấy tờ, chứng thực", "Tìm theo tên")
}

func TestOtherStates(t *testing.T) {
	for _, n := range []int{0, 3, 30} {
		golden.State(t, fmt.Sprintf("topics-in-%d", n), screen(func(env *kit.Env) topics.Model { return in(env, n) }), "Kết hôn và gia đình: chọn thủ tục")
	}
	golden.State(t, "topics-many", screen(func(env *kit.Env) topics.Model {
		m := all(env)
		m.Items = append(append(m.Items, m.Items...), m.Items...)
		return m
	}), "Trang sau")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := topics.New(env, all(env), topics.Actions{Back: func() { did = "back" }, Search: func() { did = "search" }, Pick: func(id string) { did = id }})
	for name, want := range map[string]string{"Quay lại": "back", "Tìm theo tên": "search", "Sinh con": "cradle", "Hộ kinh doanh": "counter"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
