package flow

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tramhoso/app/counter"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
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
	w := &world{Drafts: visit.NoDrafts{}, kept: map[string]dossier.CitizenCard{}, letters: map[string]visit.Letter{},
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
		Visit: visit.New(visit.Ports{Clock: h.clock, Reader: reader{}, Codes: codes{}, Lookup: w, Outbox: w, Drafts: w, Facts: facts, Token: token,
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
			},
			Findings: func() []upkeep.Found { return w.damage },
			SeeFindings: func(_ context.Context, list []upkeep.Found, by string) error {
				if w.fail != nil || by == "" {
					return w.fail
				}
				w.damage = slices.DeleteFunc(slices.Clone(w.damage), func(f upkeep.Found) bool { return slices.Contains(list, f) })
				w.parts.Found, w.parts.FoundLost = len(w.damage), 0
				return nil
			},
			Probes: func() upkeep.Probes { return w.probes },
			Pause: func(_ context.Context, d time.Duration, by string) error {
				if w.fail != nil || by == "" {
					return w.fail
				}
				w.pauses = append(w.pauses, d)
				w.parts.Sending.Now, w.parts.Sending.Until = h.clock.Now(), time.Time{}
				if d > 0 {
					w.parts.Sending.Until = h.clock.Now().Add(d)
				}
				return nil
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

// keeps gives the station a place for drafts.
func (h *house) keeps(d visit.Drafts) { h.Drafts = d }

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
