// Package cannotstart says why no new dossier is accepted today, what still
// works, and where else to go. It promises never to be a dead end. It must not
// import anything of the project but app/ui/kit.
package cannotstart

import (
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Why is the reason.
type Why int

// The reasons no dossier can be started.
const (
	Stale       Why = iota // the catalogue is older than it may be
	NoCatalogue            // never synced
	Storage                // nothing can be kept
	NotEnrolled            // the station has no identity
)

// Model is what the screen shows.
type Model struct {
	Station   string // "Hoà Phú", beside the mark
	Why       Why
	Sentence  string    // instead of Why's own, for reasons of the moment
	Days      int       // Stale: since the last update
	Told      time.Time // when the clerk was told; zero: not
	Elsewhere string    // where else, how far, until when; "": not known
	Map       string    // payload of a QR code that leads there; "": none
	Catalogue time.Time // of which day the information is; zero: none
	CanPrint  bool
	// Nothing can be done here at all: what lies here cannot be read either.
	Nothing    bool
	Technician string // with Nothing: what a technician has to know; nobody can log in
}

// Actions are what still can be done.
type Actions struct{ Back, Print, Lookup, Collect, Browse func() }

// New draws the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p, w := env.Pal(), env.Words
	why := map[Why]string{
		Stale:       env.T("cannotstart.stale", "days", m.Days),
		NoCatalogue: env.T("cannotstart.no-catalogue"),
		Storage:     env.T("cannotstart.storage"),
		NotEnrolled: env.T("cannotstart.not-enrolled"),
	}[m.Why]
	if m.Sentence != "" {
		why = m.Sentence
	}
	reason := env.T("cannotstart.reason")
	if !m.Told.IsZero() {
		reason += " " + env.T("cannotstart.told", "clock", w.Clock(m.Told))
	}
	pict := "cal"
	if m.Why == Storage || m.Why == NotEnrolled {
		pict = "assist"
	}
	rows := []fyne.CanvasObject{
		kit.Row(20, kit.NewPict(env, pict, 72), kit.Grow(kit.Head(env, env.T("cannotstart.why")))),
		kit.Read(env, why),
		kit.NewParagraph(env, reason, kit.Style{Size: kit.TextRead, Second: env.Large}),
	}
	if m.Elsewhere != "" {
		place := []fyne.CanvasObject{kit.Grow(kit.Col(0,
			kit.NewParagraph(env, env.T("cannotstart.elsewhere"), kit.Style{Size: kit.TextRead, Bold: true}),
			kit.P(env, m.Elsewhere)))}
		if m.Map != "" && !env.Large {
			if qr, err := kit.NewQR(m.Map, env.T("cannotstart.elsewhere"), 112); err == nil {
				place = append([]fyne.CanvasObject{qr}, place...)
			}
		}
		rows = append(rows, kit.Rule(p.GoldDark, 2), kit.RowTop(20, place...))
	}
	left := kit.NewPanelPad(env, kit.Gold, 22, 30, 22, 30, kit.Col(16, rows...))

	row := func(pict, key, note string, off bool, do func()) fyne.CanvasObject {
		if env.Large {
			note = ""
		}
		return kit.Grow(kit.NewListRow(env, kit.RowSpec{Pict: pict, Text: env.T("cannotstart." + key), Second: note, Height: 100, Off: off, Do: do}))
	}
	browse := env.T("cannotstart.browse-none")
	if !m.Catalogue.IsZero() {
		browse = env.T("cannotstart.browse-note", "date", w.Date(m.Catalogue))
	}
	right := kit.Col(16,
		kit.Fixed(env.Px(44), kit.Head(env, env.T("cannotstart.still"))),
		row("lookup", "lookup", env.T("cannotstart.lookup-note"), false, a.Lookup),
		row("result", "collect", env.T("cannotstart.collect-note"), false, a.Collect),
		row("book", "browse", browse, m.Catalogue.IsZero(), a.Browse),
		kit.Space(6),
	)
	title := "cannotstart.title"
	if m.Nothing {
		right, title = nothing(env, m), "cannotstart.title-nothing"
	}
	body := kit.RowFill(24, kit.GrowBy(560, left), kit.GrowBy(616, right))
	if env.IsPortrait() {
		body = kit.Col(24, left, kit.Grow(right))
	}
	o := kit.FrameSpec{
		Brand: env.T("app.brand", "station", m.Station), Title: env.T(title), Body: body,
		Back: kit.BackAction(env, a.Back),
	}
	if m.CanPrint {
		o.Main = &kit.Action{Text: env.T("cannotstart.print"), Icon: "printer", Do: a.Print}
	}
	return kit.NewFrame(env, o)
}

// nothing is what stands in the place of what still can be done: that a slip goes
// on holding, where to ask, and what a technician has to see to.
func nothing(env *kit.Env, m Model) *fyne.Container {
	p := env.Pal()
	valid := []fyne.CanvasObject{kit.Head(env, env.T("cannotstart.slip"))}
	if !env.Large {
		valid = append(valid, kit.Read(env, env.T("cannotstart.slip-note")))
	}
	return kit.Col(20,
		kit.NewPanelPad(env, kit.Leaf, 22, 30, 22, 30, kit.Row(20, kit.NewIconStroke("shield", 48, p.Leaf, 2), kit.Grow(kit.Col(8, valid...)))),
		kit.NewPanelPad(env, kit.Surface, 22, 30, 22, 30, kit.Col(8,
			kit.NewParagraph(env, env.T("cannotstart.technician"), kit.Style{Size: kit.TextRead, Bold: true}),
			kit.P(env, m.Technician))),
	)
}
