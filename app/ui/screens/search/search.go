// Package search finds a procedure by its name while the citizen types; no
// accents are needed.
package search

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
)

// Hit is one result; the matched words of Name stand between ** marks.
type Hit struct {
	Code   string
	Name   string
	Second string
}

// Results is what a query found.
type Results struct {
	Query  string
	Hits   []Hit
	Total  int
	Picked string
}

// Model is what the screen shows at first.
type Model struct {
	Count   string // "16.280"
	Results Results
	Problem string
	Free    bool // only looking, outside a visit
}

// Actions is what can be pressed. Query answers with what it found.
type Actions struct {
	Back, Topics func()
	Query        func(string) Results
	Pick         func(code string) // marks a hit
	Open         func(code string)
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	v := &view{env: env, a: a, shown: m.Results, list: &fyne.Container{}}
	v.field = kit.NewField(env, kit.FieldSpec{Label: env.T("search.field"), Icon: "search", Height: 68, Text: m.Results.Query, Max: 80,
		Changed: func(s string) { v.show(a.Query(s)) }, Submit: v.open})
	topics := kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: env.T("search.topics"), Icon: "people", Do: a.Topics},
		Height: 68, Size: kit.TextBody, Pad: 20, Gap: 10})
	v.list.Layout = fill{}
	body := []fyne.CanvasObject{kit.Row(16, kit.Grow(v.field), topics)}
	used := float32(68 + 14)
	o := kit.FrameSpec{Steps: &kit.StepsSpec{Now: 2}, Title: env.T("search.title"), TitleNote: env.T("search.count", "n", m.Count),
		Keyboard: keyboard.New(env, v.field, keyboard.Options{}), Back: kit.BackAction(env, a.Back)}
	if env.IsPortrait() { // the count has no room beside the title
		o.TitleNote = ""
		body = append([]fyne.CanvasObject{kit.Fixed(44, kit.Quiet(env, env.T("search.count", "n", m.Count)))}, body...)
		used += 44 + 14
	}
	v.room = kit.BodySize(env, o)
	v.room.Height -= used
	v.problem = m.Problem
	o.Body = kit.Col(14, append(body, kit.Grow(v.list))...)
	if m.Free {
		o.Steps, o.Brand = nil, env.T("home.browse")
	}
	main := v.main()
	o.Main = &main
	v.frame = kit.NewFrame(env, o)
	v.shown = m.Results
	v.draw()
	return v.frame
}

type view struct {
	env   *kit.Env
	a     Actions
	field *kit.Field
	list  *fyne.Container
	frame *kit.Frame
	shown Results
	page  int

	room    fyne.Size // of the results
	problem string    // said until something else is typed
}

// rowGap is between rows of results.
const rowGap float32 = 11

func (v *view) rowHeight() float32 {
	if v.env.Large { // one line, in large letters perhaps two
		return 96
	}
	return 80
}

func (v *view) cols() int {
	if v.env.IsPortrait() {
		return 1
	}
	return 2
}

// second is a result's second line; it gives way to large letters.
func (v *view) second(s string) string {
	if v.env.Large {
		return ""
	}
	return s
}

func (v *view) main() kit.Action {
	if v.shown.Picked == "" {
		return kit.Action{Text: v.env.T("search.pick"), Icon: "none", Off: true}
	}
	return kit.Action{Text: v.env.T("search.main"), Do: v.open}
}

func (v *view) open() {
	if v.shown.Picked != "" {
		v.a.Open(v.shown.Picked)
	}
}

func (v *view) show(r Results) {
	v.shown, v.page, v.problem = r, 0, ""
	v.draw()
}

func (v *view) draw() {
	env, r := v.env, v.shown
	trail := ""
	if r.Query != "" {
		trail = env.T("search.found", "n", r.Total)
		if r.Total == 0 {
			trail = env.T("search.found-none")
		}
	}
	v.field.SetTrail(trail)
	var cells []fyne.CanvasObject
	room0, notice := v.room.Height, v.notice()
	if notice != nil {
		room0 -= notice.HeightFor(v.room.Width) + rowGap
	}
	rows := max(0, int((room0+rowGap)/(v.rowHeight()+rowGap)))
	places := rows * v.cols()
	from, room := max(0, v.page*(places-1)), places
	if places > 0 && (len(r.Hits)-from > places || v.page > 0) { // the last place turns the page
		room--
	}
	lines := 1
	if env.Large {
		lines = 2
	}
	for i := from; i < len(r.Hits) && i < from+room; i++ {
		h := r.Hits[i]
		cells = append(cells, kit.NewChoice(env, kit.ChoiceSpec{Text: h.Name, Second: v.second(h.Second), On: h.Code == r.Picked, Lines: lines, Height: v.rowHeight(),
			Do: func() {
				v.shown.Picked = h.Code
				v.a.Pick(h.Code)
				v.draw()
			}}))
	}
	if room < places {
		left := len(r.Hits) - from - room
		if left > 0 {
			cells = append(cells, v.turn(env.T("search.more", "n", left), v.page+1))
		} else {
			cells = append(cells, v.turn(env.T("app.page-previous"), 0))
		}
	}
	switch {
	case notice != nil:
		v.list.Objects = []fyne.CanvasObject{kit.Col(rowGap, notice, kit.Grid(v.cols(), 16, rowGap, cells...))}
	case len(cells) > 0:
		v.list.Objects = []fyne.CanvasObject{kit.Col(0, kit.Grid(v.cols(), 16, rowGap, cells...))}
	case r.Query != "":
		v.list.Objects = []fyne.CanvasObject{kit.Col(0, kit.NewNotice(env, kit.Gold, "info",
			env.T("search.none", "query", r.Query), env.T("search.none-note")))}
	default:
		v.list.Objects = nil
	}
	v.list.Refresh()
	if v.frame != nil {
		v.frame.SetMain(v.main())
	}
}

func (v *view) notice() *kit.Panel {
	if v.problem == "" {
		return nil
	}
	return kit.NewNotice(v.env, kit.Gold, "warn", "**"+v.problem+"**", "")
}

func (v *view) turn(text string, page int) fyne.CanvasObject {
	return kit.NewListRow(v.env, kit.RowSpec{Text: text, Second: v.second(v.env.T("search.more-note")), Size: kit.TextBody, Height: v.rowHeight(),
		Do: func() {
			v.page = page
			v.draw()
		}})
}

// fill gives its parts all the room.
type fill struct{}

func (fill) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(s)
	}
}

func (fill) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }
