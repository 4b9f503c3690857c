package delivery_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/delivery"
	"tramhoso/sync/dossier"
)

// code is as long as they get.
var code, _ = dossier.Transfer{BIN: "970423", Account: "0099999999", Amount: 16000, Purpose: "LE PHI HO SO 7K3QX9TB"}.QR()

func extract(env *kit.Env) delivery.Model {
	free, post := env.Words.Money(0), env.Words.Money(26000)
	m := delivery.Model{Return: dossier.ReturnHere, Station: "điểm Hoà Phú", Notices: dossier.Notices{SMS: true}, Phone: "09xxxxx456",
		Prices: map[dossier.Return]string{dossier.ReturnHere: free, dossier.ReturnAgency: free, dossier.ReturnPost: post, dossier.ReturnElectronic: free},
		Fee:    env.T("delivery.fee", "money", env.Words.Money(16000)), FeeHow: env.T("delivery.fee-count", "n", 2, "money", env.Words.Money(8000)),
		FeeNote: "8.000 đồng một bản sao trích lục.", HasFee: true, Pay: dossier.PayCounter,
		Exempt: "Có trường hợp được miễn theo quy định. Xin hỏi giao dịch viên.",
		Code:   code, Payee: env.T("delivery.payee", "name", "UBND xã Hoà Phú"), Purpose: env.T("delivery.purpose", "purpose", "LE PHI HO SO 7K3QX9TB")}
	if env.Words.Lang() == "en" {
		m.Station, m.FeeNote, m.Exempt = "Hoà Phú", "8,000 dong a copy.", "Some people are exempt by law. Please ask the clerk."
	}
	return m
}

func screen(model func(*kit.Env) delivery.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		do := func() {}
		return delivery.New(env, model(env), delivery.Actions{Back: do, Next: do, Return: func(dossier.Return) {}, Address: do, SMS: do, Zalo: do, Email: do,
			Phone: do, Mail: do, Pay: func(dossier.Pay) {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "extract", screen(extract), "Nhận kết quả và trả lệ phí", "Tại đây, điểm Hoà Phú", "Bưu tá mang đến nhà", "26.000 đồng", "Tin nhắn",
		"Lệ phí 16.000 đồng", "2 bản × 8.000 đồng", "Quét mã VietQR", "Người nhận: UBND xã Hoà Phú", "Tôi đã chuyển", "tiền đã đến hay chưa", "Hoặc trả sau",
		"Trả tại quầy", "Khi nhận kết quả", "Tiếp tục")
}

// The post brings it to an address, the money is said to be on its way, and a
// code cannot be had.
func TestLookOfChoices(t *testing.T) {
	golden.Screen(t, "sent", screen(func(env *kit.Env) delivery.Model {
		m := extract(env)
		m.Return, m.Address, m.Pay = dossier.ReturnPost, "Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk", dossier.PayTransfer
		m.Notices.Zalo, m.Notices.Email, m.Email = true, true, "b•••@example.vn"
		return m
	}), "Đến: Buôn Ea Bông", "Tôi đã chuyển", "Trạm", "Thư điện tử")
	golden.State(t, "no-code", screen(func(env *kit.Env) delivery.Model {
		m := extract(env)
		m.Code, m.Payee, m.Purpose, m.Pay = "", "", "", dossier.PayCollect
		m.Prices = map[dossier.Return]string{dossier.ReturnPost: env.T("delivery.price-unknown")}
		m.NoCode, m.Email = env.T("delivery.no-account"), "b•••@example.vn"
		return m
	}), "Không có mã VietQR", "chưa rõ giá", "Máy này chưa thu tiền", "Trả lệ phí lúc nào?", "Số điện thoại: 09xxxxx456")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "delivery-free", screen(func(env *kit.Env) delivery.Model {
		return delivery.Model{Return: dossier.ReturnPost, Station: "Điểm Bưu điện – Văn hoá xã Hoà Phú", Fee: env.T("delivery.fee-free")}
	}), "Không thu lệ phí")
	golden.State(t, "delivery-problem", screen(func(env *kit.Env) delivery.Model {
		m := extract(env)
		m.Fee, m.FeeHow, m.Code, m.NoCode = env.T("delivery.fee-elsewhere"), "", "", env.T("delivery.no-amount")
		m.FeeNote = "2.000 đồng một trang; từ trang thứ 3: 1.000 đồng một trang; tối đa 200.000 đồng."
		m.Problem = golden.Longest(env)
		return m
	}))
	golden.State(t, "delivery-code-problem", screen(func(env *kit.Env) delivery.Model {
		m := extract(env)
		m.Problem = golden.Longest(env)
		return m
	}))
}

// A code that cannot be drawn leaves the ways to pay later.
func TestCodeTooLong(t *testing.T) {
	obj := screen(func(env *kit.Env) delivery.Model {
		m := extract(env)
		m.Code = strings.Repeat("A", 5000)
		return m
	})(golden.Cases[0].Env(t))
	golden.Texts(t, obj, "Trả tại quầy", "Khi nhận kết quả")
}

// Whoever listens hears the prices, and what the code is for.
func TestSpoken(t *testing.T) {
	obj := screen(extract)(golden.Cases[0].Env(t))
	said := kit.Speech(obj)
	for _, want := range []string{"Bưu tá mang đến nhà. 26.000 đồng", "Mã VietQR để chuyển khoản"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[2].Env(t) // portrait: room for all
	m := extract(env)
	m.Email = "b•••@example.vn"
	a := delivery.Actions{Back: func() { did = "back" }, Next: func() { did = "next" },
		Return: func(r dossier.Return) { did = string(r) }, Address: func() { did = "other address" },
		SMS: func() { did = "sms" }, Zalo: func() { did = "zalo" }, Email: func() { did = "mail" },
		Phone: func() { did = "other number" }, Mail: func() { did = "other mail" }, Pay: func(p dossier.Pay) { did = string(p) }}
	press := func(obj fyne.CanvasObject, name, want string) {
		t.Helper()
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	obj := delivery.New(env, m, a)
	for name, want := range map[string]string{"Quay lại": "back", "Tiếp tục": "next", "Tại đây, điểm Hoà Phú": "here", "Tại cơ quan giải quyết": "agency",
		"Bưu tá mang đến nhà": "post", "Bản điện tử": "electronic", "Tin nhắn": "sms", "Zalo": "zalo", "Thư điện tử": "mail",
		"Trả tại quầy": "counter", "Khi nhận kết quả": "collect", "Tôi đã chuyển": "transfer"} {
		press(obj, name, want)
	}
	m.Return, m.Address, m.Code = dossier.ReturnPost, "Buôn Ea Bông", ""
	obj = delivery.New(env, m, a)
	press(obj, "Bưu tá mang đến nhà", "other address")
	press(obj, "Số điện thoại: 09xxxxx456", "other number")
	press(obj, "Thư: b•••@example.vn", "other mail")
}
