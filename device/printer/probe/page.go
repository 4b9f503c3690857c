package probe

import (
	"fmt"
	"image"

	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
)

// sample is Vietnamese at its hardest: every stacked accent, in both cases,
// beside what hangs below the line.
var sample = []string{
	"ẤẦẨẪẬ ẮẰẲẴẶ ẾỀỂỄỆ ỐỒỔỖỘ ỚỜỞỠỢ ỨỪỬỮỰ",
	"ấầẩẫậ ắằẳẵặ ếềểễệ ốồổỗộ ớờởỡợ ứừửữự",
	"Nguyễn Thị Quỳnh Như, ấp Ngã Bảy, xã Thuận Hoà, đường Lý Thường Kiệt",
}

// Page is the readable page without a code, for a station without a scanner.
func Page(m models.Model, line string) (printer.Document, error) { return page(m, line, "", nil) }

// page is what people look at: a ruler, Vietnamese, greys and lines, and the
// code of the short test.
func page(m models.Model, line, code string, found []Finding) (printer.Document, error) {
	width := m.Profile.Paper().WidthDots
	text := func(s string, size printer.Size) printer.Text {
		return printer.Text{Runs: []printer.Run{{Text: s, Size: size}}}
	}
	d := printer.Document{Blocks: []printer.Block{
		printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: "In thử", Size: printer.Title, Bold: true}}},
	}}
	add := func(b ...printer.Block) { d.Blocks = append(d.Blocks, b...) }
	if line != "" {
		add(printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: line}}})
	}
	add(printer.Rule{}, text(fmt.Sprintf("Thước: %d điểm, vạch mỗi 8 điểm, số là mi-li-mét", width), printer.Small))
	r, err := ruler(width, m.DotsPerMM())
	if err != nil {
		return d, err
	}
	add(printer.Image{Picture: r}, printer.Feed{Dots: 16})
	for _, s := range sample {
		add(text(s, printer.Normal))
	}
	add(printer.Feed{Dots: 8}, printer.Text{Invert: true, Align: printer.Center, Runs: []printer.Run{{Text: "Chữ trắng trên nền đen: Ễ ộ ữ", Bold: true}}},
		printer.Feed{Dots: 8}, text("Đậm nhạt: nét 1, 2, 3, 4 điểm và bốn mức xám", printer.Small), printer.Image{Picture: density(width)}, printer.Feed{Dots: 12})
	for _, f := range found {
		add(printer.Text{Runs: []printer.Run{{Text: traitNames[f.Trait] + ": ", Size: printer.Small}, {Text: f.told(), Size: printer.Small, Bold: f.Known}}})
	}
	if code != "" {
		add(printer.Rule{}, printer.QR{Payload: code, Align: printer.Center},
			printer.Text{Runs: []printer.Run{{Text: "Xin quét mã này bằng máy quét của trạm. ", Bold: true}, {Text: "Quét được thì máy in và máy quét đều tốt."}}})
	}
	return d, nil
}

// traitNames are the findings as the page names them.
var traitNames = map[Trait]string{
	TraitIdentity: "Máy xưng là", TraitModel: "Kiểu máy", TraitStatus: "Trả lời", TraitReply: "Trả lời sau", TraitAuto: "Tự báo trạng thái",
	TraitProcessID: "Báo đã in xong", TraitWidth: "Khổ in (điểm)", TraitDoubling: "Phóng đôi", TraitGraphicsL: "Lệnh GS ( L",
	TraitFeedUnits: "Bước giấy mỗi điểm", TraitBuffer: "Bộ đệm (byte)",
}

// told is a finding's value in words.
func (f Finding) told() string {
	switch {
	case !f.Known:
		return "chưa rõ"
	case f.Value == "yes":
		return "có"
	case f.Value == "no":
		return "không"
	}
	return f.Value
}

// Geometry of the ruler.
const (
	rulerTall = 64
	// tickDots lie between two marks: 1 mm on the usual head.
	tickDots = 8
	// markDots is the width of a mark: like all that is two dots wide and begins
	// at an even one, it is sent at half its size.
	markDots = 2
	digitUp  = 34 // where a number's top is
)

// ruler draws marks every 8 dots from the left edge of the head, longer ones
// every 5th and 10th, and numbers in millimetres below the marks of whole
// centimetres. It leaves the margins to the page: what is drawn begins there.
func ruler(width int, dotsPerMM float64) (image.Image, error) {
	const margin = printer.DefaultMarginDots
	p := newPicture(width-2*margin, rulerTall)
	p.ink(0, 0, p.Rect.Dx(), 2)
	for x := margin; x < width-margin; x += tickDots {
		tall := 10
		switch n := x / tickDots; {
		case n%10 == 0:
			tall = 22
		case n%5 == 0:
			tall = 16
		}
		p.ink(x-margin, 0, markDots, tall)
	}
	for mm := 10; ; mm += 10 {
		x := int(float64(mm)*dotsPerMM+0.5) - margin
		if x >= p.Rect.Dx() {
			break
		}
		p.ink(x-1, 24, 2*markDots, 6) // the centimetre itself: 8 dots are not always 1 mm
		if err := p.number(fmt.Sprint(mm), x); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// number prints a number centred at x, where it fits.
func (p picture) number(s string, x int) error {
	const wide = printer.MinWidthDots
	img, err := printer.Layout(printer.Document{Blocks: []printer.Block{printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: s, Size: printer.Small}}}}}, printer.Paper{WidthDots: wide})
	if err != nil {
		return fmt.Errorf("failed to label the ruler: %w", err)
	}
	box := inked(img)
	left := x - box.Dx()/2
	if left < 0 || left+box.Dx() > p.Rect.Dx() {
		return nil
	}
	for y := range box.Dy() {
		for i := range box.Dx() {
			if img.GrayAt(box.Min.X+i, box.Min.Y+y).Y < 0x80 {
				p.ink(left+i, digitUp+y, 1, 1)
			}
		}
	}
	return nil
}

// inked is the smallest box around all ink.
func inked(img *image.Gray) image.Rectangle {
	var out image.Rectangle
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x++ {
			if img.GrayAt(x, y).Y < 0x80 {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}

// Geometry of the greys: 5 mm high, and as wide where the paper is.
const (
	cells       = 8
	cellDots    = 40
	cellGapDots = 8
)

// density draws lines of one to four dots and four greys, which show a head
// that is too hot or too cold. Dead dots are seen in the bar above, which is as
// wide as the text.
func density(width int) image.Image {
	cell := min(cellDots+cellGapDots, (width-2*printer.DefaultMarginDots+cellGapDots)/cells)
	wide := cell - cellGapDots
	p := newPicture(cells*cell-cellGapDots, cellDots)
	for i := range 4 { // lines, as far apart as they are thick
		thick := i + 1
		for x := 0; x+thick <= wide; x += 2 * thick {
			p.ink(i*cell+x, 0, thick, cellDots)
		}
	}
	pattern := []func(x, y int) bool{
		func(x, y int) bool { return x%4 == 0 && y%4 == 0 },
		func(x, y int) bool { return x%2 == 0 && y%2 == 0 },
		func(x, y int) bool { return (x+y)%2 == 0 },
		func(x, y int) bool { return true },
	}
	for i, dark := range pattern {
		for y := range cellDots {
			for x := range wide {
				if dark(x, y) {
					p.ink((4+i)*cell+x, y, 1, 1)
				}
			}
		}
	}
	return p
}
