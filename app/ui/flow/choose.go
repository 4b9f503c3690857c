package flow

import (
	"strings"

	"fyne.io/fyne/v2"

	procedurescreen "tramhoso/app/ui/screens/procedure"
	"tramhoso/app/ui/screens/search"
	"tramhoso/app/ui/screens/topics"
	"tramhoso/app/visit"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

func (f *Flow) searchScreen(s visit.State) fyne.CanvasObject {
	m := search.Model{Count: f.env.Words.Number(int64(s.Count)), Results: f.results(s), Problem: f.problem(s.Problem), Free: s.Goal == visit.GoalBrowse}
	return search.New(f.env, m, search.Actions{
		Back: f.back, Topics: f.then(f.Visit.ShowTopics),
		Query: func(q string) search.Results {
			f.Visit.SetQuery(q)
			f.picked = ""
			return f.results(f.Visit.State())
		},
		Pick: func(code string) { f.picked = code },
		Open: func(code string) { f.do(func() error { return f.Visit.Choose(code) })() },
	})
}

func (f *Flow) results(s visit.State) search.Results {
	r := search.Results{Query: s.Query, Total: len(s.Hits), Picked: f.picked}
	for _, h := range s.Hits {
		r.Hits = append(r.Hits, search.Hit{Code: h.Procedure.Code, Name: marked(h, f.lang()), Second: f.inShort(h.Procedure)})
	}
	if len(r.Hits) == 1 && r.Picked == "" { // the only one there is
		r.Picked = r.Hits[0].Code
		f.picked = r.Picked
	}
	return r
}

// marked puts ** around the words that were found.
func marked(h catalogue.Hit, lang string) string {
	name := h.Procedure.Name.In(lang)
	if h.Lang != lang {
		return name
	}
	runes := []rune(name)
	var b strings.Builder
	at := 0
	for _, s := range h.Spans {
		if s.Start < at || s.End > len(runes) {
			continue
		}
		b.WriteString(string(runes[at:s.Start]) + "**" + string(runes[s.Start:s.End]) + "**")
		at = s.End
	}
	b.WriteString(string(runes[at:]))
	return b.String()
}

// inShort is a procedure's time and fee in one line.
func (f *Flow) inShort(p dossier.Procedure) string {
	return f.timeOf(p) + " – " + f.feeOf(p)
}

func (f *Flow) timeOf(p dossier.Procedure) string {
	e := f.env
	switch p.Deadline.Unit {
	case "same-day":
		return e.T("procedure.same-day")
	case "working":
		return e.T("procedure.working", "n", p.Deadline.Days)
	case "calendar":
		return e.T("procedure.calendar", "n", p.Deadline.Days)
	}
	return e.T("procedure.time-unknown")
}

func (f *Flow) feeOf(p dossier.Procedure) string {
	e := f.env
	switch {
	case p.Fee.Amount == nil:
		return e.T("procedure.fee-elsewhere")
	case *p.Fee.Amount == 0:
		return e.T("procedure.fee-free")
	case len(p.Fee.Per) > 0:
		return e.T("procedure.fee-each", "money", e.Words.Money(*p.Fee.Amount), "per", p.Fee.Per.In(f.lang()))
	}
	return e.Words.Money(*p.Fee.Amount)
}

func (f *Flow) topicsScreen(s visit.State) fyne.CanvasObject {
	m := topics.Model{Free: s.Goal == visit.GoalBrowse}
	for _, t := range s.Topics {
		if t.ID == s.Topic {
			m.In = t.Name.In(f.lang())
		}
	}
	if m.In == "" {
		for _, t := range s.Topics {
			m.Items = append(m.Items, topics.Item{ID: t.ID, Name: t.Name.In(f.lang()), Pict: t.Icon})
		}
	} else {
		for _, h := range s.Hits {
			m.Items = append(m.Items, topics.Item{ID: h.Procedure.Code, Name: h.Procedure.Name.In(f.lang()), Second: f.inShort(h.Procedure)})
		}
	}
	a := topics.Actions{Back: f.back, Search: f.back, Pick: func(id string) { f.then(func() { f.Visit.SetTopic(id) })() }}
	if m.In != "" {
		a.Back = f.then(func() { f.Visit.SetTopic("") })
		a.Search = f.then(f.Visit.Back)
		a.Pick = func(code string) { f.do(func() error { return f.Visit.Choose(code) })() }
	}
	return topics.New(f.env, m, a)
}

func (f *Flow) procedureScreen(s visit.State) fyne.CanvasObject {
	e, p := f.env, s.Procedure
	m := procedurescreen.Model{Title: p.Name.In(f.lang()), Code: p.Code, Agency: s.Agency.Name.In(f.lang()), Address: s.Agency.Address,
		Phone: s.Agency.Phone, About: p.About.In(f.lang()), CanDo: s.CanBegin, Free: s.Goal == visit.GoalBrowse, Problem: f.problem(s.Problem)}
	m.Fee = procedurescreen.Fact{Value: f.feeOf(p)}
	if len(p.Fee.Exemptions) > 0 {
		m.Fee.Note = e.T("procedure.exemptions")
	}
	m.Time = procedurescreen.Fact{Value: f.timeOf(p), Note: e.T("procedure.time-note")}
	way := map[dossier.Level]string{dossier.LevelFull: "full", dossier.LevelPart: "part"}[p.Level]
	if way == "" || len(p.Form) == 0 {
		way = "info"
	}
	m.Way = procedurescreen.Fact{Value: e.T("procedure." + way), Note: e.T("procedure." + way + "-note")}
	for _, paper := range p.Papers {
		row := procedurescreen.Paper{Icon: "doc", Name: paper.Name.In(f.lang()), Note: e.T("procedure.paper-original")}
		switch {
		case paper.ShowOnly:
			row.Icon, row.Note = "card", e.T("procedure.paper-show")
		case paper.Copy == dossier.CopyElectronic && len(p.Form) > 0:
			row.Icon, row.Note = "pencil", e.T("procedure.paper-form")
		case paper.Copy == dossier.CopyElectronic:
			row.Note = e.T("procedure.paper-electronic")
		case paper.Copy == dossier.CopyCopy:
			row.Note = e.T("procedure.paper-copy")
		}
		if !paper.Required && !paper.ShowOnly {
			row.Note += ". " + e.T("procedure.paper-optional")
		}
		m.Papers = append(m.Papers, row)
	}
	return procedurescreen.New(e, m, procedurescreen.Actions{Back: f.back, Begin: f.do(f.Visit.Next)})
}
