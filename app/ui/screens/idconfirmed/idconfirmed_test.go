package idconfirmed_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/idconfirmed"
	"tramhoso/sync/dossier"
)

func sample(env *kit.Env) idconfirmed.Model {
	return idconfirmed.Model{
		Name: "H’ Bia Niê", ReadAt: env.T("idconfirmed.read-qr", "clock", "09:26"), Number: "066190000123", Born: "12/08/1990",
		Sex: env.T("idconfirmed.female"), Address: "Buôn Ea Bông, Buôn Ma Thuột, Đắk Lắk", Trust: dossier.TrustConsistent,
	}
}

func long(env *kit.Env) idconfirmed.Model {
	m := sample(env)
	m.Name, m.ReadAt = "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân", env.T("idconfirmed.read-both", "clock", "09:26")
	m.Address = "Số 12 đường Nguyễn Thị Minh Khai, tổ dân phố 7, phường Buôn Ma Thuột, tỉnh Đắk Lắk"
	m.Trust = dossier.TrustDeclared
	return m
}

func screen(model func(*kit.Env) idconfirmed.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return idconfirmed.New(env, model(env), idconfirmed.Actions{Rescan: func() {}, Show: func() {}, Next: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "person", screen(sample),
		"H’ Bia Niê", "•••• •••• 0123", "Khớp – mức của ông/bà", "Cơ quan vẫn đối chiếu khi tiếp nhận.", "Đúng, tiếp tục")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "idconfirmed-long", screen(long), "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân", "Khai báo – mức của ông/bà")
	golden.State(t, "idconfirmed-typed", screen(func(env *kit.Env) idconfirmed.Model {
		return idconfirmed.Model{Name: "Nguyễn Hoàng Thuỵ Khánh Nguyên Phượng", ReadAt: env.T("idconfirmed.read-typed", "clock", "09:26"),
			Number: "066190000123", Trust: dossier.TrustDeclared}
	}), "Không có trên thẻ")
	golden.State(t, "idconfirmed-problem", screen(func(env *kit.Env) idconfirmed.Model {
		m := long(env)
		m.Problem = golden.Longest(env)
		return m
	}))
}

func TestNumberIsShownOnlyWhenAsked(t *testing.T) {
	env := golden.Cases[0].Env(t)
	m := sample(env)
	if all := strings.Join(kit.Texts(idconfirmed.New(env, m, idconfirmed.Actions{})), " "); strings.Contains(all, "0661") {
		t.Errorf("the number is readable: %s", all)
	}
	m.Shown = true
	golden.Texts(t, idconfirmed.New(env, m, idconfirmed.Actions{}), "0661 9000 0123", "Che số", "Xin che lại khi đã xem xong.")
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := idconfirmed.New(env, sample(env), idconfirmed.Actions{
		Rescan: func() { did = "rescan" }, Show: func() { did = "show" }, Next: func() { did = "next" }})
	for name, want := range map[string]string{"Quét lại": "rescan", "Hiện đủ số": "show", "Đúng, tiếp tục": "next"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
