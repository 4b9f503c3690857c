package printer

import (
	"bytes"
	"errors"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens anew")

// slip is a document with everything a slip has.
func slip() Document {
	b := func(s string) Run { return Run{Text: s, Bold: true} }
	n := func(s string) Run { return Run{Text: s} }
	return Document{Blocks: []Block{
		Text{Align: Center, Runs: []Run{{Text: "PHIẾU GỬI HỒ SƠ", Size: Title, Bold: true}}},
		Text{Align: Center, Runs: []Run{{Text: "Điểm BĐ – VHX Hoà Phú, Đắk Lắk", Size: Small}}},
		Text{Align: Center, Runs: []Run{{Text: "Số phiếu: DL27-000318-K", Size: Large, Bold: true}}},
		Feed{Dots: 6},
		Text{Align: Center, Invert: true, Runs: []Run{b("ĐÃ NHẬN TẠI ĐIỂM NÀY\nChưa phải xác nhận của cơ quan")}},
		Feed{Dots: 8},
		Text{Runs: []Run{n("Lúc 09:41 ngày 14/07/2026")}},
		Text{Runs: []Run{n("Người gửi: "), b("H’ Bia Niê")}},
		Text{Runs: []Run{n("Căn cước: số cuối 0123")}},
		Text{Runs: []Run{n("Gửi đến: UBND phường Buôn Ma Thuột")}},
		Rule{Dashed: true},
		Text{Runs: []Run{b("Cấp bản sao trích lục hộ tịch"), n(" (2.000635) – 2 bản")}},
		Text{Runs: []Run{n("1. Tờ khai – điện tử")}, Indent: 26},
		Text{Runs: []Run{n("2. Giấy khai sinh cũ – bản chụp")}, Indent: 26},
		Text{Runs: []Run{n("3. Căn cước – chỉ xuất trình")}, Indent: 26},
		Rule{Dashed: true},
		Text{Runs: []Run{n("Lệ phí: "), b("16.000 đồng")}},
		Text{Runs: []Run{n("Trả tại quầy khi nhận: chưa thu")}},
		Columns{Left: []Run{n("Cước dịch vụ")}, Right: []Run{n("0 đồng")}},
		Text{Runs: []Run{{Text: "Bồi thường: theo Thông tư 17/2017/TT-BTTTT", Size: Small}}},
		Rule{Dashed: true},
		QR{Align: Center,
			Payload: "HTTPS://TRAM.EXAMPLE.VN/S/" + strings.Repeat("MFRGG2LT", 14) + "#" + strings.Repeat("ORSXG5A2", 3) + "76",
		},
		Text{Align: Center, Runs: []Run{{Text: "Mã này kiểm tra được ở mọi trạm, cả khi không có mạng. Ngày hẹn trả do cơ quan báo.", Size: Small}}},
		Cut{},
	}}
}

// accents is the hardest text: stacked capitals, marks without a code point,
// words longer than the paper.
func accents() Document {
	return Document{Blocks: []Block{
		Text{Runs: []Run{{Text: "ẪỂỖẮẰẲẴẶỆỘỮỰỲỴỶỸ ẫểỗắằẳẵặệộữựỳỵỷỹ"}}},
		Text{Runs: []Run{{Text: "ẪỂỖẮẰẲẴẶỆỘỮỰ", Bold: true, Size: Huge}}},
		Text{Invert: true, Runs: []Run{{Text: "ẪỂỖẮẰẲẴẶỆỘỮỰỲỴỶỸ", Bold: true}}},
		Text{Runs: []Run{{Text: "Ê Đê: Čư̆ M’gar, ƀuôn, ơ̆ Ơ̆ ê̆ Ê̆ ô̆ ñ"}}},
		Text{Runs: []Run{{Text: "Decomposed: Nguye\u0302\u0303n Thi\u0323 Hu\u031bo\u031b\u0300ng"}}},
		Text{Runs: []Run{{Text: "Nghĩa-Thượng/Phường-Trường-Chương-Khương-Nghiêng/" + strings.Repeat("Nghiêng", 12)}}},
		Columns{
			Left:  []Run{{Text: "Người nộp hồ sơ (được uỷ quyền)"}},
			Right: []Run{{Text: "Tôn Nữ Hoàng Nguyễn Thị Phương Thảo Nguyên", Bold: true}},
		},
	}}
}

func checkGolden(t *testing.T, name string, img *image.Gray) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if *update {
		var buf bytes.Buffer
		if err := png.Encode(&buf, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != img.Bounds() {
		t.Fatalf("%s is %v, not %v", name, img.Bounds(), want.Bounds())
	}
	wrong := 0
	for i, v := range dots(want).Pix {
		if v != img.Pix[i] {
			wrong++
		}
	}
	if wrong > 0 {
		t.Errorf("%s differs in %d dots (write anew with -update and look at it)", name, wrong)
	}
}

func TestGoldens(t *testing.T) {
	for _, tc := range []struct {
		name  string
		doc   Document
		width int
	}{
		{"slip-576", slip(), Width80mm},
		{"slip-384", slip(), Width58mm},
		{"accents-576", accents(), Width80mm},
		{"accents-384", accents(), Width58mm},
	} {
		t.Run(tc.name, func(t *testing.T) {
			img, err := Layout(tc.doc, Paper{WidthDots: tc.width})
			if err != nil {
				t.Fatal(err)
			}
			checkGolden(t, tc.name, img)
		})
	}
}

func TestNothingLeavesThePaper(t *testing.T) {
	for _, width := range []int{Width80mm, Width58mm, MinWidthDots} {
		img, err := Layout(accents(), Paper{WidthDots: width})
		if err != nil {
			t.Fatal(err)
		}
		for y := range img.Rect.Dy() {
			for x := range DefaultMarginDots - 4 { // glyphs may lean out a little
				if img.GrayAt(x, y).Y == black || img.GrayAt(width-1-x, y).Y == black {
					t.Fatalf("%d dots: ink in the margin at row %d", width, y)
				}
			}
		}
	}
}

// A glyph drawn on a line must be there with all its dots: the sum of printed
// dots of a line equals that of its glyphs when none overlap.
func TestStackedAccentsAreNotClipped(t *testing.T) {
	faces.Lock()
	defer faces.Unlock()
	for _, size := range []Size{Small, Normal, Large, Title, Huge} {
		for _, bold := range []bool{false, true} {
			for _, r := range "ẪỂỖẮẰẲẴẶỆỘỮỰỲỴỶỸẬỔỞỠỢÅǺ" {
				lines, err := wrap([]Run{{Text: string(r), Size: size, Bold: bold}}, 400, 0)
				if err != nil || len(lines) != 1 {
					t.Fatal(len(lines), err)
				}
				c := &canvas{width: 400}
				c.grow(lines[0].height())
				c.text(lines[0], 50, 0, black)
				want := 0
				for _, g := range lines[0].glyphs {
					for _, ink := range g.ink {
						if ink {
							want++
						}
					}
				}
				if got := bytes.Count(c.pix, []byte{black}); got != want || want == 0 {
					t.Errorf("%c at size %d: %d dots of %d", r, size, got, want)
				}
			}
		}
	}
}

// Nothing of the first line is lost at the paper's top, whatever its size and
// whether it is black or white.
func TestTheFirstLineIsWhole(t *testing.T) {
	const hard = "ẦẪỖỮỆẮẲỘỰ"
	for _, size := range []Size{Small, Normal, Large, Title, Huge} {
		for _, bold := range []bool{false, true} {
			runs := []Run{{Text: hard, Size: size, Bold: bold}}
			faces.Lock()
			lines, err := wrap(runs, Width80mm, 0)
			faces.Unlock()
			if err != nil || len(lines) != 1 {
				t.Fatal(len(lines), err)
			}
			want := 0
			for _, g := range lines[0].glyphs {
				for _, ink := range g.ink {
					if ink {
						want++
					}
				}
			}
			for _, invert := range []bool{false, true} {
				img, err := Layout(Document{Blocks: []Block{Text{Runs: runs, Invert: invert}}}, Paper{WidthDots: Width80mm})
				if err != nil {
					t.Fatal(err)
				}
				got := bytes.Count(img.Pix, []byte{black})
				if invert {
					bar := 0
					for y := range img.Rect.Dy() {
						if img.GrayAt(DefaultMarginDots, y).Y == black {
							bar += Width80mm - 2*DefaultMarginDots
						}
					}
					got = bar - got
				}
				if got != want {
					t.Errorf("size %d, bold %v, invert %v: %d dots of %d", size, bold, invert, got, want)
				}
			}
		}
	}
}

// said are the lines of a text as words, without the spaces.
func said(t *testing.T, text string, width int) []string {
	t.Helper()
	faces.Lock()
	defer faces.Unlock()
	lines, err := wrap([]Run{{Text: text}}, width, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		var b strings.Builder
		for _, g := range l.glyphs {
			b.WriteRune(g.r)
		}
		out = append(out, b.String())
	}
	return out
}

// What belongs together stays on one line, at every width that can hold it.
func TestNumbersKeepTheirUnits(t *testing.T) {
	for _, text := range []string{
		"Lệ phí là 16.000 đồng, trả sau", "Cấp bản sao trích lục hộ tịch (2.000635) – 2 bản.", "Trả trong 15 ngày làm việc", "Ông Y Bhăm Êban và bà H’ Bia Niê", "Bà H' Bia Niê",
	} {
		for width := 160; width < 700; width += 7 {
			for _, line := range said(t, text, width) {
				for _, bad := range []string{"16.000", "2", "15", "Y", "H’", "H'"} {
					if line == bad || strings.HasSuffix(line, bad) {
						t.Errorf("%d dots: a line ends in %q", width, line)
					}
				}
			}
		}
	}
	// What does not fit on one line at all is torn apart rather than lost.
	if got := said(t, "1234567890123 đồng", 200); strings.Join(got, "|") != "1234567890123|đồng" {
		t.Errorf("%q", got)
	}
	if got := said(t, "năm 2026 Đắk Lắk", 140); strings.Join(got, "|") != "năm2026|ĐắkLắk" {
		t.Errorf("%q", got)
	}
}

func TestNFDPrintsAsNFC(t *testing.T) {
	one, err := Layout(Document{Blocks: []Block{Text{Runs: []Run{{Text: "Nguyễn Thị Hường"}}}}}, Paper{WidthDots: 576})
	if err != nil {
		t.Fatal(err)
	}
	two, err := Layout(Document{Blocks: []Block{Text{Runs: []Run{{Text: "Nguye\u0302\u0303n Thi\u0323 Hu\u031bo\u031b\u0300ng"}}}}}, Paper{WidthDots: 576})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Pix, two.Pix) {
		t.Error("decomposed text prints differently")
	}
}

func TestLayoutRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		block Block
		paper Paper
		want  error
	}{
		"vietnamese QR":  {QR{Payload: "Nguyễn"}, Paper{WidthDots: 576}, ErrNotASCII},
		"empty QR":       {QR{}, Paper{WidthDots: 576}, nil},
		"control in QR":  {QR{Payload: "a\nb"}, Paper{WidthDots: 576}, ErrNotASCII},
		"QR too wide":    {QR{Payload: "A", Module: 40}, Paper{WidthDots: 576}, ErrTooWide},
		"QR too fine":    {QR{Payload: "A", Module: 2}, Paper{WidthDots: 576}, ErrTooFine},
		"QR too dense":   {QR{Payload: strings.Repeat("a", 400)}, Paper{WidthDots: 200}, ErrTooWide},
		"QR on 58 mm":    {QR{Payload: strings.Repeat("A", 300), Module: 6}, Paper{WidthDots: Width58mm}, ErrTooWide},
		"too long":       {Feed{Dots: MaxLengthDots}, Paper{WidthDots: 576}, ErrTooLong},
		"negative feed":  {Feed{Dots: -1}, Paper{WidthDots: 576}, ErrTooLong},
		"no picture":     {Image{}, Paper{WidthDots: 576}, nil},
		"odd width":      {Feed{}, Paper{WidthDots: 575}, nil},
		"too much text":  {Text{Runs: []Run{{Text: strings.Repeat("a", maxTextBytes+1)}}}, Paper{WidthDots: 576}, ErrTooLong},
		"margin too big": {Feed{}, Paper{WidthDots: 576, MarginDots: 300}, nil},
	} {
		_, err := Layout(Document{Blocks: []Block{tc.block}}, tc.paper)
		if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Layout(Document{Blocks: []Block{Cut{}, Feed{Dots: 1}}}, Paper{WidthDots: 576}); err == nil {
		t.Error("a cut inside a document passed")
	}
}

func TestPictureIsScaledAndThresholded(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 2000, 400)) // transparent: paper
	for y := range 400 {
		for x := range 1000 {
			src.Pix[src.PixOffset(x, y)+3] = 0xff // black left half
		}
	}
	img, err := Layout(Document{Blocks: []Block{Image{Picture: src}}}, Paper{WidthDots: 576})
	if err != nil {
		t.Fatal(err)
	}
	y := img.Rect.Dy() / 2
	if img.GrayAt(DefaultMarginDots+10, y).Y != black || img.GrayAt(576-DefaultMarginDots-10, y).Y != white {
		t.Error("the picture is not where it should be")
	}
	for _, v := range img.Pix {
		if v != black && v != white {
			t.Fatalf("a dot of grey %d", v)
		}
	}
}
