package delivery_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/delivery"
	"tramhoso/sync/dossier"
)

func extract(env *kit.Env) delivery.Model {
	m := delivery.Model{Return: dossier.ReturnHere, Station: "điểm Hoà Phú", Notices: dossier.Notices{SMS: true}, Phone: "0912 345 456",
		Fee: env.T("delivery.fee", "money", env.Words.Money(16000)), FeeHow: env.T("delivery.fee-count", "n", 2, "money", env.Words.Money(8000)),
		FeeNote: "8.000 đồng một bản sao trích lục.", HasFee: true, AtDesk: true}
	if env.Words.Lang() == "en" {
		m.Station, m.FeeNote = "Hoà Phú", "8,000 dong a copy."
	}
	return m
}

func screen(model func(*kit.Env) delivery.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		do := func() {}
		return delivery.New(env, model(env), delivery.Actions{Back: do, Next: do, Return: func(dossier.Return) {}, SMS: do, Zalo: do, Email: do, AtDesk: func(bool) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "extract", screen(extract), "Nhận kết quả và trả lệ phí", "Tại đây, điểm Hoà Phú", "Bưu tá mang đến nhà", "Tin nhắn", "Lệ phí 16.000 đồng",
		"2 bản × 8.000 đồng", "Trả tại quầy", "Tiếp tục")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "delivery-free", screen(func(env *kit.Env) delivery.Model {
		return delivery.Model{Return: dossier.ReturnPost, Station: "Điểm Bưu điện – Văn hoá xã Hoà Phú", Fee: env.T("delivery.fee-free")}
	}), "Không thu lệ phí")
	golden.State(t, "delivery-problem", screen(func(env *kit.Env) delivery.Model {
		m := extract(env)
		m.Fee, m.FeeHow = env.T("delivery.fee-elsewhere"), ""
		m.FeeNote = "2.000 đồng một trang; từ trang thứ 3: 1.000 đồng một trang; tối đa 200.000 đồng."
		m.Problem = golden.Longest(env)
		return m
	}))
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := delivery.New(env, extract(env), delivery.Actions{Back: func() { did = "back" }, Next: func() { did = "next" },
		Return: func(r dossier.Return) { did = string(r) }, SMS: func() { did = "sms" }, Zalo: func() { did = "zalo" }, Email: func() { did = "mail" },
		AtDesk: func(now bool) {
			did = "collect"
			if now {
				did = "counter"
			}
		}})
	for name, want := range map[string]string{"Quay lại": "back", "Tiếp tục": "next", "Tại đây, điểm Hoà Phú": "here", "Tại cơ quan giải quyết": "agency",
		"Bưu tá mang đến nhà": "post", "Bản điện tử": "electronic", "Tin nhắn": "sms", "Zalo": "zalo", "Thư điện tử": "mail",
		"Trả tại quầy": "counter", "Khi nhận kết quả": "collect"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
