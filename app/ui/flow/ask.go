package flow

import (
	"unicode"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/screens/ask"
	"tramhoso/app/visit"
)

// maxPhone is the longest telephone number with its country code and spaces.
const maxPhone = 20

// numberExample shows the shape of a slip number without being one: the check
// character is left open.
const numberExample = "DL27-000318-K"

// typeScreen asks for an ID number, a name or a slip number.
func (f *Flow) typeScreen(s visit.State) fyne.CanvasObject {
	e := f.env
	m := ask.Model{Steps: &kit.StepsSpec{Now: 1}, Problem: f.problem(s.Problem), Next: e.T("app.continue"), Empty: e.T("form.answer-first")}
	m.Text = f.draft
	var next func(string) error
	switch s.Step {
	case visit.TypeID:
		m.Title, m.Label, m.Help = e.T("typeid.title"), e.T("typeid.number"), e.T("typeid.help")
		m.Keys, m.Max, m.Accept, m.Private = keyboard.Options{Input: keyboard.Digits}, 12, kit.Digits, true
		next = f.Visit.TypeNumber
	case visit.TypeName:
		m.Title, m.Label, m.Help = e.T("typeid.name-title"), e.T("typeid.name"), e.T("typeid.name-help")
		m.Keys, m.Max = keyboard.Options{Capitals: keyboard.WordCapitals}, visit.MaxNameRunes
		next = f.Visit.TypeName
	default:
		m.Steps, m.Brand = nil, e.T("timeline.brand")
		m.Title, m.Label = e.T("typeid.slip-title"), e.T("typeid.slip")
		m.Help = e.T("typeid.slip-help", "example", numberExample)
		m.Keys = keyboard.Options{Input: keyboard.Code}
		m.Max = 40 // the longest codes of agencies have 25 characters
		next = f.Visit.TypeNumber
	}
	return ask.New(e, m, ask.Actions{Back: f.back, Changed: f.drafting, Masked: func(bool) {},
		Next: f.do(func() error { return next(f.draft) })})
}

// contactScreen asks for what a chosen way of delivery needs.
func (f *Flow) contactScreen(s visit.State) fyne.CanvasObject {
	e, d := f.env, s.Delivery
	m := ask.Model{Steps: &kit.StepsSpec{Now: 5}, Next: e.T("app.continue"), Empty: e.T("form.answer-first"), Problem: f.problem(s.Problem)}
	switch s.Step {
	case visit.TypePhone:
		m.Title, m.Label, m.Help, m.Text = e.T("delivery.phone-title"), e.T("delivery.phone"), e.T("delivery.phone-help"), d.Phone
		m.Keys, m.Max, m.Private = keyboard.Options{Input: keyboard.Phone}, maxPhone, true
		m.Accept = func(r rune) bool { return unicode.IsDigit(r) || r == '+' || r == ' ' }
	case visit.TypeEmail:
		m.Title, m.Label, m.Help, m.Text = e.T("delivery.email-title"), e.T("delivery.email-field"), e.T("delivery.email-help"), d.Email
		m.Max, m.Keys = visit.MaxEmailBytes, keyboard.Options{Input: keyboard.Address}
	default:
		m.Title, m.Label, m.Help, m.Text = e.T("delivery.address-title"), e.T("delivery.address"), e.T("delivery.address-help"), d.Address
		m.Max, m.Keys = visit.MaxAddress, keyboard.Options{Capitals: keyboard.WordCapitals}
		if s.Person.Address != "" {
			m.Suggest, m.Icons = []string{s.Person.Address}, "card"
		}
	}
	if f.drafted {
		m.Text = f.draft
	}
	return ask.New(e, m, ask.Actions{Back: f.back, Changed: f.drafting, Masked: func(bool) {},
		Next: f.do(func() error {
			if f.drafted {
				m.Text = f.draft
			}
			return f.Visit.SetContact(m.Text)
		})})
}

// drafting keeps what is being typed: a screen may be drawn anew meanwhile.
func (f *Flow) drafting(text string) { f.draft, f.drafted = text, true }
