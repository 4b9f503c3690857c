package paper

import (
	"time"

	"tramhoso/assets"
)

// testEdge is how far the frame of a test page stands from the paper's edges:
// every page printer reaches so far, and a page that was shrunk shows it.
const testEdge = 10 // mm

// letters are Vietnamese at its hardest: every stacked accent in both cases.
const letters = "Ấ Ầ Ẩ Ẫ Ậ Ắ Ằ Ẳ Ẵ Ặ Ế Ề Ể Ễ Ệ Ố Ồ Ổ Ỗ Ộ Ớ Ờ Ở Ỡ Ợ Ứ Ừ Ử Ữ Ự ấ ầ ẩ ẫ ậ ắ ằ ẳ ẵ ặ ế ề ể ễ ệ ố ồ ổ ỗ ộ ớ ờ ở ỡ ợ ứ ừ ử ữ ự"

// TestPage is a page that shows a person whether the page printer prints it
// whole and to scale; from says which station asks. It names nobody.
func TestPage(size Size, from string, at time.Time) ([]byte, error) {
	s, err := newSheet(size, "In thử", at)
	if err != nil {
		return nil, err
	}
	p := s.pdf
	p.AddPage()
	w, h := p.GetPageSize()
	p.SetLineWidth(0.3)
	p.Rect(testEdge, testEdge, w-2*testEdge, h-2*testEdge, "D")
	s.centred("B", s.head, s.words.T("testpage.title", "size", string(size)))
	s.gap(1)
	if from != "" {
		s.centred("", s.text, from)
	}
	s.centred("", s.text, s.words.DateTime(at.In(assets.Here)))
	s.gap(1)
	s.paragraph("", s.words.T("testpage.frame", "mm", testEdge))
	s.gap(1)
	for _, style := range []string{"", "B", "I"} {
		s.paragraph(style, letters)
		s.gap(0.5)
	}
	s.gap(0.5)
	s.paragraph("", s.words.T("testpage.ruler"))
	s.gap(0.5)
	const rulerMM = 100
	x, y := p.GetXY()
	p.Line(x, y, x+rulerMM, y)
	for mm := 0.0; mm <= rulerMM; mm += 10 {
		p.Line(x+mm, y, x+mm, y+3)
	}
	s.gap(2)
	for i := range 8 { // greys, from black to nearly white
		const side = 12
		p.SetFillColor(i*32, i*32, i*32)
		p.Rect(x+float64(i)*side, p.GetY(), side, side, "F")
	}
	return s.bytes()
}
