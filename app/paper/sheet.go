package paper

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"

	"codeberg.org/go-fonts/dejavu/dejavuserifcondensed"
	"codeberg.org/go-fonts/dejavu/dejavuserifcondensedbold"
	"codeberg.org/go-fonts/dejavu/dejavuserifcondenseditalic"
	"codeberg.org/go-pdf/fpdf"
	qrcode "github.com/skip2/go-qrcode"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"

	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

// Size is the size of a page.
type Size string

// The sizes of the forms (Circular 01/2018: forms A5; declarations A4).
const (
	A4 Size = "A4"
	A5 Size = "A5"
)

// maxSheets bounds a document: a form of the largest size fills eleven.
const maxSheets = 40

// measures are a page's margins and letters; the margins are those of Decree
// 30/2020 on A4, in millimetres and points.
type measures struct {
	left, top, right, bottom float64
	text, small, head        float64
	line                     float64 // height of a line of text
}

var sizes = map[Size]measures{
	A4: {left: 30, top: 20, right: 20, bottom: 22, text: 12, small: 9, head: 14, line: 5.8},
	A5: {left: 14, top: 11, right: 12, bottom: 13, text: 9, small: 7, head: 11, line: 4.5},
}

const face = "serif"

// The national heading, letter for letter as Decree 30/2020 has it: no word of
// ours and in no other language.
const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập – Tự do – Hạnh phúc"
)

// sheet draws pages. Its bytes depend on what is drawn only: the same paper is
// the same file.
type sheet struct {
	measures
	pdf   *fpdf.Fpdf
	words *assets.Words
	width float64 // between the margins
}

// newSheet begins a document; at is stated in it as the time of its making.
func newSheet(size Size, title string, at time.Time) (*sheet, error) {
	m, ok := sizes[size]
	if !ok {
		return nil, dossier.Errorf(dossier.CodeInvalid, "no pages of size %q", size)
	}
	words, err := assets.Load("vi")
	if err != nil {
		return nil, err
	}
	p := fpdf.New("P", "mm", string(size), "")
	p.SetCatalogSort(true)
	p.SetCreationDate(at.UTC())
	p.SetModificationDate(at.UTC())
	p.SetProducer("tramhoso", false)
	p.SetTitle(drawable(title), true)
	p.SetLang("vi-VN")
	p.AddUTF8FontFromBytes(face, "", dejavuserifcondensed.TTF)
	p.AddUTF8FontFromBytes(face, "B", dejavuserifcondensedbold.TTF)
	p.AddUTF8FontFromBytes(face, "I", dejavuserifcondenseditalic.TTF)
	p.SetMargins(m.left, m.top, m.right)
	p.SetAutoPageBreak(true, m.bottom)
	p.SetCellMargin(0)
	page, _ := p.GetPageSize()
	return &sheet{measures: m, pdf: p, words: words, width: page - m.left - m.right}, nil
}

// foot writes a line and "page x/y" at the bottom of every page.
func (s *sheet) foot(text string) {
	const total = "{n}"
	s.pdf.AliasNbPages(total)
	s.pdf.SetFooterFunc(func() {
		s.pdf.SetY(-s.bottom + 4)
		s.font("", s.small)
		y := s.pdf.GetY()
		s.pdf.MultiCell(s.width*0.84, s.small*0.45, drawable(text), "", "L", false)
		s.pdf.SetXY(s.left+s.width*0.84, y)
		s.pdf.CellFormat(s.width*0.16, s.small*0.45, s.words.T("sheet.page", "page", s.pdf.PageNo(), "pages", total), "", 0, "R", false, 0, "")
	})
}

func (s *sheet) font(style string, size float64) { s.pdf.SetFont(face, style, size) }

// centred writes a line across the page.
func (s *sheet) centred(style string, size float64, text string) {
	s.font(style, size)
	s.pdf.MultiCell(0, size*0.5, drawable(text), "", "C", false)
}

// said writes a label and what it says, as one paragraph with a hanging indent.
func (s *sheet) said(label, value string) {
	s.keep(2 * s.line)
	s.font("", s.text)
	s.pdf.Write(s.line, drawable(label)+" ")
	s.font("B", s.text)
	s.pdf.Write(s.line, drawable(value))
	s.pdf.Ln(s.line)
}

// paragraph writes some text.
func (s *sheet) paragraph(style, text string) {
	s.font(style, s.text)
	s.pdf.MultiCell(0, s.line, drawable(text), "", "L", false)
}

func (s *sheet) gap(lines float64) { s.pdf.Ln(lines * s.line) }

// keep begins a new page unless that much fits on this one.
func (s *sheet) keep(height float64) {
	_, page := s.pdf.GetPageSize()
	if s.pdf.GetY()+height > page-s.bottom {
		s.pdf.AddPage()
	}
}

// nation is the national heading, which ends in a line as long as its second
// row (Decree 30/2020, annex I).
func (s *sheet) nation(x, width float64) {
	s.pdf.SetX(x)
	s.font("B", s.text)
	s.pdf.CellFormat(width, s.line, nation, "", 2, "C", false, 0, "")
	s.font("B", s.text+0.5)
	s.pdf.CellFormat(width, s.line, motto, "", 2, "C", false, 0, "")
	long := s.pdf.GetStringWidth(motto)
	y := s.pdf.GetY() + 0.6
	s.pdf.SetLineWidth(0.25)
	s.pdf.Line(x+(width-long)/2, y, x+(width+long)/2, y)
	s.pdf.SetXY(s.left, y)
}

// reprint marks a copy.
func (s *sheet) reprint() {
	s.font("B", s.text)
	s.pdf.SetFillColor(0, 0, 0)
	s.pdf.SetTextColor(255, 255, 255)
	s.pdf.CellFormat(s.width, s.line*1.3, s.words.T("form01.reprint"), "", 1, "C", true, 0, "")
	s.pdf.SetTextColor(0, 0, 0)
	s.gap(0.5)
}

// signed is a place to sign: who, how, and the name under the room for it.
func (s *sheet) signed(x, width, room float64, head, note, name string) {
	y := s.pdf.GetY()
	s.pdf.SetXY(x, y)
	s.font("B", s.text)
	s.pdf.MultiCell(width, s.line, drawable(head), "", "C", false)
	if note != "" {
		s.pdf.SetX(x)
		s.font("I", s.small+1)
		s.pdf.MultiCell(width, s.line*0.85, drawable(note), "", "C", false)
	}
	s.pdf.SetXY(x, s.pdf.GetY()+room)
	s.font("B", s.text)
	s.pdf.MultiCell(width, s.line, drawable(name), "", "C", false)
}

// qr draws a code with its quiet zone, in vectors.
func (s *sheet) qr(x, y, side float64, payload string) error {
	code, err := qrcode.New(payload, qrcode.Medium)
	if err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "failed to draw a QR: %w", err)
	}
	bits := code.Bitmap() // with four light modules around
	module := side / float64(len(bits))
	s.pdf.SetFillColor(0, 0, 0)
	for row, line := range bits {
		for col := 0; col < len(line); col++ {
			begin := col
			for col < len(line) && line[col] {
				col++
			}
			if col > begin {
				s.pdf.Rect(x+float64(begin)*module, y+float64(row)*module, float64(col-begin)*module, module, "F")
			}
		}
	}
	return nil
}

// bytes ends the document.
func (s *sheet) bytes() ([]byte, error) {
	if n := s.pdf.PageCount(); n > maxSheets {
		return nil, dossier.Errorf(dossier.CodeInvalid, "%d pages are too many for one paper", n)
	}
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("failed to draw a page: %w", err)
	}
	return b.Bytes(), nil
}

// glyphs are the characters that the font has.
var glyphs = sync.OnceValue(func() func(rune) bool {
	f, err := sfnt.Parse(dejavuserifcondensed.TTF)
	if err != nil {
		panic("the embedded font: " + err.Error())
	}
	var mu sync.Mutex
	var buf sfnt.Buffer
	return func(r rune) bool {
		mu.Lock()
		defer mu.Unlock()
		i, err := f.GlyphIndex(&buf, r)
		return err == nil && i != 0
	}
})

// drawable is a text as the font can draw it: composed, on one line, and with a
// visible mark in the place of what it lacks. The drawing library cannot count
// beyond 16 bits.
func drawable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < ' ' || r == 0x7f:
			return -1
		case r >= 0xFFFE || !glyphs()(r):
			return '\uFFFD'
		}
		return r
	}, norm.NFC.String(text))
}
