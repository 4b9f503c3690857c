// Package delivery asks where the result is collected, how the citizen is told
// and how the fee is paid. It never says that money has arrived.
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
	Prices  map[dossier.Return]string // of the ways back, as far as something is to be said
	Address string                    // where the post brings the result; shown when that is chosen
	Notices dossier.Notices
	Phone   string // as it may be shown here
	Email   string // likewise
	Fee     string // "Lệ phí 16.000 đồng"
	FeeHow  string // "2 bản × 8.000 đồng", or ""
	FeeNote string // verbatim note, or ""
	Exempt  string // who need not pay, or ""
	HasFee  bool
	Pay     dossier.Pay
	Code    string // the VietQR code, or ""
	Payee   string // whose account it leads to
	Purpose string // what is written to the transfer
	NoCode  string // why there is no code though there is a fee
	Problem string
}

// Actions is what can be pressed.
type Actions struct {
	Back, Next func()
	Return     func(dossier.Return)
	Address    func() // another one: a tap on the post that is chosen already
	SMS        func()
	Zalo       func()
	Email      func()
	Phone      func() // another number
	Mail       func() // another address of email
	Pay        func(dossier.Pay)
}

// The ways to fill the screen, the roomiest first: what is said elsewhere, too,
// gives way to what is only here.
const (
	full    = iota // everything
	shorter        // without what the transfer's own app shows again
	short          // without the note, which the procedure's page showed
	densest        // without the exemptions likewise; what is wrong takes the place of the code
	levels
)

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{
		Steps: &kit.StepsSpec{Now: 5}, Title: env.T("delivery.title"),
		Back: kit.BackAction(env, a.Back), Main: kit.MainAction(env.T("app.continue"), a.Next),
	}
	var bodies []func(*kit.Env) fyne.CanvasObject
	for level := range levels {
		bodies = append(bodies, func(env *kit.Env) fyne.CanvasObject {
			where := where(env, m, a, level)
			fee := kit.NewPanelPad(env, kit.Surface, 16, 18, 16, 20, fee(env, m, a, level))
			if env.IsPortrait() {
				return kit.Col(24, where, fee)
			}
			return kit.RowFill(24, kit.GrowBy(602, where), kit.GrowBy(574, fee))
		})
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), bodies...)
	return kit.NewFrame(env, o)
}

func where(env *kit.Env, m Model, a Actions, level int) fyne.CanvasObject {
	height, gap := float32(68), float32(10)
	if level > full {
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
		c := kit.ChoiceSpec{Text: w.text, Icon: w.icon, Size: kit.TextRead, On: m.Return == w.way, Height: height,
			Trail: m.Prices[w.way], Do: func() { a.Return(w.way) }}
		if c.On && w.way == dossier.ReturnPost && m.Address != "" {
			c.Second, c.Long, c.Height, c.Do = env.T("delivery.send-to", "address", m.Address), true, 0, a.Address
			if c.Trail != "" { // the address has the whole width
				c.Second, c.Trail = c.Trail+". "+c.Second, ""
			}
		}
		rows = append(rows, kit.NewChoice(env, c))
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
	const around = 100 // the box and the space at the sides
	return kit.GrowBy(kit.Measure(o.Text, env.Px(kit.TextBody), true)+around, kit.NewChoice(env, o))
}

// fee is what it costs and how it is paid; what is wrong takes the place of
// what need not be said.
func fee(env *kit.Env, m Model, a Actions, level int) fyne.CanvasObject {
	p := env.Pal()
	head := []fyne.CanvasObject{kit.Grow(kit.NewParagraph(env, m.Fee, kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25, Max: 2}))}
	if m.FeeHow != "" {
		head = append(head, kit.Line(env, m.FeeHow, kit.Style{Color: p.Ink2}))
	}
	rows := []fyne.CanvasObject{kit.Row(12, head...)}
	if m.FeeNote != "" && level < short {
		rows = append(rows, kit.NewParagraph(env, m.FeeNote, kit.Style{Color: p.Ink2, Max: 4}))
	}
	if m.Exempt != "" && level < densest {
		rows = append(rows, kit.NewParagraph(env, m.Exempt, kit.Style{Color: p.Ink2, Max: 4}))
	}
	if m.Code != "" && (level < densest || m.Problem == "") {
		if code := transfer(env, m, a, level); code != nil {
			rows = append(rows, code)
		}
	}
	switch {
	case m.Problem != "":
		rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	case m.Code != "":
		rows = append(rows, said(env, "delivery.not-known"))
	}
	if m.HasFee {
		when := "delivery.pay-later"
		if m.Code != "" {
			when = "delivery.or-later"
		}
		way := func(key string, pay dossier.Pay) fyne.CanvasObject {
			return beside(env, kit.ChoiceSpec{Text: env.T(key), On: m.Pay == pay, Do: func() { a.Pay(pay) }})
		}
		rows = append(rows, kit.Col(6, kit.NewParagraph(env, env.T(when), kit.Style{Size: kit.TextRead, Bold: true}),
			kit.RowFill(12, way("delivery.pay-counter", dossier.PayCounter), way("delivery.pay-collect", dossier.PayCollect))))
	}
	if m.HasFee && m.Code == "" {
		rows = append(rows, kit.Row(12, kit.NewIcon("qr", 32, p.Ink), kit.Grow(kit.Read(env, m.NoCode))))
		if m.Problem == "" {
			rows = append(rows, said(env, "delivery.not-paid"))
		}
	}
	contacts := told(env, m, a)
	switch {
	case level < short:
		rows = append(rows, contacts...)
	case m.Code == "" && m.Problem == "": // else who takes the channel back and chooses it again is asked anew
		rows = append(rows, contacts[:min(1, len(contacts))]...)
	}
	gap := float32(14)
	if level >= short {
		gap = 8
	}
	return kit.Col(gap, rows...)
}

// said is a low notice.
func said(env *kit.Env, key string) fyne.CanvasObject {
	return kit.NewPanelPad(env, kit.Gold, 10, 14, 10, 14, kit.Row(12, kit.NewIcon("info", 32, env.Pal().Bronze),
		kit.Grow(kit.NewParagraph(env, env.T(key), kit.Style{Line: 1.3}))))
}

// transfer is the code with what it asks for, and the word that it was paid.
func transfer(env *kit.Env, m Model, a Actions, level int) fyne.CanvasObject {
	// Whole pixels for each of the 53 squares of a code with its white edge.
	size := float32(159)
	if level == full && m.Problem == "" {
		size = 212
	}
	qr, err := kit.NewQR(m.Code, env.T("delivery.vietqr-spoken"), size)
	if err != nil {
		return nil // longer than any code: the ways to pay later stay
	}
	p := env.Pal()
	words := []fyne.CanvasObject{kit.NewParagraph(env, env.T("delivery.vietqr"), kit.Style{Size: kit.TextRead, Bold: true, Max: 2})}
	if level == full {
		words = append(words, kit.NewParagraph(env, env.T("delivery.vietqr-note"), kit.Style{Color: p.Ink2, Max: 3}))
	}
	words = append(words, kit.NewParagraph(env, m.Payee, kit.Style{Color: p.Ink2, Max: 2}))
	if level < short {
		words = append(words, kit.NewParagraph(env, m.Purpose, kit.Style{Color: p.Ink2, Max: 2}))
	}
	words = append(words, kit.NewChoice(env, kit.ChoiceSpec{Text: env.T("delivery.sent"), On: m.Pay == dossier.PayTransfer,
		Do: func() { a.Pay(dossier.PayTransfer) }}))
	return kit.Row(20, qr, kit.Grow(kit.Col(8, words...)))
}

// told are the number and the address that news go to; each leads to its page.
func told(env *kit.Env, m Model, a Actions) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, r := range []struct {
		icon, key, name, value string
		do                     func()
	}{
		{"mobile", "delivery.phone-now", "phone", m.Phone, a.Phone},
		{"mail", "delivery.email-now", "email", m.Email, a.Mail},
	} {
		if r.value != "" {
			rows = append(rows, kit.NewChoice(env, kit.ChoiceSpec{Text: env.T(r.key, r.name, r.value), Icon: r.icon, Height: 64, NoDot: true, Arrow: true, Do: r.do}))
		}
	}
	return rows
}
