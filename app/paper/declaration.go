package paper

import (
	"strings"
	"time"

	"tramhoso/app/visit"
	"tramhoso/app/visit/form"
	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

// Answer is one question of a form and what was answered.
type Answer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// Declaration is the citizen's own application on paper, to be signed by hand:
// what was answered at the station, word for word. It says nothing of the
// agency's.
type Declaration struct {
	Title     string         `json:"title"` // the procedure's name
	Procedure string         `json:"procedure"`
	Agency    string         `json:"agency"`
	Slip      string         `json:"slip"`
	Person    dossier.Person `json:"person"` // the whole number: the agency needs it
	Phone     string         `json:"phone,omitempty"`
	Email     string         `json:"email,omitempty"`
	Answers   []Answer       `json:"answers"`
	Station   Station        `json:"station"`
	At        dossier.Stamp  `json:"at"` // declared
}

// DeclarationOf draws up the declaration of a letter that was kept.
func DeclarationOf(l visit.Letter, done visit.Submitted, answers []Answer, s Station) Declaration {
	a := l.Dossier.Applicant
	return Declaration{Title: l.Dossier.Title, Procedure: l.Dossier.Procedure.Code, Agency: l.Agency.Name.In("vi"), Slip: done.Slip,
		Person: a.Person, Phone: a.Phone, Email: a.Email, Answers: answers, Station: s, At: done.At}
}

// Pages draws the declaration.
func (d Declaration) Pages(reprint bool) ([]byte, error) {
	if d.Title == "" || d.Agency == "" || d.Slip == "" || d.Person.Name == "" || d.At.Wall.IsZero() || len(d.Answers) == 0 {
		return nil, dossier.Errorf(dossier.CodeInvalid, "a declaration lacks what it must say")
	}
	s, err := newSheet(A4, d.Title, d.At.Wall)
	if err != nil {
		return nil, err
	}
	w := s.words
	s.foot(w.T("declaration.foot", "slip", d.Slip, "place", d.Station.Name))
	s.pdf.AddPage()
	if reprint {
		s.reprint()
	}
	s.nation(s.left, s.width)
	s.gap(1.5)
	s.centred("B", s.head+2, w.T("declaration.title"))
	s.centred("B", s.head, d.Title)
	s.gap(0.5)
	s.centred("", s.text, w.T("declaration.to", "agency", d.Agency))
	s.gap(1)

	s.said(w.T("declaration.name"), d.Person.Name)
	if born := form.ShowDate(d.Person.Born); born != "" {
		s.said(w.T("declaration.born"), born)
	}
	if d.Person.Number != "" {
		s.said(w.T("declaration.number"), d.Person.Number)
	}
	for _, x := range []struct{ key, value string }{{"address", d.Person.Address}, {"phone", d.Phone}, {"email", d.Email}} {
		if x.value != "" {
			s.said(w.T("declaration."+x.key), x.value)
		}
	}
	s.gap(0.5)
	s.paragraph("", w.T("declaration.asks", "title", d.Title, "code", d.Procedure))
	s.gap(0.5)
	for i, a := range d.Answers {
		if i == len(d.Answers)-1 {
			s.keepWithSignature(d, a)
		}
		s.answer(i+1, a)
	}
	s.gap(0.5)
	s.paragraph("", w.T("declaration.promise"))
	s.gap(0.5)
	s.declare(d)
	return s.bytes()
}

// signRoom is the height to sign in.
const signRoom = 19.0

// keepWithSignature begins a new page unless the last answer, the promise and
// the place to sign fit on this one: a signature stands under something. A very
// long answer is left to flow.
func (s *sheet) keepWithSignature(d Declaration, last Answer) {
	s.font("B", s.text)
	count := func(text string, width float64) float64 { return float64(len(s.pdf.SplitText(drawable(text), width))) }
	answer := 0.5 + count(last.Question, s.width) + count(last.Answer, s.width-answerIn)
	sign := 1.2 + count(s.words.T("declaration.promise"), s.width) + count(s.place(d), s.signWidth()) + 2 + count(d.Person.Name, s.signWidth())
	const most = 20 // lines of an answer that is kept whole
	s.keep((min(answer, most)+sign)*s.line + signRoom)
}

// answerIn is how far an answer is indented, in millimetres.
const answerIn = 7.0

func (s *sheet) signWidth() float64 { return s.width * 0.56 }

func (s *sheet) place(d Declaration) string {
	return s.words.T("declaration.at", "place", orDash(d.Station.Name), "date", dayInWords(s.words, d.At.Wall))
}

// answer writes a question and, indented, its answer; a question never stands
// alone at the foot of a page.
func (s *sheet) answer(n int, a Answer) {
	s.font("", s.text)
	asked := s.words.T("declaration.item", "n", n, "question", a.Question)
	lines := len(s.pdf.SplitText(drawable(asked), s.width))
	s.keep(float64(min(lines, 4)+1) * s.line)
	s.pdf.MultiCell(0, s.line, drawable(asked), "", "L", false)
	s.font("B", s.text)
	s.pdf.SetLeftMargin(s.left + answerIn)
	s.pdf.SetX(s.left + answerIn)
	said := a.Answer
	if strings.TrimSpace(said) == "" {
		said = "–"
	}
	s.pdf.MultiCell(0, s.line, drawable(said), "", "L", false)
	s.pdf.SetLeftMargin(s.left)
	s.pdf.SetX(s.left)
	s.gap(0.25)
}

// declare is the block to sign, at the right.
func (s *sheet) declare(d Declaration) {
	width := s.signWidth()
	x := s.left + s.width - width
	s.pdf.SetX(x)
	s.font("I", s.text)
	s.pdf.MultiCell(width, s.line, drawable(s.place(d)), "", "C", false)
	s.signed(x, width, signRoom, s.words.T("declaration.who"), s.words.T("declaration.sign"), d.Person.Name)
}

func dayInWords(w *assets.Words, t time.Time) string {
	t = t.In(assets.Here)
	return w.T("sheet.day", "d", two(t.Day()), "m", two(int(t.Month())), "y", t.Year())
}

// two writes a day or a small month so that nobody can add a digit before it.
func two(n int) string {
	return string([]byte{byte('0' + n/10%10), byte('0' + n%10)})
}
