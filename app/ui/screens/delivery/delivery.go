// Package delivery asks where the result is collected, how the citizen is told
// and when the fee is paid.
package delivery

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/sync/dossier"
)

// Model is what the screen shows.
type Model struct {
	Return  dossier.Return
	Station string
	Notices dossier.Notices
	Phone   string // as it may be shown here
	Fee     string // "Lệ phí 16.000 đồng"
	FeeHow  string // "2 bản × 8.000 đồng", or ""
	FeeNote string // verbatim note, or ""
	HasFee  bool
	AtDesk  bool // pays at the counter today, else on collection
	Problem string
}

// Actions is what can be pressed.
type Actions struct {
	Back, Next func()
	Return     func(dossier.Return)
	SMS        func()
	Zalo       func()
	Email      func()
	AtDesk     func(bool)
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	where := where(env, m, a)
	fee := kit.NewPanelPad(env, kit.Surface, 18, 22, 18, 22, fee(env, m, a))
	o := kit.FrameSpec{
		Steps: &kit.StepsSpec{Now: 5}, Title: env.T("delivery.title"),
		Back: kit.BackAction(env, a.Back), Main: kit.MainAction(env.T("app.continue"), a.Next),
	}
	if env.IsPortrait() {
		o.Body = kit.Col(24, where, fee)
	} else {
		o.Body = kit.RowFill(24, kit.GrowBy(572, where), kit.GrowBy(604, fee))
	}
	return kit.NewFrame(env, o)
}

func where(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	rows := []fyne.CanvasObject{kit.NewParagraph(env, env.T("delivery.where"), kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25})}
	for _, w := range []struct {
		way  dossier.Return
		text string
	}{
		{dossier.ReturnHere, env.T("delivery.here", "station", m.Station)},
		{dossier.ReturnAgency, env.T("delivery.agency")},
		{dossier.ReturnPost, env.T("delivery.post")},
		{dossier.ReturnElectronic, env.T("delivery.electronic")},
	} {
		rows = append(rows, kit.NewChoice(env, kit.ChoiceSpec{Text: w.text, Size: kit.TextRead, On: m.Return == w.way, Lines: 1, Do: func() { a.Return(w.way) }}))
	}
	rows = append(rows, kit.NewParagraph(env, "**"+env.T("delivery.notices")+"** – "+env.T("delivery.notices-note"), kit.Style{Size: kit.TextBody, Max: 1}))
	box := func(key string, on bool, do func()) fyne.CanvasObject {
		return kit.NewChoice(env, kit.ChoiceSpec{Text: env.T(key), On: on, Box: true, Height: 64, Lines: 1, Do: do})
	}
	rows = append(rows, kit.RowFill(12,
		kit.GrowBy(10, box("delivery.sms", m.Notices.SMS, a.SMS)),
		kit.GrowBy(8, box("delivery.zalo", m.Notices.Zalo, a.Zalo)),
		kit.GrowBy(12, box("delivery.email", m.Notices.Email, a.Email))))
	return kit.Col(10, rows...)
}

func fee(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	head := []fyne.CanvasObject{kit.Grow(kit.NewParagraph(env, m.Fee, kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25, Max: 2}))}
	if m.FeeHow != "" {
		head = append(head, kit.Line(env, m.FeeHow, kit.Style{Color: p.Ink2}))
	}
	rows := []fyne.CanvasObject{kit.Row(12, head...)}
	if m.FeeNote != "" {
		rows = append(rows, kit.NewParagraph(env, m.FeeNote, kit.Style{Color: p.Ink2, Max: 4}))
	}
	if m.HasFee {
		rows = append(rows,
			kit.NewParagraph(env, env.T("delivery.pay-later"), kit.Style{Size: kit.TextRead, Bold: true}),
			kit.RowFill(12,
				kit.Grow(kit.NewChoice(env, kit.ChoiceSpec{Text: env.T("delivery.pay-counter"), On: m.AtDesk, Do: func() { a.AtDesk(true) }})),
				kit.Grow(kit.NewChoice(env, kit.ChoiceSpec{Text: env.T("delivery.pay-collect"), On: !m.AtDesk, Do: func() { a.AtDesk(false) }}))),
			kit.NewNotice(env, kit.Gold, "info", env.T("delivery.not-paid"), ""))
	}
	if m.Phone != "" {
		rows = append(rows, kit.Row(12, kit.NewIcon("mobile", 32, p.Ink), kit.Grow(kit.Read(env, env.T("delivery.phone-now", "phone", m.Phone)))))
	}
	if m.Problem != "" {
		rows = append(rows, kit.Row(12, kit.NewIcon("warn", 34, p.Bronze),
			kit.Grow(kit.NewParagraph(env, m.Problem, kit.Style{Bold: true, Color: p.Bronze, Max: 3}))))
	}
	return kit.Col(16, rows...)
}
