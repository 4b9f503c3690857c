package flow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tramhoso/app/counter"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/app/visit/form"
	"tramhoso/assets"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

// What a scan may hold in these tests: "QR|number|name", "MRZ|number|name" or a
// bare number; "SLIP|number" or "SLIP|number|code"; "BADGE|role".

const (
	numberOf = "066190000123"
	nameOf   = "H’ Bia Niê"
	cardOf   = "QR|" + numberOf + "|" + nameOf
	backOf   = "MRZ|" + numberOf + "|H BIA NIE"
	another  = "QR|040090004471|Y Thuận Êban"
	slipOf   = "DL27-000318-K"
	placeOf  = "Buôn Ea Bông"
)

var noon = time.Date(2026, 7, 14, 12, 0, 0, 0, assets.Here)

type clock struct{ at time.Time }

func (c *clock) Now() time.Time { return c.at }
func (c *clock) Stamp() dossier.Stamp {
	return dossier.Stamp{Wall: c.at, Source: dossier.TimeSystem, Boot: "boot"}
}

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

func (c counterCodes) SlipNumber(s string) (string, error) {
	slip, err := c.Slip(s)
	return slip.Number, err
}

// world is everything behind the screens.
type world struct {
	facts   visit.Facts
	snap    catalogue.Snapshot
	kept    map[string]dossier.CitizenCard // by slip number
	desk    []dossier.CounterCard
	handed  []dossier.Handover
	refused []counter.Refusal
	letters map[string]visit.Letter // by token
	commits int
	fail    error // of every keeping
	again   []int64
	forms   int
	open    []Ask
	answers []string
	tests   []upkeep.Part
	broken  error // of every test
	ends    bool  // tests take their context's word
	parts   upkeep.Facts
	calls   int
	rung    time.Time
	want    bool // scans are taken
	invited int  // how often a person was asked for a code

	pages  bool     // there is a page printer
	signed []string // declarations sent to it
	prints []string // results sent to it, by packet
	before counter.Printing
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
func (w *world) HasSlip(number string) (bool, error) { _, ok := w.kept[number]; return ok, nil }

func (w *world) Submit(_ context.Context, l visit.Letter) (visit.Submitted, error) {
	w.commits++
	if w.fail != nil {
		return visit.Submitted{}, w.fail
	}
	w.letters[l.Token] = l
	return visit.Submitted{Slip: slipOf, Packet: "p1", Job: 1, QR: "HTTPS://X/S/A#B", At: dossier.Stamp{Wall: noon}}, nil
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

func (q questions) Open(context.Context) ([]Ask, error) { return q.w.open, nil }
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

// house is the user interface over a world, run by hand: what the screens start
// elsewhere waits until settle.
type house struct {
	*Flow
	*world
	t       testing.TB
	clock   *clock
	content fyne.CanvasObject
	waiting []func()
	later   []func()
	steady  time.Time
	drawn   int // screens
	log     bytes.Buffer
}

// run plays a test in both languages.
func run(t *testing.T, f func(t *testing.T, h *house)) {
	for _, lang := range assets.Languages {
		t.Run(lang, func(t *testing.T) {
			h := newHouse(t)
			if lang != "vi" {
				h.tap("app.other-language")
			}
			f(t, h)
		})
	}
}

func newHouse(t testing.TB) *house {
	t.Helper()
	test.NewTempApp(t)
	raw, err := os.ReadFile("../../visit/form/testdata/extract.json")
	if err != nil {
		t.Fatal(err)
	}
	vi := func(s string) dossier.Text { return dossier.Text{"vi": s, "en": s} }
	amount := int64(8000)
	w := &world{kept: map[string]dossier.CitizenCard{}, letters: map[string]visit.Letter{},
		facts: visit.Facts{Enrolled: true, VisitsLeft: 400, CatalogueVersion: 3, Time: noon, Printer: visit.PrinterReady}}
	w.parts = upkeep.Facts{Printer: upkeep.PrinterReady, Scanner: upkeep.ScannerReady, Reach: upkeep.ReachOn, VisitsLeft: 32510,
		Time: dossier.Stamp{Wall: noon, Source: dossier.TimeSystem}, Enrolled: true, Station: "DL27"}
	w.snap = catalogue.Snapshot{Version: 3,
		Agencies: []dossier.Agency{{ID: "commune", Name: vi("UBND phường Buôn Ma Thuột")}},
		Topics:   []dossier.Topic{{ID: "family", Name: vi("Gia đình")}},
		Procedures: []dossier.Procedure{
			{Code: "2.000635", Version: 2, Name: vi("Cấp bản sao trích lục hộ tịch"), Agency: "commune", Topics: []string{"family"}, Form: raw,
				Level: dossier.LevelFull, Fee: dossier.Fee{Amount: &amount, Per: vi("một bản")},
				Papers: []dossier.Paper{
					{ID: "form", Name: vi("Tờ khai"), Copy: dossier.CopyElectronic, Required: true},
					{ID: "old", Name: vi("Giấy khai sinh cũ"), Copy: dossier.CopyCopy, Required: true}}},
			{Code: "1.001193", Version: 1, Name: vi("Đăng ký khai sinh"), Agency: "commune", Topics: []string{"family"}},
		}}
	loaded := map[string]*assets.Words{}
	for _, l := range assets.Languages {
		if loaded[l], err = assets.Load(l); err != nil {
			t.Fatal(err)
		}
	}
	h := &house{world: w, t: t, clock: &clock{noon}, steady: noon}
	n := 0
	token := func() string { n++; return fmt.Sprint("token", n) }
	facts := func() visit.Facts { return w.facts }
	h.Flow = New(Ports{
		Visit: visit.New(visit.Ports{Clock: h.clock, Reader: reader{}, Codes: codes{}, Lookup: w, Outbox: w, Facts: facts, Token: token,
			Catalogue: func() *catalogue.Catalogue { return catalogue.New(w.snap) }, Language: "vi"}),
		Facts: facts, Clock: h.clock, Outbox: w, Papers: printed{w}, Pages: printed{w}, Asks: questions{w},
		Counter: counter.New(counter.Ports{Now: h.clock.Now, Login: office{w}, Records: office{w}, Reader: collectors{}, Codes: counterCodes{}, Token: token, PagePrinter: func() bool { return w.pages }}),
		Upkeep: Upkeep{Upkeep: upkeep.New(upkeep.Ports{Now: h.clock.Now, Facts: func() upkeep.Facts { return w.parts },
			Test: func(ctx context.Context, p upkeep.Part) error {
				w.tests = append(w.tests, p)
				if w.ends {
					return ctx.Err()
				}
				return w.broken
			}}),
			Station: func() string { return "DL27" }, Version: "dev"},
		Idle:    visit.NewIdle(h.clock.Now),
		Station: func(string) string { return "Điểm Hoà Phú" }, StationOf: func(code, _ string) string { return code },
		Language: "vi", Words: func(l string) *assets.Words { return loaded[l] },
		Show:   func(o fyne.CanvasObject) { h.content = o; h.drawn++ },
		Steady: func() time.Time { return h.steady }, After: func(_ time.Duration, f func()) { h.later = append(h.later, f) },
		Post: func(f func()) { f() }, Go: func(f func()) { h.waiting = append(h.waiting, f) },
		Scanning: func(on bool) { w.want = on }, Asking: func() { w.invited++ }, CallHelp: func() { w.calls++; w.rung = h.clock.at },
		CallAnswered: func() { w.rung = time.Time{} }, CalledAt: func() time.Time { return w.rung },
		Log: slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}, kit.Size1280)
	h.Render()
	t.Cleanup(func() { // whatever happened, no test may put a person into the log
		for _, personal := range []string{numberOf, nameOf, placeOf, "040090004471", "Thuận", "Trần Thị Hoa"} {
			if strings.Contains(h.log.String(), personal) {
				t.Errorf("the log holds %q:\n%s", personal, h.log.String())
			}
		}
	})
	return h
}

// settle runs what was started elsewhere, and what that started.
func (h *house) settle() {
	for len(h.waiting) > 0 {
		next := h.waiting[0]
		h.waiting = h.waiting[1:]
		next()
	}
}

func (h *house) said() string { return strings.Join(kit.Texts(h.content), "\n") }

// tap presses the control that a text names.
func (h *house) tap(key string, args ...any) {
	h.t.Helper()
	h.press(h.env.T(key, args...))
}

// press presses a control after a look at the screen.
func (h *house) press(name string) {
	h.t.Helper()
	h.steady = h.steady.Add(tapAfter)
	c := kit.Find(h.content, name)
	if c == nil {
		h.t.Fatalf("%s: no control is called %q:\n%s", h.Visit.Step(), name, h.said())
	}
	if !c.Enabled() {
		h.t.Fatalf("%s: %q cannot be pressed", h.Visit.Step(), name)
	}
	c.Tapped(&fyne.PointEvent{})
}

// write types into the only field of the screen.
func (h *house) write(text string) {
	h.t.Helper()
	for _, c := range kit.Controls(h.content) {
		if f, ok := c.(*kit.Field); ok {
			f.SetText(text)
			return
		}
	}
	h.t.Fatalf("%s: no field:\n%s", h.Visit.Step(), h.said())
}

// Scan holds a code before the scanner at a person's pace.
func (h *house) Scan(code string) {
	h.steady = h.steady.Add(time.Second)
	h.Flow.Scan(code)
}

func (h *house) at(step visit.Step) {
	h.t.Helper()
	if got := h.Visit.Step(); got != step {
		h.t.Fatalf("at %s, want %s:\n%s", got, step, h.said())
	}
}

// see wants a text of the language in use.
func (h *house) see(key string, args ...any) { h.t.Helper(); h.read(h.env.T(key, args...)) }

func (h *house) read(text string) {
	h.t.Helper()
	if !strings.Contains(h.said(), plain(text)) {
		h.t.Fatalf("%q is not to be read at %s:\n%s", text, h.Visit.Step(), h.said())
	}
}

func (h *house) hidden(text string) {
	h.t.Helper()
	if strings.Contains(h.said(), text) {
		h.t.Fatalf("%q is to be read at %s:\n%s", text, h.Visit.Step(), h.said())
	}
}

// plain is a text without the marks of boldness.
func plain(s string) string { return strings.ReplaceAll(s, "**", "") }

// gone wants nothing of the person on the screen or in the visit.
func (h *house) gone() {
	h.t.Helper()
	h.at(visit.Home)
	state := fmt.Sprintf("%+v", h.Visit.State())
	for _, personal := range []string{numberOf, nameOf, placeOf, slipOf, "Ea Kao", "0905"} {
		h.hidden(personal)
		if strings.Contains(state, personal) {
			h.t.Errorf("%q is left in the visit: %s", personal, state)
		}
	}
	if h.picture != nil || h.pictured != 0 {
		h.t.Error("the picture of the slip is left")
	}
}

func (h *house) identified() {
	h.t.Helper()
	h.tap("home.submit")
	h.at(visit.ScanID)
	h.Scan(cardOf)
	h.at(visit.IDConfirmed)
	h.tap("idconfirmed.main")
	h.tap("notice.main")
	h.at(visit.Search)
}

func (h *house) found() {
	h.t.Helper()
	h.identified()
	h.write("trich luc")
	h.tap("search.main")
	h.at(visit.Procedure)
}

func (h *house) begun() { h.t.Helper(); h.found(); h.tap("procedure.main"); h.at(visit.Form) }

// option is a choice as the form names it in the language in use.
func (h *house) option(value string) string {
	h.t.Helper()
	for _, o := range h.Visit.State().Question.Options {
		if o.Value == value {
			return o.Label.In(h.lang())
		}
	}
	h.t.Fatalf("no choice %q", value)
	return ""
}

// next goes on from a question: the last one's button is called differently.
func (h *house) next() {
	h.t.Helper()
	if s := h.Visit.State(); s.QuestionAt == s.Questions {
		h.tap("app.continue")
		return
	}
	h.tap("app.next")
}

// untilCopies answers every question but the last.
func (h *house) untilCopies() {
	h.t.Helper()
	for h.Visit.Step() == visit.Form {
		switch h.Visit.State().Question.Key {
		case "event":
			h.press(h.option("birth"))
		case "relation":
			h.press(h.option("child"))
		case "place":
			h.write("Ea Kao")
		case "phone":
			h.tap("form.skip")
			continue
		case "copies":
			return
		}
		h.next()
	}
}

func (h *house) answered() {
	h.t.Helper()
	h.untilCopies()
	h.write("2")
	h.next()
	h.at(visit.Papers)
}

func (h *house) toSign() {
	h.t.Helper()
	h.begun()
	h.answered()
	h.tap("papers.clerk")
	h.tap("app.continue")
	h.at(visit.Delivery)
	h.tap("delivery.sms")
	h.tap("app.continue")
	h.at(visit.TypePhone)
	h.write("0905123456")
	h.tap("app.continue")
	h.at(visit.Review)
	h.tap("review.main")
	h.at(visit.Sign)
	h.tap("sign.box")
}

func (h *house) submitted() {
	h.t.Helper()
	h.toSign()
	h.tap("sign.main")
	h.at(visit.Submitting)
	h.settle()
	h.at(visit.Done)
}

// result is a dossier whose result waits here.
func result(status dossier.Status, fee int64) dossier.Track {
	t := dossier.Track{Slip: slipOf, Packet: "p1", Title: "Cấp bản sao trích lục hộ tịch", Station: "DL27", Sent: noon,
		Submitted: dossier.Stamp{Wall: noon}, AsOf: noon}
	t.News = []dossier.News{{Status: status, FeeDue: &fee, At: noon, Heard: noon, Text: "Xin nộp thêm ảnh.", Officer: "Ngô Văn Tám", Office: "Tư pháp"}}
	return t
}

var errDisk = errors.New("input/output error")
