package visit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

// What a scan may hold in these tests: "QR|number|name", "MRZ|number|name" or a
// bare number; "SLIP|number" or "SLIP|number|code"; "BADGE|…".

var noon = time.Date(2026, 7, 14, 12, 0, 0, 0, time.FixedZone("+07", 7*3600))

type fakeClock struct{ at time.Time }

func (c *fakeClock) Now() time.Time { return c.at }
func (c *fakeClock) Stamp() dossier.Stamp {
	return dossier.Stamp{Wall: c.at, Source: dossier.TimeSystem, Boot: "boot"}
}

type fakeReader struct{}

func (fakeReader) Read(frame string) (Reading, error) {
	p := strings.Split(frame, "|")
	if len(p) == 1 && len(frame) == 12 && strings.Trim(frame, "0123456789") == "" {
		return Reading{Person: dossier.Person{Number: frame, Trust: dossier.TrustDeclared, Source: "typed"}}, nil
	}
	if len(p) == 1 && len(frame) == 9 && strings.Trim(frame, "0123456789") == "" {
		return Reading{}, dossier.E(dossier.CodeOldNumber, nil)
	}
	if len(p) != 3 || p[0] != "QR" && p[0] != "MRZ" {
		return Reading{}, dossier.E(dossier.CodeNotAnID, nil)
	}
	if strings.HasSuffix(p[1], "X") {
		return Reading{}, dossier.E(dossier.CodeBadCheckDigit, nil)
	}
	return Reading{Card: frame, Person: dossier.Person{Number: p[1], Name: p[2], Born: dossier.Date{Year: 1990, Month: 8, Day: 12},
		Address: "Buôn Ea Bông", Trust: dossier.TrustDeclared, Source: strings.ToLower(p[0])}}, nil
}

func (fakeReader) Cross(a, b Reading) (Reading, error) {
	if a.Person.Number != b.Person.Number {
		return Reading{}, dossier.E(dossier.CodeSidesDiffer, nil)
	}
	if a.Person.Source != b.Person.Source {
		a.Person.Trust, a.Person.Source = dossier.TrustConsistent, "qr+mrz"
	}
	return a, nil
}

type fakeCodes struct{}

func (fakeCodes) IsSlip(s string) bool  { return strings.HasPrefix(s, "SLIP|") }
func (fakeCodes) IsBadge(s string) bool { return strings.HasPrefix(s, "BADGE|") }
func (fakeCodes) Slip(s string) (Slip, error) {
	p := strings.Split(s, "|")
	if len(p) > 2 {
		return Slip{}, dossier.E(dossier.Code(p[2]), nil)
	}
	return Slip{Number: p[1], Text: s}, nil
}
func (fakeCodes) SlipNumber(s string) (string, error) {
	if !strings.HasPrefix(strings.ToUpper(s), "DL27-") {
		return "", dossier.E(dossier.CodeNotFound, nil)
	}
	return strings.ToUpper(s), nil
}

type fakeLookup map[string]dossier.CitizenCard

func (l fakeLookup) BySlip(s Slip) (dossier.CitizenCard, error) {
	r, ok := l[s.Number]
	if !ok {
		return dossier.CitizenCard{}, dossier.E(dossier.CodeNotFound, nil)
	}
	return r, nil
}
func (l fakeLookup) CountByID(number string) (int, error) {
	if number == "066190000123" {
		return len(l), nil
	}
	return 0, nil
}
func (l fakeLookup) CountByCode(code string) (n int, err error) {
	want := dossier.FoldCode(code)
	if want == "" {
		return 0, dossier.E(dossier.CodeInvalid, nil)
	}
	if want == dossier.FoldCode("H15.30-260714-9999") {
		return 0, dossier.E(dossier.CodeTries, nil)
	}
	for _, c := range l {
		if dossier.FoldCode(c.Code()) == want {
			n++
		}
	}
	return n, nil
}
func (l fakeLookup) HasSlip(number string) (bool, error) { _, ok := l[number]; return ok, nil }

type fakeOutbox struct {
	letters map[string]Letter
	recalls []Recall
	calls   int
	fail    error
}

func (o *fakeOutbox) Submit(_ context.Context, l Letter) (Submitted, error) {
	o.calls++
	if o.fail != nil {
		return Submitted{}, o.fail
	}
	o.letters[l.Token] = l
	return Submitted{Slip: "DL27-000318-K", Packet: "p1", Job: 1, QR: "HTTPS://X/S/A#B"}, nil
}

func (o *fakeOutbox) Withdraw(_ context.Context, r Recall) error {
	o.calls++
	if o.fail == nil {
		o.recalls = append(o.recalls, r)
	}
	return o.fail
}

type house struct {
	*Visit
	clock  *fakeClock
	outbox *fakeOutbox
	facts  Facts
	snap   catalogue.Snapshot
	lookup fakeLookup
}

func good() Facts {
	return Facts{Enrolled: true, VisitsLeft: 400, CatalogueVersion: 3, Time: noon, Printer: PrinterReady}
}

func newHouse(t testing.TB) *house {
	t.Helper()
	raw, err := os.ReadFile("form/testdata/extract.json")
	if err != nil {
		t.Fatal(err)
	}
	amount := int64(8000)
	vi := func(s string) dossier.Text { return dossier.Text{"vi": s} }
	h := &house{clock: &fakeClock{noon}, outbox: &fakeOutbox{letters: map[string]Letter{}}, facts: good(), lookup: fakeLookup{}}
	h.snap = catalogue.Snapshot{Version: 3,
		Agencies: []dossier.Agency{{ID: "commune", Name: vi("UBND phường Buôn Ma Thuột")}},
		Topics:   []dossier.Topic{{ID: "family", Name: vi("Gia đình")}},
		Procedures: []dossier.Procedure{
			{Code: "2.000635", Version: 2, Name: vi("Cấp bản sao trích lục hộ tịch"), Agency: "commune", Topics: []string{"family"}, Form: raw,
				Fee: dossier.Fee{Amount: &amount, Per: vi("một bản")},
				Papers: []dossier.Paper{
					{ID: "form", Name: vi("Tờ khai"), Copy: dossier.CopyElectronic, Required: true},
					{ID: "card", Name: vi("Thẻ căn cước"), ShowOnly: true, Required: true},
					{ID: "old", Name: vi("Giấy khai sinh cũ"), Copy: dossier.CopyCopy, Required: true},
					{ID: "auth", Name: vi("Văn bản uỷ quyền")}}},
			{Code: "1.001193", Version: 1, Name: vi("Đăng ký khai sinh"), Agency: "commune", Topics: []string{"family"}},
			{Code: "9.999999", Version: 1, Name: vi("Thủ tục cũ"), Agency: "commune", Withdrawn: true},
		}}
	n := 0
	h.Visit = New(Ports{Clock: h.clock, Reader: fakeReader{}, Codes: fakeCodes{}, Lookup: h.lookup, Outbox: h.outbox,
		Catalogue: func() *catalogue.Catalogue { return catalogue.New(h.snap) },
		Facts:     func() Facts { return h.facts },
		Token:     func() string { n++; return fmt.Sprint("token", n) }, Language: "vi"})
	return h
}

const qr, mrz = "QR|066190000123|H’ Bia Niê", "MRZ|066190000123|H BIA NIE"

func (h *house) at(t testing.TB, want Step) {
	t.Helper()
	if h.Step() != want {
		t.Fatalf("at %s, want %s (problem %+v)", h.Step(), want, h.State().Problem)
	}
}

func (h *house) next(t testing.TB, want Step) {
	t.Helper()
	if err := h.Next(); err != nil {
		t.Fatal(err)
	}
	h.at(t, want)
}

// toForm goes from the start screen to the first question.
func (h *house) toForm(t testing.TB) {
	t.Helper()
	h.Start(GoalSubmit)
	h.at(t, ScanID)
	if got := h.HandleFrame(qr); got != ScanCard {
		t.Fatalf("the card was %s", got)
	}
	h.next(t, Notice)
	h.next(t, Search)
	h.SetQuery("ho tich")
	if hits := h.State().Hits; len(hits) != 1 || hits[0].Procedure.Code != "2.000635" || len(hits[0].Spans) == 0 {
		t.Fatalf("found %+v", hits)
	}
	if err := h.Choose("2.000635"); err != nil {
		t.Fatal(err)
	}
	h.at(t, Procedure)
	h.next(t, Form)
}

// fill answers every question that is asked.
func (h *house) fill(t testing.TB) {
	t.Helper()
	answers := map[string]any{"event": "birth", "relation": "child", "copies": "2"}
	for h.Step() == Form {
		if v, ok := answers[h.State().Question.Key]; ok {
			h.Answer(v)
		}
		if err := h.Next(); err != nil {
			t.Fatal(h.State().Question.Key, err)
		}
	}
	h.at(t, Papers)
}

// toSign goes on from the papers to the declaration.
func (h *house) toSign(t testing.TB) {
	t.Helper()
	if err := h.GivePaper("old", dossier.WayOriginal); err != nil {
		t.Fatal(err)
	}
	h.next(t, Delivery)
	d := h.State().Delivery
	d.Phone, d.Notices.SMS = "0905 123 456", true
	h.SetDelivery(d)
	h.next(t, Review)
	h.next(t, Sign)
}

func (h *house) problem(t testing.TB, word string) {
	t.Helper()
	p := h.State().Problem
	if p == nil || p.Word != word {
		t.Fatalf("problem %+v, want %q", p, word)
	}
}

// card is what a slip opens, with that status.
func card(slip string, s dossier.Status) dossier.CitizenCard {
	c := dossier.CitizenCard{Track: dossier.Track{Slip: slip}}
	c.News = []dossier.News{{Status: s}}
	return c
}

var errDisk = errors.New("input/output error")
