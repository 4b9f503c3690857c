package flow

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"tramhoso/app/counter"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/app/visit/form"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

// world is everything behind the screens.
type world struct {
	visit.Drafts
	facts   visit.Facts
	snap    catalogue.Snapshot
	kept    map[string]dossier.CitizenCard // by slip number
	desk    []dossier.CounterCard
	handed  []dossier.Handover
	slips   []counter.NewSlip
	wishes  []counter.Recall
	refused []counter.Refusal
	letters map[string]visit.Letter // by token
	commits int
	fail    error // of every keeping
	damage  []upkeep.Found
	again   []int64
	forms   int
	open    []Ask
	answers []string
	tests   []upkeep.Part
	broken  error // of every test
	ends    bool  // tests take their context's word
	probes  upkeep.Probes
	pauses  []time.Duration
	parts   upkeep.Facts
	calls   int
	rung    time.Time
	want    bool // scans are taken
	invited int  // how often a person was asked for a code

	pages   bool     // there is a page printer
	signed  []string // declarations sent to it
	prints  []string // results sent to it, by packet
	before  counter.Printing
	recalls []visit.Recall
	packets []Packet // as the portal set them aside
}

func (w *world) BySlip(s visit.Slip) (dossier.CitizenCard, error) {
	c, ok := w.kept[s.Number]
	if !ok {
		return dossier.CitizenCard{}, dossier.E(dossier.CodeNotFound, nil)
	}
	return c, nil
}
func (w *world) CountByID(number string) (int, error) {
	if number == numberOf {
		return len(w.kept), nil
	}
	return 0, nil
}
func (w *world) CountByCode(code string) (n int, err error) {
	for _, c := range w.kept {
		if dossier.FoldCode(c.Code()) == dossier.FoldCode(code) {
			n++
		}
	}
	return n, nil
}
func (w *world) HasSlip(number string) (bool, error) { _, ok := w.kept[number]; return ok, nil }

func (w *world) Submit(_ context.Context, l visit.Letter) (visit.Submitted, error) {
	w.commits++
	if w.fail != nil {
		return visit.Submitted{}, w.fail
	}
	w.letters[l.Token] = l
	return visit.Submitted{Slip: slipOf, Packet: "p1", Job: 1, QR: "HTTPS://X/S/A#B", At: dossier.Stamp{Wall: noon}}, nil
}

func (w *world) Withdraw(_ context.Context, r visit.Recall) error {
	if w.fail != nil {
		return w.fail
	}
	w.recalls = append(w.recalls, r)
	for number, c := range w.kept {
		if c.Packet == r.Packet {
			c.Withdrawn = dossier.Withdrawn{At: noon}
			w.kept[number] = c
		}
	}
	return nil
}

// printed is a slip as it is drawn.
type printed struct{ w *world }

func (p printed) Picture(context.Context, int64) (image.Image, error) {
	return image.NewGray(image.Rect(0, 0, 576, 800)), nil
}
func (p printed) Again(_ context.Context, job int64) (int64, error) {
	if p.w.fail != nil {
		return 0, p.w.fail
	}
	p.w.again = append(p.w.again, job)
	return job + 1, nil
}
func (p printed) Form01(context.Context, dossier.CitizenCard) error { p.w.forms++; return nil }

func (p printed) CanDeclare(visit.Letter) bool { return p.w.pages }
func (p printed) Declaration(_ context.Context, l visit.Letter, done visit.Submitted, answers []form.Line) (int64, error) {
	if p.w.fail != nil {
		return 0, p.w.fail
	}
	p.w.signed = append(p.w.signed, fmt.Sprintln(done.Slip, len(answers) > 0, l.Dossier.Applicant.Person.Number != ""))
	return 70 + int64(len(p.w.signed)), nil
}

type questions struct{ w *world }

func (q questions) Open(context.Context) ([]Ask, error)       { return q.w.open, nil }
func (q questions) Packets(context.Context) ([]Packet, error) { return q.w.packets, nil }
func (q questions) Answer(_ context.Context, job int64, out bool) error {
	q.w.answers = append(q.w.answers, fmt.Sprint(job, out))
	q.w.open = nil
	return nil
}

// office is the counter's side.
type office struct{ w *world }

func (o office) Login(_ context.Context, badge, pin string) (counter.Session, error) {
	switch {
	case pin != "123456":
		return counter.Session{}, dossier.E(dossier.CodeBadPIN, nil)
	case badge == "BADGE|technician":
		return counter.Session{ID: "t1", Name: "Lê Văn Dũng", Role: counter.RoleTechnician}, nil
	}
	return counter.Session{ID: "c1", Name: "Trần Thị Hoa", Role: counter.RoleClerk, Desk: o}, nil
}
func (o office) Cards(context.Context) ([]dossier.CounterCard, error) { return o.w.desk, nil }
func (o office) IsApplicant(_ context.Context, _, number string) (bool, error) {
	return number == numberOf, nil
}
func (o office) DossiersOf(_ context.Context, number string) (list []string, err error) {
	for _, c := range o.w.desk {
		if number == numberOf {
			list = append(list, c.Packet)
		}
	}
	return list, nil
}
func (o office) NewSlip(_ context.Context, n counter.NewSlip) (int64, error) {
	o.w.slips = append(o.w.slips, n)
	return 90, o.w.fail
}
func (o office) Withdraw(_ context.Context, r counter.Recall) (int64, error) {
	o.w.wishes = append(o.w.wishes, r)
	if o.w.fail == nil {
		o.w.desk[0].Withdrawn = dossier.Withdrawn{At: noon}
	}
	return 95, o.w.fail
}
func (o office) PrintResult(_ context.Context, packet string) (int64, error) {
	if o.w.fail != nil {
		return 0, o.w.fail
	}
	o.w.prints = append(o.w.prints, packet)
	return 80 + int64(len(o.w.prints)), nil
}
func (o office) Printing(context.Context, string) (counter.Printing, error) { return o.w.before, nil }
func (o office) HandOver(_ context.Context, _, _ string, h dossier.Handover) error {
	if o.w.fail != nil {
		return o.w.fail
	}
	o.w.handed = append(o.w.handed, h)
	return nil
}
func (o office) Refuse(_ context.Context, _ string, r counter.Refusal) error {
	o.w.refused = append(o.w.refused, r)
	return nil
}

// result is a dossier whose result waits here.
func result(status dossier.Status, fee int64) dossier.Track {
	t := dossier.Track{Slip: slipOf, Packet: "p1", Title: "Cấp bản sao trích lục hộ tịch", Station: "DL27", Sent: noon,
		Submitted: dossier.Stamp{Wall: noon}, AsOf: noon}
	t.News = []dossier.News{{Status: status, FeeDue: &fee, At: noon, Heard: noon, Text: "Xin nộp thêm ảnh.", Officer: "Ngô Văn Tám", Office: "Tư pháp"}}
	return t
}

var errDisk = errors.New("input/output error")
