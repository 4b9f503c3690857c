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
	o := kit.FrameSpec{
		Steps: &kit.StepsSpec{Now: 5}, Title: env.T("delivery.title"),
		Back: kit.BackAction(env, a.Back), Main: kit.MainAction(env.T("app.continue"), a.Next),
	}
	body := func(airy bool) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject {
			where := where(env, m, a, airy)
			fee := kit.NewPanelPad(env, kit.Surface, 18, 18, 18, 20, fee(env, m, a, airy))
			if env.IsPortrait() {
				return kit.Col(24, where, fee)
			}
			return kit.RowFill(24, kit.GrowBy(602, where), kit.GrowBy(574, fee))
		}
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(true), body(false))
	return kit.NewFrame(env, o)
}

func where(env *kit.Env, m Model, a Actions, airy bool) fyne.CanvasObject {
	height, gap := float32(68), float32(10)
	if !airy {
		height, gap = 64, 6
	}
	rows := []fyne.CanvasObject{kit.NewParagraph(env, env.T("delivery.where"), kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25})}
	for _, w := range []struct {
		way        dossier.Return
		icon, text string
	}{
		{dossier.ReturnHere, "home", env.T("delivery.here", "station", m.Station)},
		{dossier.ReturnAgency, "agency", env.T("delivery.agency")},
		{dossier.ReturnPost, "mail", env.T("delivery.post")},
		{dossier.ReturnElectronic, "mobile", env.T("delivery.electronic")},
	} {
		rows = append(rows, kit.NewChoice(env, kit.ChoiceSpec{Text: w.text, Icon: w.icon, Size: kit.TextRead, On: m.Return == w.way, Height: height, Do: func() { a.Return(w.way) }}))
	}
	rows = append(rows, kit.NewParagraph(env, "**"+env.T("delivery.notices")+"** – "+env.T("delivery.notices-note"), kit.Style{Size: kit.TextBody, Max: 2}))
	box := func(key string, on bool, do func()) fyne.CanvasObject {
		return beside(env, kit.ChoiceSpec{Text: env.T(key), On: on, Box: true, Height: 64, Do: do})
	}
	rows = append(rows, kit.RowFill(8, box("delivery.sms", m.Notices.SMS, a.SMS),
		box("delivery.zalo", m.Notices.Zalo, a.Zalo), box("delivery.email", m.Notices.Email, a.Email)))
	return kit.Col(gap, rows...)
}

// beside is a choice among others in a row, as wide as its text asks for.
func beside(env *kit.Env, o kit.ChoiceSpec) fyne.CanvasObject {
	const around = 90 // the box and the space at the sides
	return kit.GrowBy(kit.Measure(o.Text, env.Px(kit.TextBody), true)+around, kit.NewChoice(env, o))
}

// fee is what it costs and when it is paid; what is wrong takes the place of
// what need not be said.
func fee(env *kit.Env, m Model, a Actions, airy bool) fyne.CanvasObject {
	p := env.Pal()
	head := []fyne.CanvasObject{kit.Grow(kit.NewParagraph(env, m.Fee, kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25, Max: 2}))}
	if m.FeeHow != "" {
		head = append(head, kit.Line(env, m.FeeHow, kit.Style{Color: p.Ink2}))
	}
	rows := []fyne.CanvasObject{kit.Row(12, head...)}
	if m.FeeNote != "" && airy {
		rows = append(rows, kit.NewParagraph(env, m.FeeNote, kit.Style{Color: p.Ink2, Max: 4}))
	}
	if m.HasFee {
		rows = append(rows,
			kit.NewParagraph(env, env.T("delivery.pay-later"), kit.Style{Size: kit.TextRead, Bold: true}),
			kit.RowFill(12,
				beside(env, kit.ChoiceSpec{Text: env.T("delivery.pay-counter"), On: m.AtDesk, Do: func() { a.AtDesk(true) }}),
				beside(env, kit.ChoiceSpec{Text: env.T("delivery.pay-collect"), On: !m.AtDesk, Do: func() { a.AtDesk(false) }})))
	}
	switch {
	case m.Problem != "":
		rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	case m.HasFee:
		rows = append(rows, kit.NewNotice(env, kit.Gold, "info", env.T("delivery.not-paid"), ""))
	}
	if m.Phone != "" && (airy || m.Problem == "") {
		rows = append(rows, kit.Row(12, kit.NewIcon("mobile", 32, p.Ink), kit.Grow(kit.Read(env, env.T("delivery.phone-now", "phone", m.Phone)))))
	}
	return kit.Col(16, rows...)
}
