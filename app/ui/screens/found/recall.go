package found

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// RecallModel asks whether a dossier shall be asked back for its applicant.
type RecallModel struct {
	LostModel        // the card of whoever came
	Then      string // what happens then, as far as the dossier has come
	Decides   bool   // an agency is at work: it decides
}

// NewRecall builds the screen. What ends something is red, and no way on.
func NewRecall(env *kit.Env, m RecallModel, a LostActions) fyne.CanvasObject {
	title, do := "found.withdraw-title", "withdraw.main-back"
	if m.Decides {
		title, do = "found.withdraw-ask-title", "withdraw.main-ask"
	}
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T(title), Back: kit.BackAction(env, a.Back)}
	if !lacks(env, &o, m.LostModel, a, "found.withdraw-keeping") {
		o.Aside = &kit.Action{Text: env.T(do), Icon: "x", Kind: kit.Ending, Do: a.Give}
	}
	page := ownerPage{whose: env.T("found.withdraw-card-note"), then: m.Then, note: env.T("found.withdraw-note")}
	short := page
	short.note = ""
	o.Body = kit.Fit(env, kit.BodySize(env, o), page.body(m.LostModel, a, 20), page.body(m.LostModel, a, 10), short.body(m.LostModel, a, 8))
	return kit.NewFrame(env, o)
}

// RecalledModel tells that it was.
type RecalledModel struct {
	GivenModel        // Print and Look are of the note
	At         string // when it was noted
	Decides    bool
	Heard      string // how far the word of it came
	Next       string // what helps it on, where a person must; or ""
}

// NewRecalled builds the screen.
func NewRecalled(env *kit.Env, m RecalledModel, a GivenActions) fyne.CanvasObject {
	title := "withdraw.done-back"
	if m.Decides {
		title = "withdraw.done-ask"
	}
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T(title), Main: &kit.Action{Text: env.T("found.done"), Icon: "check", Do: a.Done}}
	if a.Again != nil {
		o.Second = &kit.Action{Text: env.T("found.withdrawn-again"), Icon: "printer", Do: a.Again}
	}
	tone, icon := kit.Surface, "printer"
	if m.Look {
		tone, icon = kit.Gold, "warn"
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), func(env *kit.Env) fyne.CanvasObject {
		rows := []fyne.CanvasObject{
			kit.NewPanelPad(env, kit.Leaf, 24, 32, 24, 32, kit.Row(28, kit.NewIconStroke("doc", 64, env.Pal().Leaf, 2.2),
				kit.Grow(kit.NewParagraph(env, env.T("found.withdrawn", "slip", m.Slip, "when", m.At), kit.Style{Size: kit.TextButton})))),
			kit.NewNotice(env, kit.Gold, "clock", "**"+m.Heard+"**", m.Next),
			kit.NewNotice(env, tone, icon, m.Print, "")}
		if m.Problem != "" {
			rows = append(rows, kit.NewNotice(env, kit.Stop, "warn", "**"+m.Problem+"**", ""))
		}
		return kit.Col(20, rows...)
	})
	return kit.NewFrame(env, o)
}
