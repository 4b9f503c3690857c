package flow

import (
	"strings"

	"tramhoso/app/counter"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// reader reads the cards of these tests.
type reader struct{}

func (reader) Read(frame string) (visit.Reading, error) {
	p := strings.Split(frame, "|")
	if len(p) == 1 && len(frame) == 12 && strings.Trim(frame, "0123456789") == "" {
		return visit.Reading{Person: dossier.Person{Number: frame, Trust: dossier.TrustDeclared, Source: "typed"}}, nil
	}
	if len(p) != 3 || p[0] != "QR" && p[0] != "MRZ" {
		return visit.Reading{}, dossier.E(dossier.CodeNotAnID, nil)
	}
	if strings.HasSuffix(p[1], "X") {
		return visit.Reading{}, dossier.E(dossier.CodeBadCheckDigit, nil)
	}
	return visit.Reading{Card: frame, Person: dossier.Person{Number: p[1], Name: p[2], Born: dossier.Date{Year: 1990, Month: 8, Day: 12},
		Sex: dossier.SexFemale, Address: placeOf, Trust: dossier.TrustDeclared, Source: strings.ToLower(p[0])}}, nil
}

func (reader) Cross(a, b visit.Reading) (visit.Reading, error) {
	if a.Person.Number != b.Person.Number {
		return visit.Reading{}, dossier.E(dossier.CodeSidesDiffer, nil)
	}
	if a.Person.Source != b.Person.Source {
		a.Person.Trust, a.Person.Source = dossier.TrustConsistent, "qr+mrz"
	}
	return a, nil
}

// collectors is the same reader at the counter.
type collectors struct{ reader }

func (c collectors) Read(frame string) (counter.Reading, error) {
	r, err := c.reader.Read(frame)
	return counter.Reading(r), err
}

func (c collectors) Cross(a, b counter.Reading) (counter.Reading, error) {
	r, err := c.reader.Cross(visit.Reading(a), visit.Reading(b))
	return counter.Reading(r), err
}

type codes struct{}

func (codes) IsSlip(s string) bool  { return strings.HasPrefix(s, "SLIP|") }
func (codes) IsBadge(s string) bool { return strings.HasPrefix(s, "BADGE|") }
func (codes) Slip(s string) (visit.Slip, error) {
	p := strings.Split(s, "|")
	if len(p) > 2 {
		return visit.Slip{}, dossier.E(dossier.Code(p[2]), nil)
	}
	return visit.Slip{Number: p[1], Text: s}, nil
}
func (codes) SlipNumber(s string) (string, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if !strings.HasPrefix(s, "DL27-") {
		return "", dossier.E(dossier.CodeNotFound, nil)
	}
	return s, nil
}

type counterCodes struct{ codes }

func (c counterCodes) TypedSlip(s string) (string, error) { return c.codes.SlipNumber(s) }
func (c counterCodes) SlipNumber(s string) (string, error) {
	slip, err := c.Slip(s)
	return slip.Number, err
}
