package paper

import (
	"bytes"
	"encoding/json"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/app/visit"
	"tramhoso/app/visit/papers"
	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

var update = flag.Bool("update", false, "draw the golden papers anew")

// qr has the length that a slip's code really has.
const qr = "HTTPS://HOSO.DAKLAK.EXAMPLE/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDINRYHI6D4QCCIRDEQSSMJZIFEVCWLBNFYXTAMJSGM2DKNRXHA4TUOZ4#GEZDGNBVGY3TQOJQGEZDGNBVGY"

func slip() Slip {
	return Slip{
		Number: "DL27-000318-K", QR: qr,
		At:      dossier.Stamp{Wall: time.Date(2026, 7, 14, 2, 41, 0, 0, time.UTC), Source: dossier.TimeSystem},
		Station: Station{Code: "DL27", Name: "Điểm BĐ – VHX Hoà Phú", Address: "Đắk Lắk"},
		Sender:  Party{Name: "H’ Bia Niê", Last4: "0123", Address: "Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk", Phone: "0905123456"},
		Receiver: Party{Name: "UBND phường Buôn Ma Thuột", Address: "01 Lý Nam Đế, Buôn Ma Thuột, Đắk Lắk",
			Phone: "0262 000 1022"},
		Title: "Cấp bản sao trích lục hộ tịch", Procedure: "2.000635", Copies: 2,
		Papers: []papers.Marked{{Name: "Tờ khai", Mark: papers.MarkElectronic}, {Name: "Giấy khai sinh cũ", Mark: papers.MarkCopy},
			{Name: "Thẻ căn cước", Mark: papers.MarkShown}},
		Fee: visit.Fee{Known: true, Unit: 8000, Count: 2, Total: 16000}, Pay: dossier.PayCounter,
	}
}

// longSlip has everything long, and a time that somebody told.
func longSlip() Slip {
	s := slip()
	s.At.Source = dossier.TimeStaff
	s.Station.Name, s.Station.Phone = "Điểm Bưu điện – Văn hoá xã Krông Pắc – Ea Kuăng – Buôn Hằng 1B", "0262 000 3333"
	s.Sender.Name = "Công Tằng Tôn Nữ Hoàng Phủ Ngọc Thuỳ Dương Nguyễn Thị Thanh Tuyền"
	s.Sender.Address = "Số nhà 215/27/3 đường Nguyễn Tất Thành nối dài, tổ dân phố 14B, phường Buôn Ma Thuột, tỉnh Đắk Lắk"
	s.Title = "Cấp Giấy xác nhận tình trạng hôn nhân cho công dân Việt Nam cư trú trong nước hoặc đã có thời gian cư trú ở nước ngoài"
	s.Papers = append(s.Papers, papers.Marked{Name: "Bản án, quyết định ly hôn đã có hiệu lực pháp luật của Toà án nhân dân có thẩm quyền", Mark: papers.MarkOriginal})
	s.Fee, s.Pay, s.Price, s.Copies = visit.Fee{Count: 1}, dossier.PayCollect, 26000, 0
	return s
}

func form01() Form01 {
	fee := int64(16000)
	at := time.Date(2026, 7, 14, 7, 10, 0, 0, time.UTC)
	return Form01{
		Station: Station{Code: "DL27", Name: "Điểm BĐ – VHX Hoà Phú"},
		At:      dossier.Stamp{Wall: at.Add(3 * time.Hour)},
		Form: dossier.Form01{
			Number: "0042/TNHS", Code: "H15.27-260714-0042", Centre: "Bộ phận một cửa UBND phường Buôn Ma Thuột", Applicant: "H’ Bia Niê", Last4: "0123",
			Address: "Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk", Phone: "0905123456", Email: "hbia@example.vn",
			Request: "Cấp bản sao trích lục hộ tịch",
			Papers: []dossier.Form01Item{{Name: "Tờ khai", Copy: dossier.CopyElectronic, Quantity: 1}, {Name: "Giấy khai sinh cũ", Copy: dossier.CopyCopy, Quantity: 2},
				{Name: "Văn bản uỷ quyền", Copy: dossier.CopyOriginal}},
			Days: "trong ngày làm việc", Received: at, Return: at.Add(26 * time.Hour), Collect: "Điểm BĐ – VHX Hoà Phú", Fee: &fee,
			Book: "01/2026", Serial: "42", Officer: "Trần Thị Hoa",
		},
	}
}

// texts is every word of a document, a line per block; bars in brackets.
func texts(d printer.Document) string {
	var b strings.Builder
	run := func(rs []printer.Run) {
		for _, r := range rs {
			b.WriteString(r.Text)
		}
	}
	for _, block := range d.Blocks {
		switch block := block.(type) {
		case printer.Text:
			if block.Invert {
				b.WriteString("[")
			}
			run(block.Runs)
			if block.Invert {
				b.WriteString("]")
			}
		case printer.Columns:
			run(block.Left)
			b.WriteString(" … ")
			run(block.Right)
		case printer.Rule:
			b.WriteString("----")
		case printer.QR:
			b.WriteString("QR " + block.Payload)
		default:
			continue
		}
		b.WriteString("\n")
	}
	return b.String()
}

func document(t *testing.T, d interface {
	Document(bool) (printer.Document, error)
}, reprint bool) printer.Document {
	t.Helper()
	doc, err := d.Document(reprint)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestSlipSays(t *testing.T) {
	want := `PHIẾU GỬI HỒ SƠ
Điểm BĐ – VHX Hoà Phú, Đắk Lắk
Số phiếu: DL27-000318-K
[ĐÃ NHẬN TẠI ĐIỂM NÀY]
[Chưa phải xác nhận của cơ quan]
Lúc 09:41 ngày 14/07/2026
Người gửi: H’ Bia Niê
Căn cước: số cuối 0123
Địa chỉ: Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk
Điện thoại: 0905123456
Gửi đến: UBND phường Buôn Ma Thuột
Địa chỉ: 01 Lý Nam Đế, Buôn Ma Thuột, Đắk Lắk
Điện thoại: 0262 000 1022
----
Cấp bản sao trích lục hộ tịch (2.000635) – 2 bản
1. Tờ khai – điện tử
2. Giấy khai sinh cũ – bản sao
3. Thẻ căn cước – chỉ xuất trình
----
Lệ phí: 16.000 đồng
Trả tại quầy: chưa thu
Cước dịch vụ: 0 đồng
Bồi thường: theo Thông tư 17/2017/TT-BTTTT
----
QR ` + qr + `
Mã này kiểm tra được ở mọi trạm, cả khi không có mạng. Mã hồ sơ và ngày hẹn trả do cơ quan báo.
`
	if d := cmp.Diff(want, texts(document(t, slip(), false))); d != "" {
		t.Error(d)
	}
}

func TestSlipOfALetter(t *testing.T) {
	l := visit.Letter{
		Dossier: dossier.Dossier{Title: "Cấp bản sao trích lục hộ tịch", Procedure: dossier.ProcedureRef{Code: "2.000635", Version: 2}, Payment: dossier.Payment{Pay: dossier.PayCounter},
			Applicant: dossier.Applicant{Phone: "0905123456", Person: dossier.Person{Number: "066190000123", Name: "H’ Bia Niê",
				Address: "Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk"}}},
		Agency: dossier.Agency{Name: dossier.Text{"vi": "UBND phường Buôn Ma Thuột", "en": "x"}, Address: "01 Lý Nam Đế, Buôn Ma Thuột, Đắk Lắk", Phone: "0262 000 1022"},
		Papers: slip().Papers, Fee: slip().Fee,
	}
	got := SlipOf(l, Facts{Number: slip().Number, QR: qr, At: slip().At}, slip().Station)
	if d := cmp.Diff(slip(), got); d != "" {
		t.Error(d)
	}
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("066190000123")) || strings.Contains(texts(document(t, got, false)), "066190000123") {
		t.Error("the slip knows the full number of the card")
	}
	var back Slip
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, back); d != "" {
		t.Error(d)
	}
}

func TestSlipVariants(t *testing.T) {
	say := func(change func(*Slip), reprint bool) string {
		s := slip()
		change(&s)
		return texts(document(t, s, reprint))
	}
	tests := []struct {
		name, got, want, not string
	}{
		{"reprint", say(func(*Slip) {}, true), "[BẢN IN LẠI]\nPHIẾU GỬI", "⟨"},
		{"no reprint", say(func(*Slip) {}, false), "PHIẾU GỬI", "IN LẠI"},
		{"time told", say(func(s *Slip) { s.At.Source = dossier.TimeStaff }, false), "14/07/2026 (giờ do nhân viên báo)", "chưa chắc"},
		{"time floored", say(func(s *Slip) { s.At.Source = dossier.TimeFloored }, false), "(đồng hồ máy chưa chắc đúng)", "nhân viên"},
		{"time signed", say(func(s *Slip) { s.At.Source = dossier.TimeSigned }, false), "Lúc 09:41 ngày 14/07/2026\n", "(giờ"},
		{"fee unknown", say(func(s *Slip) { s.Fee = visit.Fee{Count: 1} }, false), "Lệ phí: cơ quan báo sau", "chưa thu"},
		{"free", say(func(s *Slip) { s.Fee.Total = 0 }, false), "Lệ phí: 0 đồng", "chưa thu"},
		{"pay later", say(func(s *Slip) { s.Pay = dossier.PayCollect }, false), "Trả khi nhận kết quả: chưa thu", "Trả tại quầy"},
		{"no papers", say(func(s *Slip) { s.Papers = nil }, false), "Không có giấy tờ kèm theo", "1. "},
		{"instead of another", say(func(s *Slip) { s.Replaces = "DL27-000311-P" }, false), "Số phiếu: DL27-000318-K\nThay cho phiếu DL27-000311-P\n", "⟨"},
		{"by itself", say(func(*Slip) {}, false), "Số phiếu", "Thay cho"},
		{"no phone", say(func(s *Slip) { s.Sender.Phone, s.Receiver.Phone = "", "" }, false), "Gửi đến", "Điện thoại"},
	}
	for _, tt := range tests {
		if !strings.Contains(tt.got, tt.want) || strings.Contains(tt.got, tt.not) {
			t.Errorf("%s: want %q, not %q in\n%s", tt.name, tt.want, tt.not, tt.got)
		}
	}
}

func TestForm01Says(t *testing.T) {
	want := `Bộ phận một cửa UBND phường Buôn Ma Thuột
Số: 0042/TNHS
----
GIẤY TIẾP NHẬN HỒ SƠ
VÀ HẸN TRẢ KẾT QUẢ
Mã hồ sơ
H15.27-260714-0042
CƠ QUAN ĐÃ TIẾP NHẬN
----
Tiếp nhận hồ sơ của: H’ Bia Niê
Căn cước: số cuối 0123
Địa chỉ: Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk
Điện thoại: 0905123456
Thư điện tử: hbia@example.vn
Nội dung yêu cầu giải quyết: Cấp bản sao trích lục hộ tịch
Thành phần hồ sơ nộp gồm:
1. Tờ khai – bản điện tử, số lượng 1
2. Giấy khai sinh cũ – bản sao, số lượng 2
3. Văn bản uỷ quyền – bản chính, số lượng 1
----
Thời gian giải quyết: trong ngày làm việc
Nhận hồ sơ: 14:10 ngày 14/07/2026
Hẹn trả kết quả: 16:10 ngày 15/07/2026
Nhận kết quả tại: Điểm BĐ – VHX Hoà Phú
Phí, lệ phí: 16.000 đồng
Vào sổ: 01/2026, số thứ tự: 42
----
Người nộp … Người tiếp nhận
H’ Bia Niê … Trần Thị Hoa
In từ dữ liệu cơ quan gửi về trạm. Khi nhận kết quả, xin mang theo phiếu gửi và thẻ căn cước.
In tại Điểm BĐ – VHX Hoà Phú lúc 17:10 ngày 14/07/2026
QR H15.27-260714-0042
`
	got := texts(document(t, form01(), false))
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, never := range []string{"ĐÃ NHẬN TẠI ĐIỂM NÀY", "PHIẾU GỬI HỒ SƠ"} {
		if strings.Contains(got, never) {
			t.Errorf("Form 01 says %q: the two papers look alike", never)
		}
	}
	f := form01()
	f.Form.Return, f.Form.Code = time.Time{}, "mã lạ"
	got = texts(document(t, f, true))
	if !strings.Contains(got, "Hẹn trả kết quả: cơ quan báo sau") || strings.Contains(got, "QR ") || !strings.HasPrefix(got, "[BẢN IN LẠI]") {
		t.Error(got)
	}
	free := int64(0)
	for fee, says := range map[*int64]string{nil: "Phí, lệ phí: theo mức tỉnh, cơ quan quy định", &free: "Phí, lệ phí: 0 đồng"} {
		f.Form.Fee = fee
		if got := texts(document(t, f, false)); !strings.Contains(got, says) || strings.Contains(got, "đồng") != (fee != nil) {
			t.Errorf("want %q in\n%s", says, got)
		}
	}
}

func TestRefusesWhatIsNotWhole(t *testing.T) {
	for name, change := range map[string]func(*Slip){
		"no number": func(s *Slip) { s.Number = "" }, "no code": func(s *Slip) { s.QR = "" }, "no time": func(s *Slip) { s.At.Wall = time.Time{} },
		"no sender": func(s *Slip) { s.Sender.Name = "" }, "no receiver": func(s *Slip) { s.Receiver.Name = "" },
		"no procedure": func(s *Slip) { s.Title = "" }, "the whole card": func(s *Slip) { s.Sender.Last4 = "066190000123" },
	} {
		s := slip()
		change(&s)
		if _, err := s.Document(false); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	f := form01()
	f.Form.Code = ""
	if _, err := f.Document(false); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("form 01 without a code: %v", err)
	}
}

// slipAgain is the second slip in place of a lost one.
func slipAgain() Slip {
	first := slip()
	c := dossier.CounterCard{Name: first.Sender.Name, Last4: first.Sender.Last4, Phone: first.Sender.Phone,
		Papers: []dossier.GivenPaper{{Name: "Tờ khai", Way: dossier.WayForm}, {Name: "Giấy khai sinh cũ", Way: dossier.WayOriginal}, {Name: "Căn cước", Way: dossier.WayShown}},
		Track:  dossier.Track{Title: first.Title, Procedure: dossier.ProcedureRef{Code: first.Procedure}, Office: first.Receiver.Name, Submitted: first.At}}
	return SlipAgain(c, dossier.Agency{Address: first.Receiver.Address, Phone: first.Receiver.Phone},
		Facts{Number: first.Number, QR: first.QR, At: dossier.Stamp{Wall: first.At.Wall.Add(50 * time.Hour), Source: dossier.TimeSystem}}, 2, first.Station)
}

// A slip in place of a lost one says so, and since when; it has the same number,
// and invents neither fee nor price, nor whether a paper was an original.
func TestSlipAgainSays(t *testing.T) {
	got := texts(document(t, slipAgain(), false))
	for _, want := range []string{"[CẤP LẠI LẦN 2]\n[Phiếu trước không còn giá trị]\nPHIẾU GỬI HỒ SƠ", "Số phiếu: DL27-000318-K",
		"Lúc 09:41 ngày 14/07/2026\nCấp lại lúc 11:41 ngày 16/07/2026", "Người gửi: H’ Bia Niê", "như phiếu lần đầu",
		"1. Tờ khai – điện tử", "2. Giấy khai sinh cũ – bản giấy", "3. Căn cước – chỉ xuất trình", "QR HTTPS://", "Chưa phải xác nhận của cơ quan"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
	for _, wrong := range []string{"0 đồng", "BẢN IN LẠI", "Cước dịch vụ:", "⟨"} {
		if strings.Contains(got, wrong) {
			t.Errorf("it says %q:\n%s", wrong, got)
		}
	}
	if again := texts(document(t, slipAgain(), true)); !strings.HasPrefix(again, "[BẢN IN LẠI]\n[CẤP LẠI LẦN 2]") {
		t.Errorf("a copy of it begins %s", again)
	}
}

func TestGoldens(t *testing.T) {
	tests := []struct {
		name  string
		doc   printer.Document
		width int
	}{
		{"slip", document(t, slip(), false), printer.Width80mm},
		{"slip-reprint-long", document(t, longSlip(), true), printer.Width80mm},
		{"slip-58mm", document(t, longSlip(), false), printer.Width58mm},
		{"slip-transfer", document(t, chosenSlip(), false), printer.Width80mm},
		{"slip-transfer-58mm", document(t, chosenSlip(), false), printer.Width58mm},
		{"slip-collect", document(t, collectSlip(), false), printer.Width80mm},
		{"form01", document(t, form01(), false), printer.Width80mm},
		{"slip-again", document(t, slipAgain(), false), printer.Width80mm},
		{"recall", document(t, recall(), false), printer.Width80mm},
		{"recall-58mm", document(t, longRecall(), true), printer.Width58mm},
	}
	for _, tt := range tests {
		img, err := printer.Layout(tt.doc, printer.Paper{WidthDots: tt.width})
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		path := filepath.Join("testdata", tt.name+".png")
		if *update {
			var b bytes.Buffer
			if err := png.Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if n := differing(img, want); n != 0 {
			t.Errorf("%s: %d dots differ; look at it and draw it anew with -update", tt.name, n)
		}
	}
}

// differing counts the dots that differ, all of them when the sizes do.
func differing(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return a.Bounds().Dx() * a.Bounds().Dy()
	}
	n := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			ra, _, _, _ := a.At(x, y).RGBA()
			rb, _, _, _ := b.At(x, y).RGBA()
			if ra != rb {
				n++
			}
		}
	}
	return n
}
