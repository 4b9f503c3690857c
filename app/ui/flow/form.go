package flow

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/screens/ask"
	"tramhoso/app/ui/screens/askchoice"
	"tramhoso/app/ui/screens/askdate"
	"tramhoso/app/visit"
	"tramhoso/app/visit/form"
	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

// datePrecision is how much of a date the citizen says to know.
type datePrecision int

const (
	dateUndecided datePrecision = iota
	dateWhole
	dateMonth
	dateYear
)

// around is what every question has: its place, its ways on and back.
func (f *Flow) around(s visit.State) (steps *kit.StepsSpec, next, back string) {
	steps = &kit.StepsSpec{Now: 3, Sub: f.env.T("app.question", "n", s.QuestionAt, "of", s.Questions)}
	next, back = f.env.T("app.next"), f.env.T("app.previous")
	if s.QuestionAt == s.Questions {
		next = f.env.T("app.continue")
	}
	if s.QuestionAt == 1 {
		back = f.env.T("app.back")
	}
	if s.Editing {
		back = f.env.T("form.back-review")
	}
	return steps, next, back
}

func (f *Flow) formScreen(s visit.State) fyne.CanvasObject {
	switch s.Question.Widget {
	case form.WidgetChoice, form.WidgetMany, form.WidgetYesNo:
		return f.choiceQuestion(s)
	case form.WidgetDate:
		return f.dateQuestion(s)
	}
	return f.textQuestion(s)
}

// titled is the question with a word where an answer is not needed.
func (f *Flow) titled(q form.Question) (title, help string) {
	title, help = q.Title.In(f.lang()), q.Help.In(f.lang())
	if !q.Required {
		optional := f.env.T("form.optional")
		if help == "" {
			help = optional + "."
		} else {
			help = optional + ". " + help
		}
	}
	return title, help
}

func (f *Flow) textQuestion(s visit.State) fyne.CanvasObject {
	q := s.Question
	title, help := f.titled(q)
	steps, next, back := f.around(s)
	m := ask.Model{Steps: steps, Title: title, Help: help, Next: next, BackTo: back, Problem: f.problem(s.Problem), Masked: f.masked, Private: true,
		Max: form.MaxAnswerRunes}
	switch v := s.Answer.(type) {
	case string:
		m.Text = v
	case int64:
		m.Text = strconv.FormatInt(v, 10)
	case float64:
		m.Text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	if q.Required {
		m.Empty = f.env.T("form.answer-first")
	} else {
		m.Skip = f.env.T("form.skip")
	}
	switch q.Widget {
	case form.WidgetNumber:
		m.Keys, m.Max, m.Private = keyboard.Options{Input: keyboard.Digits}, 12, false
		if q.Whole {
			m.Accept = kit.Digits
		}
	case form.WidgetPhone:
		m.Keys, m.Max = keyboard.Options{Input: keyboard.Phone}, maxPhone
	case form.WidgetEmail:
		m.Keys, m.Max = keyboard.Options{Input: keyboard.Address}, form.MaxEmailBytes
	case form.WidgetAddress:
		m.Keys = keyboard.Options{Capitals: keyboard.WordCapitals}
		if s.Person.Address != "" && s.Person.Address != m.Text {
			m.Suggest, m.Icons = []string{s.Person.Address}, "card"
		}
	default:
		if q.Prefill == "person.name" {
			m.Keys = keyboard.Options{Capitals: keyboard.WordCapitals}
			if s.Person.Name != "" && s.Person.Name != m.Text {
				m.Suggest, m.Icons = []string{s.Person.Name}, "card"
			}
		} else {
			m.Keys = keyboard.Options{Capitals: keyboard.SentenceCapitals}
		}
	}
	return ask.New(f.env, m, ask.Actions{Back: f.back, Next: f.do(f.Visit.Next), Masked: func(on bool) { f.masked = on },
		Changed: func(t string) { f.Visit.Answer(f.typed(q, t)) }})
}

// typed is the answer that a typed text means; nil for none. What is no number
// stays a text: the form says so in a sentence.
func (f *Flow) typed(q form.Question, t string) any {
	if strings.TrimSpace(t) == "" {
		return nil
	}
	if q.Widget == form.WidgetNumber {
		if n, err := strconv.ParseInt(strings.TrimSpace(t), 10, 64); err == nil {
			return n
		}
	}
	return t
}

func (f *Flow) choiceQuestion(s visit.State) fyne.CanvasObject {
	q := s.Question
	title, help := f.titled(q)
	steps, next, back := f.around(s)
	m := askchoice.Model{Steps: steps, Title: title, Help: help, Next: next, BackTo: back, Problem: f.problem(s.Problem), Many: q.Widget == form.WidgetMany}
	many, _ := s.Answer.([]string)
	chosen := func(v string) bool {
		for _, x := range many {
			if x == v {
				return true
			}
		}
		return s.Answer == v
	}
	pick := func(v string) { f.Visit.Answer(v) }
	if q.Widget == form.WidgetYesNo {
		is, answered := s.Answer.(bool)
		m.Options = []askchoice.Option{{Value: "yes", Text: f.env.T("app.yes"), On: answered && is}, {Value: "no", Text: f.env.T("app.no"), On: answered && !is}}
		m.Missing = q.Required && !answered
		pick = func(v string) { f.Visit.Answer(v == "yes") }
	} else {
		any := false
		for _, o := range q.Options {
			on := chosen(o.Value)
			any = any || on
			m.Options = append(m.Options, askchoice.Option{Value: o.Value, Text: o.Label.In(f.lang()), Pict: o.Icon, On: on})
		}
		m.Missing = q.Required && !any
	}
	if m.Many {
		pick = func(v string) {
			var out []string
			for _, x := range many {
				if x != v {
					out = append(out, x)
				}
			}
			if !chosen(v) {
				out = append(out, v)
			}
			f.Visit.Answer(out)
		}
	}
	return askchoice.New(f.env, m, askchoice.Actions{Back: f.back, Next: f.do(f.Visit.Next), Pick: func(v string) {
		pick(v)
		f.Render()
	}})
}

func (f *Flow) dateQuestion(s visit.State) fyne.CanvasObject {
	q := s.Question
	title, help := f.titled(q)
	steps, next, back := f.around(s)
	text, _ := s.Answer.(string)
	date, _ := form.ParseDate(text)
	known := f.datePart
	if known == dateUndecided {
		switch {
		case date.Year > 0 && date.Month == 0:
			known = dateYear
		case date.Year > 0 && date.Day == 0:
			known = dateMonth
		default:
			known = dateWhole
		}
	}
	m := askdate.Model{Steps: steps, Title: title, Help: help, Date: date, Partial: q.Partial, Known: askdate.Precision(known - dateWhole),
		Problem: f.problem(s.Problem), Long: f.dateInWords(date), BackTo: back, Next: next}
	return askdate.New(f.env, m, askdate.Actions{
		Back: f.back, Next: f.do(f.Visit.Next),
		Known: func(p askdate.Precision) {
			f.datePart = datePrecision(p) + dateWhole
			d := date
			if f.datePart >= dateMonth {
				d.Day = 0
			}
			if f.datePart == dateYear {
				d.Month = 0
			}
			if d.Year > 0 {
				f.Visit.Answer(form.FormatDate(d))
			}
			f.Render()
		},
		Changed: func(day, month, year string) string {
			d, full := typedDate(day, month, year, known)
			if !full {
				f.Visit.Answer(unfinished(day, month, year))
				return ""
			}
			f.Visit.Answer(form.FormatDate(d))
			date = d
			if _, ok := form.ParseDate(form.FormatDate(d)); !ok {
				return ""
			}
			return f.dateInWords(d)
		},
	})
}

// unfinished is a date still being typed: nothing, or a text that no schema takes.
func unfinished(parts ...string) any {
	if strings.Join(parts, "") == "" {
		return nil
	}
	return strings.Join(parts, "/")
}

// typedDate reads the fields; full is false while digits are missing.
func typedDate(day, month, year string, known datePrecision) (d dossier.Date, full bool) {
	d.Year, _ = strconv.Atoi(year)
	d.Month, _ = strconv.Atoi(month)
	d.Day, _ = strconv.Atoi(day)
	full = len(year) == 4 && (known == dateYear || month != "") && (known != dateWhole || day != "")
	return d, full
}

func (f *Flow) dateInWords(d dossier.Date) string {
	switch {
	case d.Year == 0:
		return ""
	case d.Month == 0:
		return f.env.T("form.date-year", "y", d.Year)
	case d.Day == 0:
		return f.env.T("form.date-month", "m", d.Month, "y", d.Year)
	}
	day := time.Date(d.Year, time.Month(d.Month), d.Day, 12, 0, 0, 0, assets.Here)
	if day.Day() != d.Day {
		return ""
	}
	return f.env.T("form.date-long", "weekday", f.env.Words.Weekday(day), "d", d.Day, "m", d.Month, "y", d.Year)
}
