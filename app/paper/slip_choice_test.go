package paper

import (
	"bytes"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/app/visit"
	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

func transfer() *dossier.Transfer {
	return &dossier.Transfer{BIN: "970423", Bank: "TPBank", Account: "0099999999", Name: "TAI KHOAN MAU", Amount: 16000, Purpose: "LE PHI HO SO 7K3QX9TB"}
}

// chosenSlip has the result brought home and the fee sent from a telephone.
func chosenSlip() Slip {
	price := int64(26000)
	s := slip()
	s.Return, s.Back, s.Home = dossier.ReturnPost, &price, "Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk"
	s.Notices = dossier.Notices{SMS: true, Zalo: true}
	s.Pay, s.Transfer = dossier.PayTransfer, transfer()
	return s
}

// collectSlip pays when the result is collected, and may do so before.
func collectSlip() Slip {
	s := chosenSlip()
	s.Return, s.Back, s.Home, s.Notices, s.Pay = dossier.ReturnHere, nil, "", dossier.Notices{Email: true}, dossier.PayCollect
	return s
}

func TestSlipSaysWhatWasChosen(t *testing.T) {
	code, err := transfer().QR()
	if err != nil {
		t.Fatal(err)
	}
	part := func(s Slip) string {
		all := texts(document(t, s, false))
		return strings.Split(all, "----\n")[2]
	}
	want := `Nhận kết quả: bưu tá mang đến nhà
Mang đến: Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk
Cước mang đến nhà: 26.000 đồng
Báo tin bằng: tin nhắn, Zalo
Lệ phí: 16.000 đồng
Chuyển khoản: người gửi nói đã chuyển. Trạm chưa biết tiền đã đến hay chưa.
QR ` + code + `
Mã VietQR: 16.000 đồng
Người nhận: TAI KHOAN MAU, 0099999999, TPBank
Nội dung: LE PHI HO SO 7K3QX9TB
Chưa chuyển thì quét mã này bằng ứng dụng ngân hàng. Đã chuyển rồi thì không chuyển nữa.
Cước dịch vụ: 0 đồng
Bồi thường: theo Thông tư 17/2017/TT-BTTTT
`
	if d := cmp.Diff(want, part(chosenSlip())); d != "" {
		t.Error(d)
	}
	want = `Nhận kết quả: tại điểm này
Báo tin bằng: thư điện tử
Lệ phí: 16.000 đồng
Trả khi nhận kết quả: chưa thu
QR ` + code + `
Mã VietQR: 16.000 đồng
Người nhận: TAI KHOAN MAU, 0099999999, TPBank
Nội dung: LE PHI HO SO 7K3QX9TB
Muốn trả trước thì quét mã này bằng ứng dụng ngân hàng, và báo khi nhận kết quả. Trạm chưa biết tiền đã đến hay chưa.
Cước dịch vụ: 0 đồng
Bồi thường: theo Thông tư 17/2017/TT-BTTTT
`
	if d := cmp.Diff(want, part(collectSlip())); d != "" {
		t.Error(d)
	}

	for name, tt := range map[string]struct {
		change    func(*Slip)
		want, not string
	}{
		"cash is taken at once":       {func(s *Slip) { s.Pay = dossier.PayCounter }, "Trả tại quầy: chưa thu\n", "VietQR"},
		"no account":                  {func(s *Slip) { s.Transfer, s.Pay = nil, dossier.PayCollect }, "Trả khi nhận kết quả: chưa thu\nCước", "VietQR"},
		"said to be sent to nobody":   {func(s *Slip) { s.Transfer = nil }, "Trả tại quầy: chưa thu\n", "đã chuyển"},
		"price of the way not known":  {func(s *Slip) { s.Back = nil }, "Cước mang đến nhà: chưa rõ, xin hỏi tại quầy\n", "26.000"},
		"bank without a name":         {func(s *Slip) { s.Transfer = transfer(); s.Transfer.Bank = "" }, "TAI KHOAN MAU, 0099999999, 970423\n", "TPBank"},
		"no news":                     {func(s *Slip) { s.Notices = dossier.Notices{} }, "26.000 đồng\nLệ phí", "Báo tin"},
		"at the agency":               {func(s *Slip) { s.Return = dossier.ReturnAgency }, "Nhận kết quả: tại cơ quan giải quyết\n", "Mang đến"},
		"electronically":              {func(s *Slip) { s.Return = dossier.ReturnElectronic }, "Nhận kết quả: bản điện tử\n", "Mang đến"},
		"the fee is not known":        {func(s *Slip) { s.Fee = visit.Fee{Count: 1} }, "Lệ phí: cơ quan báo sau\n", "VietQR"},
		"nothing to pay":              {func(s *Slip) { s.Fee.Total = 0 }, "Lệ phí: 0 đồng\n", "VietQR"},
		"an older job without choice": {func(s *Slip) { *s = slip() }, "Trả tại quầy: chưa thu\n", "Nhận kết quả"},
	} {
		s := chosenSlip()
		tt.change(&s)
		if got := part(s); !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
			t.Errorf("%s: want %q, not %q in\n%s", name, tt.want, tt.not, got)
		}
	}
	s := chosenSlip()
	s.Transfer.BIN = "1"
	if _, err := s.Document(false); err == nil {
		t.Error("a code of no bank was drawn")
	}
}

// No word of a slip says that money has arrived.
func TestSlipPromisesNoMoney(t *testing.T) {
	for _, s := range []Slip{chosenSlip(), collectSlip()} {
		got := strings.ToLower(texts(document(t, s, false)))
		for _, never := range []string{"đã thu", "đã trả", "đã nhận tiền", "đã thanh toán"} {
			if strings.Contains(got, never) {
				t.Errorf("%q in\n%s", never, got)
			}
		}
	}
}

func TestSlipOfALetterHasTheChoice(t *testing.T) {
	want := chosenSlip()
	l := visit.Letter{Fee: want.Fee, Papers: want.Papers,
		Dossier: dossier.Dossier{Return: want.Return, Address: want.Home, Notices: want.Notices,
			Payment: dossier.Payment{Pay: want.Pay, Price: want.Back, Transfer: want.Transfer}}}
	got := SlipOf(l, Facts{}, Station{})
	if got.Return != want.Return || got.Home != want.Home || got.Notices != want.Notices || got.Pay != want.Pay || got.Back != want.Back || got.Transfer != want.Transfer {
		t.Errorf("%+v", got)
	}
}

// A reader finds both codes of the paper, whole, on both widths.
func TestBothCodesOfASlipAreRead(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Fatal("zbarimg is missing: install the package zbar-tools")
	}
	code, err := transfer().QR()
	if err != nil {
		t.Fatal(err)
	}
	for name, width := range map[string]int{"80": printer.Width80mm, "58": printer.Width58mm} {
		img, err := printer.Layout(document(t, chosenSlip(), false), printer.Paper{WidthDots: width})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), name+".png")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path).Output()
		if err != nil {
			t.Fatalf("%s mm: %v", name, err)
		}
		got := strings.Split(strings.TrimSpace(string(out)), "\n")
		slices.Sort(got)
		if d := cmp.Diff([]string{code, qr}, got); d != "" {
			t.Errorf("%s mm: %s", name, d)
		}
	}
}
