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
	if m.Problem != "" {
		body = append(body, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	}
	o := kit.FrameSpec{Steps: &kit.StepsSpec{Now: 2}, Title: env.T("search.title"), TitleNote: env.T("search.count", "n", m.Count),
		Body: kit.Col(14, append(body, kit.Grow(v.list))...), Keyboard: keyboard.New(env, v.field, keyboard.Options{}), Back: kit.BackAction(env, a.Back)}
	if m.Free {
		o.Steps, o.Brand = nil, env.T("home.browse")
	}
	main := v.main()
	o.Main = &main
	v.frame = kit.NewFrame(env, o)
	v.show(m.Results)
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
}

// perPage leaves the last of four places for "more".
const perPage = 4

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
	v.shown, v.page = r, 0
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
	from := v.page * (perPage - 1)
	room := perPage
	if len(r.Hits)-from > perPage || v.page > 0 {
		room = perPage - 1
	}
	for i := from; i < len(r.Hits) && i < from+room; i++ {
		h := r.Hits[i]
		cells = append(cells, kit.NewChoice(env, kit.ChoiceSpec{Text: h.Name, Second: h.Second, On: h.Code == r.Picked, Lines: 1, Height: 80,
			Do: func() {
				v.shown.Picked = h.Code
				v.a.Pick(h.Code)
				v.draw()
			}}))
	}
	if room < perPage {
		left := len(r.Hits) - from - room
		if left > 0 {
			cells = append(cells, v.turn(env.T("search.more", "n", left), v.page+1))
		} else {
			cells = append(cells, v.turn(env.T("app.page-previous"), 0))
		}
	}
	cols := 2
	if env.IsPortrait() {
		cols = 1
	}
	switch {
	case len(cells) > 0:
		v.list.Objects = []fyne.CanvasObject{kit.Col(0, kit.Grid(cols, 16, 11, cells...))}
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

func (v *view) turn(text string, page int) fyne.CanvasObject {
	return kit.NewChoice(v.env, kit.ChoiceSpec{Text: "**" + text + "**", Second: v.env.T("search.more-note"), NoDot: true, Arrow: true, Height: 80, Lines: 1,
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
