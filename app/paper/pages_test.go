package paper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

func declaration() Declaration {
	l := visit.Letter{Agency: dossier.Agency{Name: dossier.Text{"vi": "UBND phường Buôn Ma Thuột"}},
		Dossier: dossier.Dossier{Title: "Cấp giấy xác nhận tình trạng hôn nhân", Procedure: dossier.ProcedureRef{Code: "1.004873", Version: 2},
			Applicant: dossier.Applicant{Phone: "0905123456", Person: dossier.Person{Number: "066190000123", Name: "H’ Bia Niê",
				Born: dossier.Date{Year: 1990, Month: 8, Day: 12}, Address: "Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk"}}}}
	return DeclarationOf(l, visit.Submitted{Slip: "DL27-000318-K", At: slip().At}, []Answer{
		{"Ông/bà xin giấy này cho ai?", "Cho tôi"}, {"Người được xác nhận tên là gì?", "H’ Bia Niê"},
		{"Hiện nay người đó thường trú ở đâu?", "Buôn Ea Bông, phường Buôn Ma Thuột, tỉnh Đắk Lắk"},
		{"Tình trạng hôn nhân hiện nay thế nào?", "Chưa đăng ký kết hôn với ai"}, {"Xin giấy này để làm gì?", "Để đăng ký kết hôn"}, {"Cần mấy bản?", "2"},
	}, slip().Station)
}

// longDeclaration has long names and fills three pages.
func longDeclaration() Declaration {
	d := declaration()
	d.Person.Name = "Công Tằng Tôn Nữ Hoàng Phủ Ngọc Thuỳ Dương Nguyễn Thị Thanh Tuyền"
	d.Station.Name = "Điểm Bưu điện – Văn hoá xã Krông Pắc – Ea Kuăng – Buôn Hằng 1B"
	d.Email = "cong-tang-ton-nu-hoang-phu-ngoc-thuy-duong@thu-dien-tu.example.vn"
	for i := range 14 {
		d.Answers = append(d.Answers, Answer{fmt.Sprintf("Câu hỏi thêm thứ %d, dài để phải xuống dòng: ông/bà đã từng cư trú ở những nơi nào, từ ngày nào đến ngày nào?", i+1),
			strings.Repeat("Từ ngày 01/01/2001 đến ngày 31/12/2010 cư trú tại thôn Ngã Ba, xã Ẵng Nưa; ", 1+i%3) + "ỹ ẫ ệ ỗ ử ẳ Đ đ."})
	}
	return d
}

// tool runs a program of Debian's poppler-utils.
func tool(t *testing.T, name string, in []byte, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: install Debian's package poppler-utils (packaging/install test does it)", name)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, said.Bytes())
	}
	if said.Len() > 0 {
		t.Errorf("%s complains: %s", name, said.Bytes())
	}
	return out.Bytes()
}

func pages(t *testing.T, f func() ([]byte, error)) []byte {
	t.Helper()
	pdf, err := f()
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// words is the text of a PDF with single spaces.
func words(t *testing.T, pdf []byte) string {
	return strings.Join(strings.Fields(string(tool(t, "pdftotext", pdf, "-", "-"))), " ")
}

func TestDeclarationPages(t *testing.T) {
	pdf := pages(t, func() ([]byte, error) { return declaration().Pages(false) })
	said := words(t, pdf)
	for _, w := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc", "TỜ KHAI", "Kính gửi: UBND phường Buôn Ma Thuột",
		"người khai: H’ Bia Niê", "năm sinh: 12/08/1990", "Số định danh cá nhân: 066190000123", "4. Tình trạng hôn nhân hiện nay thế nào? Chưa đăng ký kết hôn với ai",
		"(mã 1.004873)", "Tôi cam đoan", "Điểm BĐ – VHX Hoà Phú, ngày 14 tháng 07 năm 2026", "(Ký, ghi rõ họ, chữ đệm, tên)", "Kèm phiếu gửi DL27-000318-K", "Trang 1/1"} {
		if !strings.Contains(said, w) {
			t.Errorf("it does not say %q:\n%s", w, said)
		}
	}
	for _, never := range []string{"IN LẠI", "⟨", "\uFFFD", "ĐÃ TIẾP NHẬN"} {
		if strings.Contains(said, never) {
			t.Errorf("it says %q", never)
		}
	}
	if info := string(tool(t, "pdfinfo", pdf, "-rawdates", "-")); strings.Count(info, "D:20260714024100") != 2 {
		t.Errorf("it bears another time:\n%s", info)
	}
	if again := pages(t, func() ([]byte, error) { return declaration().Pages(false) }); !bytes.Equal(pdf, again) {
		t.Error("the same declaration is another file")
	}
	if said := words(t, pages(t, func() ([]byte, error) { return declaration().Pages(true) })); !strings.HasPrefix(said, "BẢN IN LẠI") {
		t.Errorf("a copy begins %.40q", said)
	}
}

func TestLongDeclaration(t *testing.T) {
	d := longDeclaration()
	said := words(t, pages(t, func() ([]byte, error) { return d.Pages(false) }))
	for i, a := range d.Answers {
		if q := fmt.Sprintf("%d. %s", i+1, a.Question); !strings.Contains(said, q) {
			t.Errorf("no %q", q)
		}
		if n := strings.Count(said, strings.TrimSpace(a.Answer)); n == 0 {
			t.Errorf("no %q", a.Answer)
		}
	}
	if n := strings.Count(said, d.Person.Name); n != 2 {
		t.Errorf("the name stands there %d times", n)
	}
	count := strings.Count(said, "Trang ")
	for p := 1; p <= count; p++ {
		if want := fmt.Sprintf("Trang %d/%d", p, count); !strings.Contains(said, want) {
			t.Errorf("no %q", want)
		}
	}
	if count < 3 {
		t.Errorf("%d pages", count)
	}
	// Place, promise and signature are on one page.
	last := said[strings.Index(said, fmt.Sprintf("Trang %d/%d", count-1, count)):]
	for _, w := range []string{"Tôi cam đoan", "Người khai", "(Ký, ghi rõ"} {
		if !strings.Contains(last, w) {
			t.Errorf("%q is not on the last page", w)
		}
	}
}

// A signature never stands alone on a page.
func TestSomethingAboveTheSignature(t *testing.T) {
	d := declaration()
	for len(d.Answers) < 15 {
		d.Answers = append(d.Answers, Answer{fmt.Sprintf("Câu %d?", len(d.Answers)+1), "Có"})
		said := words(t, pages(t, func() ([]byte, error) { return d.Pages(false) }))
		last := said[max(0, strings.LastIndex(said[:strings.Index(said, "Người khai")], "Trang ")):]
		if w := fmt.Sprintf("%d. Câu", len(d.Answers)); !strings.Contains(last, w) {
			t.Errorf("with %d answers the page to sign is %s", len(d.Answers), last)
		}
	}
}

// Anything may have been typed: what the font lacks is a visible mark, and
// nothing breaks the drawing.
func TestPagesOfAnything(t *testing.T) {
	d := declaration()
	d.Person.Name = "A\u0302\u0301n \U0001F600\u0000\n\U0001D538\uFFFF\xff B"
	d.Answers = []Answer{{"?", strings.Repeat("x", 500)}, {"Trống", " "}, {"漢字", "ж"}}
	said := words(t, pages(t, func() ([]byte, error) { return d.Pages(false) }))
	for _, w := range []string{"Ấn \uFFFD \uFFFD\uFFFD\uFFFD B", "2. Trống –", "\uFFFD\uFFFD ж"} {
		if !strings.Contains(said, w) {
			t.Errorf("no %q in %s", w, said)
		}
	}
	d.Answers = nil
	for range 3000 {
		d.Answers = append(d.Answers, Answer{"?", strings.Repeat("x ", 100)})
	}
	if _, err := d.Pages(false); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("a book was drawn: %v", err)
	}
}

func TestForm01Pages(t *testing.T) {
	for _, size := range []Size{A5, A4} {
		pdf := pages(t, func() ([]byte, error) { return form01().Pages(size, false) })
		said := words(t, pdf)
		for _, w := range []string{"Bộ phận một cửa UBND", "Số: 0042/TNHS", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
			"Mã hồ sơ: H15.27-260714-0042", "hồ sơ của: H’ Bia Niê", "số cuối 0123", "2. Giấy khai sinh cũ – bản sao, số lượng 2", "Nhận hồ sơ: 14:10 ngày 14/07/2026",
			"Hẹn trả kết quả: 16:10 ngày 15/07/2026", "16.000 đồng", "Vào sổ: 01/2026, số thứ tự: 42", "Người nộp", "Trần Thị Hoa", "Trang 1/1"} {
			if !strings.Contains(said, w) {
				t.Errorf("%s does not say %q:\n%s", size, w, said)
			}
		}
		if info := string(tool(t, "pdfinfo", pdf, "-")); !strings.Contains(info, map[Size]string{A5: "420.94 x 595.28", A4: "(A4)"}[size]) {
			t.Errorf("%s is\n%s", size, info)
		}
	}
	f := form01()
	f.Form.Last4 = "066190000123"
	if _, err := f.Pages(A5, false); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("the whole number: %v", err)
	}
}

// The facts of the small paper and of the page are the same.
func TestBothForms01SayTheSame(t *testing.T) {
	small := texts(document(t, form01(), false))
	page := words(t, pages(t, func() ([]byte, error) { return form01().Pages(A5, false) }))
	for _, line := range strings.Split(strings.TrimSpace(small), "\n") {
		for _, part := range strings.Split(line, " … ") {
			if part == "----" || strings.HasPrefix(part, "QR ") || part == "CƠ QUAN ĐÃ TIẾP NHẬN" || part == "VÀ HẸN TRẢ KẾT QUẢ" ||
				part == form01().Form.Centre { // it stands beside the national heading, in two lines
				continue
			}
			if !strings.Contains(page, part) {
				t.Errorf("the page does not say %q", part)
			}
		}
	}
}

func TestPagesOfAJob(t *testing.T) {
	raw := func(v any) []byte {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, tt := range []struct {
		kind string
		data []byte
		size Size
		ok   bool
	}{
		{KindDeclaration, raw(declaration()), A4, true}, {KindForm01Pages, raw(form01()), A5, true}, {KindResult, []byte("%PDF-"), A4, true},
		{KindDeclaration, []byte("{"), "", false}, {KindDeclaration, raw(Declaration{}), "", false}, {KindForm01Pages, []byte("[]"), "", false},
		{KindForm01Pages, raw(Form01{}), "", false}, {KindResult, make([]byte, dossier.MaxResultBytes+1), "", false}, {KindSlip, raw(slip()), "", false},
	} {
		pdf, size, err := Pages(Job{Kind: tt.kind, Data: tt.data}, A5)
		if (err == nil) != tt.ok || tt.ok && (size != tt.size || !bytes.HasPrefix(pdf, []byte("%PDF-"))) || !tt.ok && dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: %q, %v", tt.kind, size, err)
		}
		if IsPages(tt.kind) == (tt.kind == KindSlip) {
			t.Errorf("%s goes to the wrong printer", tt.kind)
		}
	}
}

// The pictures are drawn by poppler: a file that only we could read would not
// be a PDF.
func TestPageGoldens(t *testing.T) {
	drawn := map[string][]byte{
		"declaration":      pages(t, func() ([]byte, error) { return declaration().Pages(false) }),
		"declaration-long": pages(t, func() ([]byte, error) { return longDeclaration().Pages(true) }),
		"form01-a5":        pages(t, func() ([]byte, error) { return form01().Pages(A5, false) }),
	}
	f := form01()
	f.Form.Applicant, f.Form.Number = longDeclaration().Person.Name, ""
	f.Form.Centre = "Trung tâm Phục vụ hành chính công xã Krông Pắc – Ea Kuăng, huyện Krông Pắc, tỉnh Đắk Lắk"
	f.Form.Return, f.Form.Fee = time.Time{}, nil
	drawn["form01-a5-long"] = pages(t, func() ([]byte, error) { return f.Pages(A5, true) })
	for name, pdf := range drawn {
		dir := t.TempDir()
		tool(t, "pdftoppm", pdf, "-png", "-gray", "-r", "60", "-", filepath.Join(dir, name))
		made, err := filepath.Glob(filepath.Join(dir, "*.png"))
		if err != nil || len(made) == 0 {
			t.Fatalf("%s: no picture: %v", name, err)
		}
		for _, path := range made {
			golden := filepath.Join("testdata", filepath.Base(path))
			if *update {
				var b bytes.Buffer
				if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, grey(t, path)); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if n := differ(t, path, golden); n > 0 {
				t.Errorf("%s differs in %d dots", golden, n)
			}
		}
	}
}

// differ counts the dots of two pictures that are not the same to an eye.
func differ(t *testing.T, a, b string) (n int) {
	t.Helper()
	x, y := grey(t, a), grey(t, b)
	if x.Rect != y.Rect {
		t.Fatalf("%v, not %v", x.Rect, y.Rect)
	}
	for i, p := range x.Pix {
		if d := int(p) - int(y.Pix[i]); d > 24 || d < -24 { // another poppler smooths a little otherwise
			n++
		}
	}
	return n
}

func grey(t *testing.T, path string) *image.Gray {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(img.Bounds())
	draw.Draw(g, g.Rect, img, img.Bounds().Min, draw.Src)
	return g
}
