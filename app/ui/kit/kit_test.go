package kit_test

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/assets"
)

func contrast(a, b color.NRGBA) float64 {
	lum := func(c color.NRGBA) float64 {
		lin := func(v uint8) float64 {
			f := float64(v) / 255
			if f <= 0.04045 {
				return f / 12.92
			}
			return math.Pow((f+0.055)/1.055, 2.4)
		}
		return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
	}
	x, y := lum(a), lum(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func TestPaletteContrast(t *testing.T) {
	for _, high := range []bool{false, true} {
		env := golden.Case{Lang: "vi", Size: kit.Size1280, Contrast: high}.Env(t)
		p := env.Pal()
		texts := []struct {
			name        string
			ink, ground color.NRGBA
		}{
			{"ink on paper", p.Ink, p.Paper}, {"ink on surface", p.Ink, p.Surface}, {"ink on gold", p.OnGold, p.Gold},
			{"ink2 on paper", p.Ink2, p.Paper}, {"ink2 on sunk", p.Ink2, p.Sunk}, {"on leaf", p.OnLeaf, p.Leaf},
			{"leaf on tint", p.Leaf, p.LeafTint}, {"bronze on paper", p.Bronze, p.Paper}, {"bronze on sunk", p.Bronze, p.Sunk},
			{"bronze on gold tint", p.Bronze, p.GoldTint}, {"stop on surface", p.Stop, p.Surface}, {"stop on tint", p.Stop, p.StopTint},
			{"on stop", p.OnStop, p.Stop}, {"on band", p.OnBand, p.Tech},
		}
		for _, tt := range texts {
			if c := contrast(tt.ink, tt.ground); c < 7 {
				t.Errorf("high %v: %s has %.1f:1, less than 7:1", high, tt.name, c)
			}
		}
		for _, ground := range []color.NRGBA{p.Paper, p.Sunk, p.Surface, p.GoldTint} {
			if c := contrast(p.Edge, ground); c < 3 {
				t.Errorf("high %v: an edge has %.1f:1 on %v, less than 3:1", high, c, ground)
			}
		}
	}
}

// width is how wide each text of an object reaches; the object must be laid out.
func TestParagraphWrapsAndNeverCutsSilently(t *testing.T) {
	env := golden.Cases[0].Env(t)
	name := "Uỷ ban nhân dân phường Buôn Ma Thuột, thành phố Buôn Ma Thuột, tỉnh Đắk Lắk (**trụ sở cũ**)."
	for _, width := range []float32{120, 300, 500, 1200} {
		for _, max := range []int{0, 1, 2} {
			p := kit.NewParagraph(env, name, kit.Style{Size: kit.TextRead, Max: max})
			h := p.HeightFor(width)
			p.Resize(fyne.NewSize(width, h))
			shown := ""
			for _, o := range p.Objects() {
				s := o.MinSize()
				if o.Position().X+s.Width > width+2 {
					t.Errorf("width %.0f, %d lines: a line reaches %.0f", width, max, o.Position().X+s.Width)
				}
				shown += golden.TextOf(o)
			}
			squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
			if squeeze(shown) != squeeze(kit.Plain(name)) && !strings.HasSuffix(shown, "…") {
				t.Errorf("width %.0f, %d lines: cut to %q", width, max, shown)
			}
			if p.SpokenText() != kit.Plain(name) {
				t.Errorf("spoken %q", p.SpokenText())
			}
		}
	}
}

func TestBoldStaysGlued(t *testing.T) {
	env := golden.Cases[0].Env(t)
	p := kit.NewParagraph(env, "có **mã hồ sơ**; xong", kit.Style{})
	for w := float32(60); w < 300; w += 10 {
		p.Resize(fyne.NewSize(w, p.HeightFor(w)))
		for _, o := range p.Objects() {
			if strings.HasPrefix(golden.TextOf(o), ";") && o.Position().X == 0 {
				t.Fatalf("at %.0f the semicolon stands alone on a line", w)
			}
		}
	}
}

func TestSecondTextsGiveWay(t *testing.T) {
	env := golden.Cases[0].Env(t)
	first := kit.Read(env, "Tên của ông/bà")
	second := kit.NewParagraph(env, "Ghi như trong giấy khai sinh", kit.Style{Second: true})
	col := kit.Col(10, first, second)
	all := first.MinSize().Height + second.MinSize().Height + 10
	col.Resize(fyne.NewSize(600, all))
	if len(second.Objects()) == 0 || len(first.Objects()) == 0 {
		t.Error("a text is missing although there is room")
	}
	col.Resize(fyne.NewSize(600, all-20))
	if len(second.Objects()) != 0 || len(first.Objects()) == 0 {
		t.Error("the second text did not give way to the first")
	}
}

// The code that goes on with a visit stays, whatever else must go.
func TestStripKeepsTheCode(t *testing.T) {
	for _, c := range golden.Everywhere {
		t.Run(c.Name, func(t *testing.T) {
			env := c.Env(t)
			s := kit.NewStrip(env, kit.Status{Net: kit.NetOff, Printer: kit.PrinterOut, Scanner: kit.ScannerDown, Power: kit.PowerLow, Dossiers: 1, Waiting: 92, Code: "7KF2"})
			s.Resize(s.MinSize())
			if shown := strings.Join(s.Shown(), "|"); !strings.Contains(shown, "7KF2") {
				t.Errorf("shown: %s", shown)
			}
			fine := kit.NewStrip(env, kit.Status{Net: kit.NetOff, Dossiers: 3, Waiting: 9, Code: "7KF2"})
			golden.Render(t, fine, kit.Size{W: env.Size.W, H: fine.Height()})
			golden.Inside(t, fine)
			if shown := strings.Join(fine.Shown(), "|"); !strings.Contains(shown, "7KF2") {
				t.Errorf("shown: %s", shown)
			}
		})
	}
}

// That nobody knows is never dropped for what is fine.
func TestStripKeepsWhatIsNotKnown(t *testing.T) {
	for _, c := range golden.Everywhere {
		for _, staff := range []bool{false, true} {
			env := c.Env(t)
			s := kit.NewStrip(env, kit.Status{Net: kit.NetUnknown, NoQueue: true, Staff: staff})
			golden.Render(t, s, kit.Size{W: env.Size.W, H: s.Height()})
			golden.Inside(t, s)
			shown := strings.Join(s.Shown(), "|")
			if !strings.Contains(shown, env.T("status.net-unknown-short")) && !strings.Contains(shown, env.T("status.net-unknown")) ||
				!strings.Contains(shown, strings.Fields(env.T("status.waiting-unknown"))[0]) || len(s.Shown()) < 3 {
				t.Errorf("%s, staff %v: %s", c.Name, staff, shown)
			}
		}
	}
}

func TestStripShortens(t *testing.T) {
	env := golden.Cases[0].Env(t)
	tests := []struct {
		name  string
		s     kit.Status
		width float32
		want  string
	}{
		{"room for all", kit.Status{Net: kit.NetOff, Dossiers: 3, Waiting: 9}, 1280, "Không có mạng – hồ sơ vẫn được nhận|Máy in sẵn sàng|Máy quét sẵn sàng|3 hồ sơ chờ gửi"},
		{"what is fine shortens", kit.Status{Net: kit.NetClosed, Dossiers: 3, Waiting: 9}, 1280, "Không có mạng – tạm chưa nhận hồ sơ mới|Máy in sẵn sàng|Máy quét tốt|3 hồ sơ chờ gửi"},
		{"then drops, trouble stays", kit.Status{Net: kit.NetClosed, Printer: kit.PrinterOut}, 900, "Tạm chưa nhận hồ sơ mới|Máy in hết giấy|Máy quét tốt"},
		{"trouble stays to the last", kit.Status{Net: kit.NetClosed, Printer: kit.PrinterOut}, 640, "Tạm chưa nhận hồ sơ mới|Máy in hết giấy"},
		{"even where nothing fits", kit.Status{Net: kit.NetClosed, Printer: kit.PrinterOut}, 590, "Tạm chưa nhận hồ sơ mới|Máy in hết giấy"},
		{"on battery", kit.Status{Power: kit.PowerBattery}, 1280, "Có mạng|Máy in tốt|Máy quét tốt|Không có hồ sơ chờ gửi|Chạy ắc quy"},
		{"battery low", kit.Status{Power: kit.PowerLow, Net: kit.NetClosed, Printer: kit.PrinterOut}, 640, "Tạm chưa nhận hồ sơ mới|Máy in hết giấy|Sắp hết ắc quy"},
		{"nobody knows", kit.Status{Net: kit.NetUnknown, NoQueue: true, Dossiers: 3, Waiting: 9}, 1280, "Chưa rõ có mạng hay không|Máy in tốt|Máy quét tốt|Chưa rõ còn hồ sơ chờ gửi hay không"},
		{"what is not known stays", kit.Status{Net: kit.NetUnknown, NoQueue: true, Printer: kit.PrinterOut}, 640, "Chưa rõ mạng|Máy in hết giấy|Chưa rõ hồ sơ chờ gửi"},
		{"staff, and nobody knows", kit.Status{Net: kit.NetUnknown, NoQueue: true, Staff: true}, 1280, "Chưa rõ mạng|Máy in sẵn sàng|Máy quét sẵn sàng|Chưa rõ còn gói tin chờ gửi hay không"},
		{"a portal that takes nothing", kit.Status{Net: kit.NetPortal, Dossiers: 3}, 1280, "Chưa gửi được về tỉnh – hồ sơ vẫn được nhận|Máy in tốt|Máy quét tốt|3 hồ sơ chờ gửi"},
		{"and no new dossiers", kit.Status{Net: kit.NetShut, Printer: kit.PrinterOut}, 640, "Tạm chưa nhận hồ sơ mới|Máy in hết giấy"},
		{"staff", kit.Status{Net: kit.NetOff, Staff: true, Waiting: 4}, 1280, "Không có mạng – vẫn nhận|Máy in sẵn sàng|Máy quét sẵn sàng|4 gói tin chờ gửi"},
	}
	for _, tt := range tests {
		s := kit.NewStrip(env, tt.s)
		s.Resize(fyne.NewSize(tt.width, 44))
		if got := strings.Join(s.Shown(), "|"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestStatusChangesOnTheScreenShown(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := kit.NewFrame(env, kit.FrameSpec{Title: "Xin chờ", Body: kit.P(env, "x")})
	golden.Render(t, f, env.Size)
	env.SetStatus(kit.Status{Printer: kit.PrinterOut})
	golden.Texts(t, f, "Máy in hết giấy")

	// Staff go on counting packets.
	f = kit.NewFrame(env, kit.FrameSpec{Staff: &kit.Staff{Role: "Giao dịch viên"}, Title: "Quầy", Body: kit.P(env, "x")})
	golden.Render(t, f, env.Size)
	env.SetStatus(kit.Status{Dossiers: 3, Waiting: 9})
	golden.Texts(t, f, "9 gói tin chờ gửi")
}

func TestFieldEditing(t *testing.T) {
	env := golden.Cases[0].Env(t)
	var last string
	submitted := 0
	f := kit.NewField(env, kit.FieldSpec{Label: "Số", Max: 5, Changed: func(s string) { last = s }, Submit: func() { submitted++ }})
	f.Resize(fyne.NewSize(300, 80))
	for _, r := range "abcdefg" {
		f.TypedRune(r)
	}
	if f.Text() != "abcde" || last != "abcde" {
		t.Errorf("typed %q, told %q", f.Text(), last)
	}
	key := func(n fyne.KeyName) { f.TypedKey(&fyne.KeyEvent{Name: n}) }
	key(fyne.KeyLeft)
	key(fyne.KeyLeft)
	key(fyne.KeyBackspace)
	key(fyne.KeyDelete)
	f.TypedRune('X')
	if f.Text() != "abXe" {
		t.Errorf("edited to %q", f.Text())
	}
	key(fyne.KeyHome)
	f.TypedRune('0')
	f.TypedRune('9') // full, with the caret at the front
	key(fyne.KeyReturn)
	if f.Text() != "0abXe" || submitted != 1 {
		t.Errorf("%q, submitted %d", f.Text(), submitted)
	}
	f.SetError("Xin xem lại.")
	if f.Text() != "0abXe" || f.HeightFor(300) <= 80 || !strings.Contains(f.SpokenText(), "Xin xem lại.") {
		t.Error("an error lost the answer, or shows nothing")
	}
	f.TypedRune('1') // full
	f.Erase()
	if strings.Contains(f.SpokenText(), "Xin xem lại.") {
		t.Error("the error stays after a change")
	}
	f.SetText("H’ Bia Nie\u0302 Kdăm")
	if f.Text() != "H’ Bi" {
		t.Errorf("a limit was passed: %q", f.Text())
	}
}

func TestFieldMasks(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := kit.NewField(env, kit.FieldSpec{Label: "Căn cước", Text: "001099000123", Masked: true, KeepLast: 4})
	f.Resize(fyne.NewSize(400, 80))
	if s := f.SpokenText(); s != "Căn cước: ••••••••0123" {
		t.Errorf("spoken %q", s)
	}
	for _, s := range kit.Texts(f) {
		if strings.Contains(s, "001099") {
			t.Errorf("shown %q", s)
		}
	}
	if f.Text() != "001099000123" {
		t.Error("masking changed the text")
	}
}

func TestPressing(t *testing.T) {
	env := golden.Cases[0].Env(t)
	touched, did := 0, 0
	env.Touch = func() { touched++ }
	b := kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: "Tiếp tục", Kind: kit.Main, Do: func() { did++ }}})
	c := software.NewCanvas()
	c.SetContent(b)
	c.Resize(fyne.NewSize(400, 100))
	before := c.Capture()
	b.MouseDown(&desktop.MouseEvent{})
	if same(before, c.Capture()) {
		t.Error("the pressed state looks like the other")
	}
	b.MouseUp(&desktop.MouseEvent{})
	if !same(before, c.Capture()) {
		t.Error("the pressed state stays")
	}
	c.Focus(b)
	if same(before, c.Capture()) {
		t.Error("the focus has no ring")
	}
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.Tapped(nil)
	b.Set(kit.Action{Text: "Còn thiếu một loại", Kind: kit.Main, Off: true, Do: func() { did++ }})
	b.Tapped(nil)
	if did != 2 || touched != 3 || b.Enabled() || b.AccessibleName() != "Còn thiếu một loại" {
		t.Errorf("did %d, touched %d, enabled %v, %q", did, touched, b.Enabled(), b.AccessibleName())
	}
}

func same(a, b interface{ At(x, y int) color.Color }) bool {
	for y := range 100 {
		for x := range 400 {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

func TestFocusFollowsReading(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := papers(env)
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(f)
	c.Resize(fyne.NewSize(1280, 800))
	var names []string
	for range 8 {
		c.FocusNext()
		names = append(names, c.Focused().(kit.Control).AccessibleName())
	}
	want := "Nghe|English|Trợ giúp|Đưa bản giấy cho giao dịch viên|Đặt giấy vào máy quét|Lấy từ USB của tôi|Tôi không có giấy này|Quay lại"
	if got := strings.Join(names, "|"); got != want {
		t.Errorf("focus goes %s", got)
	}
}

func TestSpeech(t *testing.T) {
	env := golden.Cases[0].Env(t)
	got := kit.Speech(papers(env))
	for _, part := range []string{"Giấy tờ kèm theo: còn một loại. 1. Tờ khai – đã điền trên máy này. Đã có.", "Quay lại. Còn thiếu một loại."} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not said in %q", part, got)
		}
	}
}

func TestChoice(t *testing.T) {
	env := golden.Cases[0].Env(t)
	chosen := 0
	c := kit.NewChoice(env, kit.ChoiceSpec{Text: "Cấp bản sao **hộ tịch**", Second: "Trong ngày", Do: func() { chosen++ }})
	c.Tapped(nil)
	c.SetOn(true)
	if chosen != 1 || !c.On() || c.AccessibleName() != "Cấp bản sao hộ tịch" || c.SpokenText() != "Cấp bản sao hộ tịch. Trong ngày" {
		t.Errorf("%d %v %q %q", chosen, c.On(), c.AccessibleName(), c.SpokenText())
	}
}

func TestPager(t *testing.T) {
	env := golden.Cases[0].Env(t)
	var items []fyne.CanvasObject
	for _, s := range strings.Split("một hai ba bốn năm sáu bảy", " ") {
		items = append(items, kit.P(env, s))
	}
	g := kit.NewPager(env, items, 3, 1, 10)
	g.Resize(fyne.NewSize(600, 400))
	if g.Pages() != 3 {
		t.Fatalf("%d pages", g.Pages())
	}
	kit.Find(g, "Trang sau").Tapped(nil)
	kit.Find(g, "Trang sau").Tapped(nil)
	golden.Texts(t, g, "bảy", "Trang 3/3")
	if kit.Find(g, "Trang sau").Enabled() || strings.Contains(strings.Join(kit.Texts(g), " "), "một") {
		t.Error("the last page is not the last")
	}
	if one := kit.NewPager(env, items[:2], 3, 1, 10); kit.Find(one, "Trang sau") != nil {
		t.Error("one page has buttons")
	}
}

func TestQR(t *testing.T) {
	q, err := kit.NewQR("HTTPS://X.VN/S/ABC", "Mã phiếu", 118)
	if err != nil || q.Payload() != "HTTPS://X.VN/S/ABC" || q.SpokenText() != "Mã phiếu" {
		t.Errorf("%v %v", q, err)
	}
	if _, err := kit.NewQR(strings.Repeat("x", 5000), "", 118); err == nil {
		t.Error("too long a payload was drawn")
	}
}

// TestEveryDrawingDraws finds drawings that the rasteriser leaves empty.
func TestEveryDrawingDraws(t *testing.T) {
	env := golden.Cases[0].Env(t)
	ground := env.Pal().Paper
	for _, name := range assets.Icons() {
		var icon *kit.Icon
		switch {
		case name == "drum":
			icon = kit.NewDrum(96, 96, 48, 48, 48, 0, env.Pal().Leaf)
		case name == "mark":
			icon = kit.NewMark(env, 96)
		case strings.HasPrefix(name, "pict-"):
			icon = kit.NewPict(env, name, 96)
		default:
			icon = kit.NewIcon(name, 96, env.Pal().Ink)
		}
		img := golden.Render(t, icon, kit.Size{W: 96, H: 96})
		inked, rows := 0, map[int]bool{}
		for y := range 96 {
			for x := range 96 {
				if c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA); c != ground {
					inked++
					rows[y/12] = true
				}
			}
		}
		least := 100
		if inked < least || len(rows) < 2 && name != "minus" && name != "tone-nang" && name != "tone-nga" {
			t.Errorf("%s: %d pixels drawn in %d of 8 rows", name, inked, len(rows))
		}
	}
}

// TestStepsGiveWay narrows the row of steps until only the number is left.
func TestStepsGiveWay(t *testing.T) {
	env := golden.Cases[0].Env(t)
	s := kit.NewSteps(env, kit.StepsSpec{Now: 3, Sub: "câu 2/9"})
	texts := func(w float32) string {
		s.Resize(fyne.NewSize(w, 68))
		var all []string
		for _, o := range s.Objects() {
			if x := golden.TextOf(o); x != "" {
				all = append(all, x)
				if right := o.Position().X + o.MinSize().Width; right > w {
					t.Errorf("at %.0f %q reaches %.0f", w, x, right)
				}
			}
		}
		return strings.Join(all, " ")
	}
	for w, want := range map[float32]string{700: "3. Tờ khai, câu 2/9", 500: "3. câu 2/9", 400: "3."} {
		if got := texts(w); got != want {
			t.Errorf("at %.0f: %q, want %q", w, got, want)
		}
	}
	if got := s.SpokenText(); got != "Bước 3 trong 6: Tờ khai, câu 2/9" {
		t.Errorf("spoken %q", got)
	}
}

// Erasing takes a letter with all its marks, and a mark under a letter is gone
// with the next change.
func TestFieldErasesWholeLetters(t *testing.T) {
	env := golden.Cases[0].Env(t)
	f := kit.NewField(env, kit.FieldSpec{Label: "Tên", Text: "Rơ\u0306 ế"})
	for _, want := range []string{"Rơ\u0306 ", "Rơ\u0306", "R", "", ""} {
		f.Erase()
		if f.Text() != want {
			t.Fatalf("erased to %q, want %q", f.Text(), want)
		}
	}
}
