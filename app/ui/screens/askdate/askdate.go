// Package askdate is one question answered by a date, of which old papers may
// hold only a part.
package askdate

import (
	"strconv"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
	"tramhoso/sync/dossier"
)

// Precision is how much of a date is known.
type Precision int

// From the whole date to the year alone.
const (
	Whole Precision = iota
	MonthYear
	YearOnly
)

// Model is the question.
type Model struct {
	Steps   *kit.StepsSpec
	Title   string
	Help    string
	Date    dossier.Date
	Partial bool // less than the whole date will do
	Known   Precision
	Problem string
	Long    string // the date in words, or ""
	BackTo  string
	Next    string
}

// Actions is what can be pressed. Changed hears every change and answers with
// the date in words, or "" while it is none.
type Actions struct {
	Back, Next func()
	Changed    func(day, month, year string) string
	Known      func(Precision)
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	var day, month, year *kit.Field
	var group *kit.Fields
	words := kit.NewParagraph(env, m.Long, kit.Style{Size: kit.TextRead, Bold: true, Max: 2})
	text := func(f *kit.Field) string {
		if f == nil {
			return ""
		}
		return f.Text()
	}
	changed := func(string) {
		if group != nil {
			words.SetText(a.Changed(text(day), text(month), text(year)))
		}
	}
	field := func(key string, v, width int) *kit.Field {
		s := ""
		if v > 0 {
			s = pad(v, width)
		}
		return kit.NewField(env, kit.FieldSpec{Label: env.T(key), Text: s, Max: width, Accept: kit.Digits, Centred: true, Size: 52, Height: 96,
			Changed: changed, Full: func() { group.Next() }, Submit: a.Next})
	}
	var fields []*kit.Field
	if m.Known == Whole {
		day = field("form.day", m.Date.Day, 2)
		fields = append(fields, day)
	}
	if m.Known != YearOnly {
		month = field("form.month", m.Date.Month, 2)
		fields = append(fields, month)
	}
	year = field("form.year", m.Date.Year, 4)
	fields = append(fields, year)
	group = kit.NewFields(fields...)
	if m.Date.Year > 0 {
		group.Activate(len(fields) - 1)
	}

	var boxes []fyne.CanvasObject
	for i, f := range fields {
		weight := float32(190)
		if i == len(fields)-1 {
			weight = 352
		}
		boxes = append(boxes, kit.GrowBy(weight, kit.Col(6, kit.NewParagraph(env, f.AccessibleName(), kit.Style{Size: kit.TextRead, Bold: true}), f)))
	}
	left := []fyne.CanvasObject{kit.RowTop(20, boxes...)}
	if m.Help != "" {
		left = append([]fyne.CanvasObject{kit.NewParagraph(env, m.Help, kit.Style{Size: kit.TextRead, Color: p.Ink2, Line: 1.3, Max: 2})}, left...)
	}
	if m.Problem != "" {
		left = append(left, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	} else {
		left = append(left, kit.NewPanelPad(env, kit.Leaf, 18, 24, 18, 24, kit.Row(20, kit.NewIconStroke("cal", 36, p.Leaf, 2.4), kit.Grow(words))))
	}
	if m.Partial {
		choice := func(k Precision, key string) fyne.CanvasObject {
			return kit.NewChoice(env, kit.ChoiceSpec{Text: env.T(key), On: m.Known == k, Lines: 1, Do: func() { a.Known(k) }})
		}
		left = append(left, kit.Spring(), kit.NewParagraph(env, env.T("form.remember"), kit.Style{Size: kit.TextRead, Bold: true}),
			choice(Whole, "form.full-date"), kit.Grid(2, 14, 0, choice(MonthYear, "form.month-year"), choice(YearOnly, "form.year-only")))
	}
	padPanel := keyboard.NewPad(env, group, env.T("form.auto-next"))
	o := kit.FrameSpec{Steps: m.Steps, Title: m.Title, Back: kit.BackAction(env, a.Back), Main: kit.MainAction(env.T("app.next"), a.Next)}
	if env.IsPortrait() {
		o.Body = kit.Col(24, append(left, kit.Fixed(520, padPanel))...)
	} else {
		o.Body = kit.RowFill(32, kit.GrowBy(772, kit.Col(16, left...)), kit.Fixed(396, padPanel))
	}
	if m.BackTo != "" {
		o.Back.Text = m.BackTo
	}
	if m.Next != "" {
		o.Main.Text = m.Next
	}
	return kit.NewFrame(env, o)
}

func pad(v, width int) string {
	s := strconv.Itoa(v)
	for len(s) < width && width == 2 {
		s = "0" + s
	}
	return s
}
