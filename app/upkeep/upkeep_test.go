package upkeep

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

var noon = time.Date(2026, 7, 16, 12, 0, 0, 0, time.UTC)

func now() time.Time { return noon }

func well() Facts {
	return Facts{Printer: PrinterReady, ScannerKnown: true, ScannerReady: true, Reach: ReachOn, VisitsLeft: 412,
		Time: dossier.Stamp{Wall: noon, Source: dossier.TimeSigned}, Enrolled: true, Station: "DL27"}
}

func TestNothingKnownIsUnknown(t *testing.T) {
	for _, l := range lines(Facts{VisitsLeft: -1}) {
		want := Unknown
		if l.Part == Enrolment {
			want = Fix
		}
		if l.Health != want {
			t.Errorf("%s is %s", l.Part, l.Health)
		}
	}
}

func TestLines(t *testing.T) {
	tests := []struct {
		part   Part
		set    func(*Facts)
		health Health
		word   string
	}{
		{Printer, func(f *Facts) { f.Printer = PrinterLow }, Fix, "status.printer-low"},
		{Printer, func(f *Facts) { f.Printer = PrinterOut }, Fix, "status.printer-out"},
		{Printer, func(f *Facts) { f.Printer = PrinterCover }, Fix, "status.printer-cover"},
		{Printer, func(f *Facts) { f.Printer = PrinterDown }, Fix, "status.printer-down"},
		{Printer, func(f *Facts) { f.Printer = PrinterUnknown }, Unknown, "status.printer-unknown"},
		{Scanner, func(f *Facts) { f.ScannerReady = false }, Fix, "status.scanner-down"},
		{Scanner, func(f *Facts) { f.LastScan = noon }, Well, "devices.last-scan"},
		{Scanner, func(f *Facts) { f.ScannerKnown = false }, Unknown, "upkeep.unknown"},
		{Network, func(f *Facts) { f.Reach = ReachOff }, Fix, "status.net-off"},
		{Network, func(f *Facts) { f.Reach = ReachClosed }, Fix, "devices.closed"},
		{Storage, func(f *Facts) { f.ReadOnly = true }, Fix, "devices.read-only"},
		{Storage, func(f *Facts) { f.VisitsLeft = 0 }, Fix, "devices.full"},
		{Clock, func(f *Facts) { f.Time.Source = dossier.TimeFloored }, Fix, "devices.clock-floored"},
		{Clock, func(f *Facts) { f.Time.Source = dossier.TimeStaff }, Fix, "devices.clock-staff"},
		{Enrolment, func(f *Facts) { f.Enrolled = false }, Fix, "devices.not-enrolled"},
	}
	for _, tt := range tests {
		f := well()
		tt.set(&f)
		for _, l := range lines(f) {
			if l.Part == tt.part && (l.Health != tt.health || l.Word != tt.word) {
				t.Errorf("%s is %s %q, want %s %q", l.Part, l.Health, l.Word, tt.health, tt.word)
			}
			if l.Part != tt.part && l.Health != Well {
				t.Errorf("%s: %s is %s", tt.word, l.Part, l.Health)
			}
		}
	}
	if n := toFix(lines(well())); n != 0 {
		t.Errorf("%d to fix of a station that is well", n)
	}
}

func TestTests(t *testing.T) {
	broken := Printer
	u := New(Ports{Now: now, Facts: well, Test: func(_ context.Context, p Part) error {
		if p == broken {
			return dossier.E(dossier.CodePrinterDown, nil)
		}
		return nil
	}})
	if _, ok := u.BeginTest(Enrolment); ok {
		t.Error("the enrolment has no test")
	}
	runs := u.BeginTestAll()
	if len(runs) != 5 || len(u.BeginTestAll()) != 0 || !u.State().Testing {
		t.Fatalf("%d tests", len(runs))
	}
	for _, run := range runs {
		u.FinishTest(run(t.Context()))
	}
	s := u.State()
	if s.Testing || s.ToFix != 1 {
		t.Errorf("testing %v, %d to fix", s.Testing, s.ToFix)
	}
	for _, l := range s.Lines {
		if l.Part != Enrolment && (l.TestedAt != noon || l.TestOK != (l.Part != broken)) {
			t.Errorf("%+v", l)
		}
	}
	broken = ""
	run, _ := u.BeginTest(Printer)
	u.FinishTest(run(t.Context()))
	if u.State().ToFix != 0 {
		t.Error("a test that went well does not clear the one before")
	}
}

func TestDoctorStopsAtTheFirstBrokenLink(t *testing.T) {
	for i, broken := range append([]Link{""}, Links...) {
		var asked []Link
		p := Probes{}
		for _, l := range Links {
			p[l] = func(context.Context) error {
				asked = append(asked, l)
				if l == broken {
					return dossier.E(dossier.CodeNotThePortal, nil)
				}
				return nil
			}
		}
		f := Examine(t.Context(), p, now)
		if f.Broken != broken || len(f.Links) != len(Links) || f.At != noon {
			t.Errorf("%q: %+v", broken, f)
		}
		if i > 0 && len(asked) != i {
			t.Errorf("%q: asked %v behind a broken link", broken, asked)
		}
		for j, found := range f.Links {
			want := Well
			if i > 0 && j == i-1 {
				want = Fix
			} else if i > 0 && j >= i {
				want = Unknown
			}
			if found.Health != want {
				t.Errorf("%q: %s is %s", broken, found.Link, found.Health)
			}
		}
	}
}

func TestDoctorDoesNotHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deaf := make(chan struct{})
		defer close(deaf)
		f := Examine(t.Context(), Probes{LinkCable: func(context.Context) error { return nil },
			LinkDNS: func(context.Context) error { <-deaf; return nil }}, now)
		if f.Broken != LinkDNS || f.Links[1].Took != ProbeTime {
			t.Errorf("%+v", f)
		}
	})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if f := Examine(ctx, Probes{LinkCable: func(ctx context.Context) error { return ctx.Err() }}, now); f.Broken != "" || f.Links[0].Health != Unknown {
		t.Errorf("an examination that was stopped blames a link: %+v", f)
	}
	u := New(Ports{Now: now, Facts: well})
	run, ok := u.BeginExamine()
	if _, again := u.BeginExamine(); !ok || again {
		t.Error("two at once")
	}
	u.FinishExamine(run(t.Context()))
	if s := u.State(); s.Examining || s.Doctor == nil || s.Doctor.Broken != "" {
		t.Errorf("%+v", s)
	}
}

func TestEnrol(t *testing.T) {
	facts := well()
	var got string
	var fail error
	u := New(Ports{Now: now, Facts: func() Facts { return facts }, Enrol: func(_ context.Context, token string) error { got = token; return fail }})
	try := func(token string) State {
		if run, ok := u.BeginEnrol(token); ok {
			if _, again := u.BeginEnrol(token); again {
				t.Error("two at once")
			}
			u.FinishEnrol(run(t.Context()))
		}
		return u.State()
	}
	if s := try("token"); s.Problem != dossier.CodeConflict || got != "" {
		t.Errorf("an enrolled station was turned: %+v", s)
	}
	facts.Enrolled = false
	for _, bad := range []string{"", " ", "two words", "two\nlines", strings.Repeat("x", MaxToken+1)} {
		if s := try(bad); s.Word != "devices.token" || got != "" {
			t.Errorf("%q: %+v", bad, s)
		}
	}
	for _, tt := range []struct {
		err  error
		word string
	}{{errors.New("x"), "error.unknown"}, {dossier.E(dossier.CodeInvalid, nil), "devices.token"}, {dossier.E(dossier.CodeNoNetwork, nil), "error.no-network"}, {nil, ""}} {
		fail = tt.err
		if s := try("  token\n"); s.Word != tt.word || s.Enrolling || got != "token" {
			t.Errorf("%v: %+v, %q", tt.err, s, got)
		}
	}
}

func TestEveryWordIsTranslated(t *testing.T) {
	for _, lang := range assets.Languages {
		w, err := assets.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range Words {
			if !w.Has(key) {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
	}
	var used []string
	for _, l := range Links {
		used = append(used, l.Word(), l.Advice())
	}
	if d := cmp.Diff(10, len(used)); d != "" {
		t.Error(d)
	}
}
