package review_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/review"
)

func cards(env *kit.Env, name, procedure, agency string, answers, papers []string) []review.Card {
	card := func(id, icon, head string, lines ...string) review.Card {
		return review.Card{ID: id, Icon: icon, Head: head, Lines: lines, What: env.T("review.section-" + id)}
	}
	given := papers[0]
	for _, p := range papers[1:] {
		given += ", " + p
	}
	return []review.Card{
		card("person", "person", name, env.T("review.person", "last4", "0123", "grade", env.T("idconfirmed.consistent")), env.T("review.phone", "phone", "09xxxxx456")),
		card("procedure", "book", procedure, env.T("review.to", "agency", agency)),
		card("form", "pencil", env.T("review.form", "n", 9), answers...),
		card("papers", "doc", env.T("review.papers", "n", len(papers)), given),
		card("delivery", "home", env.T("review.here", "station", "điểm Hoà Phú"), env.T("review.notices", "channels", env.T("delivery.sms"))),
		card("fee", "coin", env.T("review.fee", "money", env.Words.Money(16000)), env.T("review.pay-counter"), env.T("review.not-paid")),
	}
}

func sample(env *kit.Env) review.Model {
	if env.Words.Lang() == "en" {
		return review.Model{Cards: cards(env, "H’ Bia Niê", "Copy of a civil status extract", "UBND P. Buôn Ma Thuột", []string{"Birth", "Y Khôi Niê"}, []string{"Form", "ID card"})}
	}
	return review.Model{Cards: cards(env, "H’ Bia Niê", "Cấp bản sao trích lục hộ tịch", "Uỷ ban nhân dân phường Buôn Ma Thuột",
		[]string{"Khai sinh", "Y Khôi Niê"}, []string{"Tờ khai", "Thẻ căn cước"})}
}

func long(env *kit.Env) review.Model {
	return review.Model{Cards: cards(env, "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân", "Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới",
		"Uỷ ban nhân dân phường Buôn Ma Thuột", []string{"Nguyễn Hoàng Thuỵ Khánh Nguyên Phượng", "Số 12 đường Nguyễn Thị Minh Khai, tổ dân phố 7, phường Buôn Ma Thuột"},
		[]string{"Tờ khai: trả lời các câu hỏi trên máy này", "Thẻ căn cước: chỉ xuất trình", "Văn bản uỷ quyền, khi làm thay người khác"})}
}

func screen(model func(*kit.Env) review.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return review.New(env, model(env), review.Actions{Back: func() {}, Next: func() {}, Edit: func(string) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "review", screen(sample), "Xin xem lại trước khi nộp", "H’ Bia Niê", "Căn cước •••• 0123 – mức “Khớp”", "Tờ khai: đủ 9 câu", "Lệ phí 16.000 đồng",
		"Đúng cả, tiếp tục")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "review-long", screen(long), "Công Tằng Tôn Nữ Thị Ngọc Huyền Trân")
	golden.State(t, "review-transfer", screen(func(env *kit.Env) review.Model {
		m := sample(env)
		m.Cards[len(m.Cards)-1].Lines = []string{env.T("review.not-known"), env.T("review.pay-transfer")}
		return m
	}), "Trạm chưa biết tiền đã đến hay chưa")
	golden.State(t, "review-problem", screen(func(env *kit.Env) review.Model {
		m := long(env)
		m.Problem = golden.Longest(env)
		return m
	}))
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := review.New(env, sample(env), review.Actions{Back: func() { did = "back" }, Next: func() { did = "next" }, Edit: func(id string) { did = id }})
	for name, want := range map[string]string{"Quay lại": "back", "Đúng cả, tiếp tục": "next", "Sửa: người nộp": "person", "Sửa: thủ tục": "procedure",
		"Sửa: tờ khai": "form", "Sửa: giấy tờ": "papers", "Sửa: nhận kết quả": "delivery", "Sửa: lệ phí": "fee"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
