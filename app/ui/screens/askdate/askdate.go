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

	padPanel := keyboard.NewPad(env, group, env.T("form.auto-next"))
	o := kit.FrameSpec{Steps: m.Steps, Title: m.Title, Back: kit.BackAction(env, a.Back), Main: kit.MainAction(env.T("app.next"), a.Next)}
	if m.BackTo != "" {
		o.Back.Text = m.BackTo
	}
	if m.Next != "" {
		o.Main.Text = m.Next
	}
	room := kit.BodySize(env, o)
	left := func(air int) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject { return answer(env, m, a, fields, words, air) }
	}
	if env.IsPortrait() {
		room.Height -= portraitPad + 24
		o.Body = kit.Col(24, kit.Fit(env, room, left(roomy), left(tight), left(least)), kit.Grow(padPanel))
	} else {
		room.Width = (room.Width - 32 - padWidth)
		o.Body = kit.RowFill(32, kit.Grow(kit.Fit(env, room, left(roomy), left(tight), left(least))), kit.Fixed(padWidth, padPanel))
	}
	return kit.NewFrame(env, o)
}

// The digits' room, and how much air the rest has.
const (
	padWidth    float32 = 396
	portraitPad float32 = 480

	roomy = iota
	tight // the ways to remember side by side
	least // without help and heading
)

// answer is the fields, the date in words or what is wrong, and how much of
// the date is known.
func answer(env *kit.Env, m Model, a Actions, fields []*kit.Field, words *kit.Paragraph, air int) fyne.CanvasObject {
	p := env.Pal()
	var boxes []fyne.CanvasObject
	for i, f := range fields {
		weight := float32(190)
		if i == len(fields)-1 {
			weight = 352
		}
		boxes = append(boxes, kit.GrowBy(weight, kit.Col(6, kit.NewParagraph(env, f.AccessibleName(), kit.Style{Size: kit.TextRead, Bold: true}), f)))
	}
	rows := []fyne.CanvasObject{kit.RowTop(20, boxes...)}
	if m.Help != "" && air != least {
		rows = append([]fyne.CanvasObject{kit.NewParagraph(env, m.Help, kit.Style{Size: kit.TextRead, Color: p.Ink2, Line: 1.3})}, rows...)
	}
	if m.Problem != "" {
		rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	} else {
		rows = append(rows, kit.NewPanelPad(env, kit.Leaf, 18, 24, 18, 24, kit.Row(20, kit.NewIconStroke("cal", 36, p.Leaf, 2.4), kit.Grow(words))))
	}
	if !m.Partial {
		return kit.Col(16, rows...)
	}
	height := float32(68)
	if air != roomy {
		height = 76
	}
	choice := func(k Precision, key string) fyne.CanvasObject {
		return kit.NewChoice(env, kit.ChoiceSpec{Text: env.T(key), On: m.Known == k, Height: height, Lines: 4, Do: func() { a.Known(k) }})
	}
	ways := []fyne.CanvasObject{choice(Whole, "form.full-date"), choice(MonthYear, "form.month-year"), choice(YearOnly, "form.year-only")}
	rows = append(rows, kit.Spring())
	if air != least {
		rows = append(rows, kit.NewParagraph(env, env.T("form.remember"), kit.Style{Size: kit.TextRead, Bold: true}))
	}
	if air == roomy {
		rows = append(rows, ways[0], kit.Grid(2, 14, 0, ways[1:]...))
	} else {
		rows = append(rows, kit.Grid(3, 12, 0, ways...))
	}
	return kit.Col(14, rows...)
}

func pad(v, width int) string {
	s := strconv.Itoa(v)
	for len(s) < width && width == 2 {
		s = "0" + s
	}
	return s
}
