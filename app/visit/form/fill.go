package form

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"tramhoso/sync/dossier"
)

// Filling is one citizen's way through a form. It is used from one goroutine.
type Filling struct {
	form    *Form
	answers Answers
	at      string // key of the question on the screen
	today   func() time.Time
}

// Start begins a form; what the card already said is filled in where it passes.
func (f *Form) Start(p dossier.Person, today func() time.Time) *Filling {
	l := &Filling{form: f, answers: Answers{}, today: today}
	for _, q := range f.questions {
		v := prefill(q.Prefill, p)
		if v == "" {
			continue
		}
		trial := Answers{q.Key: v}
		if f.Check(q.Key, trial, today()) == nil {
			l.answers[q.Key] = v
		}
	}
	l.First()
	return l
}

// prefill reads what x-prefill names.
func prefill(path string, p dossier.Person) string {
	switch path {
	case "person.name":
		return p.Name
	case "person.number":
		return p.Number
	case "person.address":
		return p.Address
	case "person.born":
		return FormatDate(p.Born)
	case "person.sex":
		return string(p.Sex)
	}
	return ""
}

// Form returns the form that is filled in.
func (l *Filling) Form() *Form { return l.form }

// Current returns the question on the screen.
func (l *Filling) Current() Question {
	q, _ := l.form.Question(l.at)
	q.Required = l.form.required(l.at, l.answers)
	return q
}

// Position returns the place of the current question, from 1, and how many there are.
func (l *Filling) Position() (place, total int) {
	qs := l.form.Questions(l.answers)
	for i, q := range qs {
		if q.Key == l.at {
			return i + 1, len(qs)
		}
	}
	return 1, len(qs)
}

// Answer returns the answer to a question as it was given, or nil.
func (l *Filling) Answer(key string) any { return l.answers[key] }

// Set keeps an answer to the current question; nil takes it back.
func (l *Filling) Set(v any) {
	if v == nil {
		delete(l.answers, l.at)
		return
	}
	l.answers[l.at] = v
}

// Check examines the current answer.
func (l *Filling) Check() error { return l.form.Check(l.at, l.answers, l.today()) }

// Next goes on when the current answer can stand; more is false when it was
// the last question.
func (l *Filling) Next() (more bool, err error) {
	if err := l.Check(); err != nil {
		return true, err
	}
	return l.step(1), nil
}

// Back goes to the question before; false when this is the first. The answer
// stays as it is, right or wrong.
func (l *Filling) Back() bool { return l.step(-1) }

func (l *Filling) step(by int) bool {
	qs := l.form.Questions(l.answers)
	for i, q := range qs {
		if q.Key == l.at {
			if i+by < 0 || i+by >= len(qs) {
				return false
			}
			l.at = qs[i+by].Key
			return true
		}
	}
	l.First()
	return true
}

// First goes to the first question.
func (l *Filling) First() { l.at = l.form.questions[0].Key }

// Last goes to the last question that is asked.
func (l *Filling) Last() {
	qs := l.form.Questions(l.answers)
	l.at = qs[len(qs)-1].Key
}

// Goto goes to a question that is asked; false when it is not.
func (l *Filling) Goto(key string) bool {
	for _, q := range l.form.Questions(l.answers) {
		if q.Key == key {
			l.at = key
			return true
		}
	}
	return false
}

// Refusals examines the whole form.
func (l *Filling) Refusals() []*Refusal { return l.form.CheckAll(l.answers, l.today()) }

// Answers returns what is handed on.
func (l *Filling) Answers() (json.RawMessage, error) { return l.form.Encode(l.answers) }

// Int returns the answer to a number question, or 0.
func (l *Filling) Int(key string) int64 {
	n, _ := l.form.Prune(l.answers)[key].(int64)
	return n
}

// Speaker gives the words of a language.
type Speaker interface {
	T(key string, args ...any) string
	Lang() string
}

// Line is one answered question as a person reads it.
type Line struct {
	Key, Title, Value string
}

// Lines lists the answered questions for the review.
func (l *Filling) Lines(w Speaker) []Line {
	pruned := l.form.Prune(l.answers)
	var out []Line
	for _, q := range l.form.Questions(l.answers) {
		if v, ok := pruned[q.Key]; ok {
			out = append(out, Line{Key: q.Key, Title: q.Title.In(w.Lang()), Value: q.Show(v, w)})
		}
	}
	return out
}

// Show writes an answer as a person reads it.
func (q Question) Show(v any, w Speaker) string {
	switch v := v.(type) {
	case bool:
		if v {
			return w.T("form.yes")
		}
		return w.T("form.no")
	case int64:
		return strconv.FormatInt(v, 10)
	case []string:
		names := make([]string, len(v))
		for i, s := range v {
			names[i] = q.name(s, w.Lang())
		}
		return strings.Join(names, ", ")
	case string:
		if q.Widget == WidgetDate {
			if d, ok := ParseDate(v); ok {
				return ShowDate(d)
			}
		}
		return q.name(v, w.Lang())
	}
	return ""
}

func (q Question) name(value, lang string) string {
	for _, o := range q.Options {
		if o.Value == value {
			return o.Label.In(lang)
		}
	}
	return value
}

// ShowDate writes a date as dd/mm/yyyy, leaving out what is not known.
func ShowDate(d dossier.Date) string {
	parts := strings.Split(FormatDate(d), "-")
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, "/")
}
