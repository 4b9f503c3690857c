// Package papers keeps how each paper of a dossier is given.
//
// It promises: a paper that only has to be shown is never asked for in any
// other way; the form answered at the station counts as its declaration; an
// optional paper never stops anybody; and what is missing is always named.
//
// It must not import Fyne, a store or a device.
package papers

import (
	"slices"

	"tramhoso/sync/dossier"
)

// Row is one paper and how it is given.
type Row struct {
	Paper    dossier.Paper
	Ways     []dossier.PaperWay // what can be chosen; one that is preset cannot be changed
	Way      dossier.PaperWay   // "" while nothing is chosen
	Declined bool               // "I do not have this paper"
	Preset   bool               // nothing to choose: shown only, or the form itself
}

// Given reports whether the paper comes with the dossier.
func (r Row) Given() bool { return r.Way != "" }

// Open reports whether the row still waits for an answer.
func (r Row) Open() bool { return r.Way == "" && !r.Declined }

// Missing reports whether the dossier cannot go without it.
func (r Row) Missing() bool { return r.Paper.Required && r.Way == "" }

// Set holds the papers of one dossier, in the procedure's order.
type Set struct{ rows []Row }

// New lists the papers of a procedure.
func New(p dossier.Procedure) *Set {
	s := &Set{}
	formUsed := false
	for _, paper := range p.Papers {
		r := Row{Paper: paper}
		switch {
		case paper.ShowOnly:
			r.Ways, r.Way, r.Preset = []dossier.PaperWay{dossier.WayShown}, dossier.WayShown, true
		case paper.Copy == dossier.CopyElectronic && len(p.Form) > 0 && !formUsed:
			formUsed = true
			r.Ways, r.Way, r.Preset = []dossier.PaperWay{dossier.WayForm}, dossier.WayForm, true
		default:
			r.Ways = []dossier.PaperWay{dossier.WayOriginal}
		}
		s.rows = append(s.rows, r)
	}
	return s
}

// Rows returns the papers as they are now.
func (s *Set) Rows() []Row { return slices.Clone(s.rows) }

// Give chooses a way for a paper; a way that is not offered is refused.
func (s *Set) Give(id string, way dossier.PaperWay) error {
	for i := range s.rows {
		r := &s.rows[i]
		if r.Paper.ID != id || !slices.Contains(r.Ways, way) {
			continue
		}
		r.Way, r.Declined = way, false
		return nil
	}
	return dossier.Errorf(dossier.CodeInvalid, "paper %q cannot be given as %q", id, way)
}

// Decline says that the citizen does not have a paper. A preset one stays.
func (s *Set) Decline(id string) error {
	for i := range s.rows {
		if r := &s.rows[i]; r.Paper.ID == id && !r.Preset {
			r.Way, r.Declined = "", true
			return nil
		}
	}
	return dossier.Errorf(dossier.CodeInvalid, "paper %q cannot be declined", id)
}

// Missing lists the required papers that are not given.
func (s *Set) Missing() []Row {
	var out []Row
	for _, r := range s.rows {
		if r.Missing() {
			out = append(out, r)
		}
	}
	return out
}

// Given lists what comes with the dossier.
func (s *Set) Given() []dossier.GivenPaper {
	out := []dossier.GivenPaper{}
	for _, r := range s.rows {
		if r.Given() {
			out = append(out, dossier.GivenPaper{Paper: r.Paper.ID, Name: r.Paper.Name.In("vi"), Way: r.Way})
		}
	}
	return out
}

// Mark is how a slip names the state of a paper.
type Mark string

// The marks of a slip.
const (
	MarkOriginal   Mark = "original"
	MarkCopy       Mark = "copy"
	MarkElectronic Mark = "electronic"
	MarkShown      Mark = "shown"
	MarkLeft       Mark = "left" // on paper, whether original or copy
)

// Marked is one numbered line of a slip's list.
type Marked struct {
	Name string `json:"name"`
	Mark Mark   `json:"mark"`
}

// MarkedOf lists papers that were given as a slip names them, where of the
// procedure's own paper no more is known than its name: one that was left here, be
// it an original or a copy, is only named.
func MarkedOf(given []dossier.GivenPaper) []Marked {
	out := []Marked{}
	for _, g := range given {
		m := Marked{Name: g.Name, Mark: MarkLeft}
		switch g.Way {
		case dossier.WayShown:
			m.Mark = MarkShown
		case dossier.WayForm, dossier.WayStick, dossier.WayScanner:
			m.Mark = MarkElectronic
		}
		out = append(out, m)
	}
	return out
}

// Marked lists what comes with the dossier as the slip names it.
func (s *Set) Marked() []Marked {
	out := []Marked{}
	for _, r := range s.rows {
		if !r.Given() {
			continue
		}
		m := Marked{Name: r.Paper.Name.In("vi"), Mark: MarkOriginal}
		switch {
		case r.Way == dossier.WayShown:
			m.Mark = MarkShown
		case r.Way == dossier.WayForm || r.Way == dossier.WayStick || r.Way == dossier.WayScanner:
			m.Mark = MarkElectronic
		case r.Paper.Copy == dossier.CopyCopy:
			m.Mark = MarkCopy
		}
		out = append(out, m)
	}
	return out
}
