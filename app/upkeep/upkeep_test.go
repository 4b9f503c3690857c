package upkeep

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/assets"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

var noon = time.Date(2026, 7, 16, 12, 0, 0, 0, time.UTC)

func now() time.Time { return noon }

func well() Facts {
	return Facts{Printer: PrinterReady, Scanner: ScannerReady, Reach: ReachOn, VisitsLeft: 412,
		Time: dossier.Stamp{Wall: noon, Source: dossier.TimeSigned}, Enrolled: true, Station: "DL27"}
}

func TestNothingKnownIsUnknown(t *testing.T) {
	for _, l := range Lines(Facts{VisitsLeft: -1}) {
		want := Unknown
		if l.Part == Enrolment || l.Part == Scanner { // neither has been set up
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
		says   string // state, then note
	}{
		{Printer, func(f *Facts) { f.Profile, f.PaperMM = "Epson TM-T82III", 80 }, Well, "Ready. Epson TM-T82III, 80 mm paper"},
		{Printer, func(f *Facts) { f.OtherPrinter = true }, Fix, "Another printer. What was measured belongs to another printer, so a common profile is used. Please test it to measure this one."},
		{Printer, func(f *Facts) { f.Printer = PrinterLow }, Fix, "Paper nearly out. Please keep a new roll at hand."},
		{Printer, func(f *Facts) { f.Printer = PrinterOut }, Fix, "Out of paper. Please put in a new roll and close the cover."},
		{Printer, func(f *Facts) { f.Printer = PrinterCover }, Fix, "Cover open. Please close the printer’s cover."},
		{Printer, func(f *Facts) { f.Printer = PrinterCutter }, Fix, "Cutter jammed. Open the cover, free the paper at the cutter, then switch the printer off and on."},
		{Printer, func(f *Facts) { f.Printer = PrinterHot }, Fix, "Print head too hot. Let it cool for a few minutes; it goes on by itself."},
		{Printer, func(f *Facts) { f.Printer = PrinterHardware }, Fix, "Broken. Switch it off and on. If the fault stays, it must be replaced."},
		{Printer, func(f *Facts) { f.Printer = PrinterError }, Fix, "Standing still. It stopped without saying why. Switch it off and on."},
		{Printer, func(f *Facts) { f.Printer = PrinterAbsent }, Fix, "Not found. Check the printer’s cable and power."},
		{Printer, func(f *Facts) { f.Printer = PrinterFault }, Fix, "Cannot be opened. Something is there but cannot be opened. Unplug it and plug it in again."},
		{Printer, func(f *Facts) { f.Printer, f.PrinterBy = PrinterTaken, Program }, Unknown, "In use. The station, or a “tramhoso devices” command, is using it."},
		{Printer, func(f *Facts) { f.Printer, f.PrinterBy = PrinterTaken, "minicom" }, Unknown, "In use. minicom is using it."},
		{Printer, func(f *Facts) { f.Printer = PrinterTaken }, Unknown, "In use. Another program is using it."},
		{Printer, func(f *Facts) { f.Printer = PrinterShared }, Fix, "Two of one name. Unplug one, or put its by-path name into station.toml."},
		{Scanner, func(f *Facts) { f.Scanner = ScannerShared }, Fix, "Two of one name. Unplug one, or put its by-path name into station.toml."},
		{Printer, func(f *Facts) { f.Printer = PrinterNone }, Fix, "Not set up. Put its line into printer.path of station.toml."},
		{Printer, func(f *Facts) { f.Printer = PrinterUnknown }, Unknown, "Unknown. It does not tell its state. A test print will show."},
		{Scanner, func(f *Facts) { f.Scanner = ScannerAbsent }, Fix, "Not found. Check the scanner’s cable."},
		{Scanner, func(f *Facts) { f.Scanner = ScannerFault }, Fix, "Cannot be opened. Something is there but cannot be opened. Unplug it and plug it in again."},
		{Scanner, func(f *Facts) { f.Scanner, f.ScannerBy = ScannerTaken, Program }, Unknown, "In use. The station, or a “tramhoso devices” command, is using it."},
		{Scanner, func(f *Facts) { f.LastScan = noon }, Well, "Ready. Last scan 19:00"},
		{Scanner, func(f *Facts) { f.Scanner = ScannerNone }, Fix, "Not set up. Put its line into scanner.path of station.toml."},
		{Scanner, func(f *Facts) { f.Scanner, f.Keyboard = ScannerNone, "Honeywell 1900" }, Fix,
			"Types like a keyboard. Honeywell 1900: scan “USB COM” from its manual to make it a serial device."},
		{Scanner, func(f *Facts) { f.Keyboard = "a keyboard beside a scanner that is fine" }, Well, "Ready. "},
		{Page, func(f *Facts) { f.Page, f.PageName = PageReady, "HP LaserJet M110w" }, Well, "Ready. HP LaserJet M110w"},
		{Page, func(f *Facts) { f.Page = PageReady }, Well, "Ready. "},
		{Page, func(f *Facts) { f.Page = PageJam }, Fix, "Paper jam. Open it and take out the jammed sheet."},
		{Page, func(f *Facts) { f.Page = PageUnknown }, Unknown, "Unknown. It does not tell its state. A test print will show."},
		{Power, func(f *Facts) { f.Power, f.Charge = PowerMains, 96 }, Well, "Mains on. Battery 96 %"},
		{Power, func(f *Facts) { f.Power, f.Charge = PowerMains, -1 }, Well, "Mains on. "},
		{Power, func(f *Facts) { f.Power, f.Runtime = PowerBattery, 12*time.Minute }, Fix, "On battery. The mains are off; about 12 minutes are left."},
		{Power, func(f *Facts) { f.Power = PowerBattery }, Fix, "On battery. The mains are off; how long is left is not known."},
		{Power, func(f *Facts) { f.Power = PowerLow }, Fix, "Battery nearly empty. The station shuts down in order. Start nothing new."},
		{Power, func(f *Facts) { f.Power = PowerUnknown }, Unknown, "Unknown. The battery supply does not answer. Check its cable."},
		{Storage, func(f *Facts) { f.Found, f.FoundLast = 1, string(store.FoundAnew) }, Fix,
			"Mended by itself. 1 finding at the start: the database was written anew. If it comes again, replace the card."},
		{Storage, func(f *Facts) { f.Found, f.FoundLost, f.FoundLast = 3, 2, string(store.FoundBodies) }, Fix,
			"Something was lost. 2 findings; the newest: packets without their content. Run `tramhoso storage check`, tell the province."},
		{Mirror, func(f *Facts) { f.Mirror = MirrorUnknown }, Unknown, "Unknown. "},
		{Mirror, func(f *Facts) { f.Mirror = MirrorWell }, Well, "Up to date. "},
		{Mirror, func(f *Facts) { f.Mirror, f.Mirrored = MirrorWell, noon.Add(-time.Hour) }, Well, "Up to date. Last written 18:00 this evening"},
		{Mirror, func(f *Facts) { f.Mirror, f.Behind = MirrorCopying, 1 }, Unknown, "Copying. 1 packet to go."},
		{Mirror, func(f *Facts) { f.Mirror = MirrorAbsent }, Fix, "Not found. Please put it in."},
		{Mirror, func(f *Facts) { f.Mirror, f.Behind = MirrorAbsent, 1 }, Fix, "Not found. 1 packet is not on it. Please put it in."},
		{Mirror, func(f *Facts) { f.Mirror, f.Behind, f.Mirrored = MirrorFull, 1200, noon.Add(-26*time.Hour) }, Fix,
			"Full. 1,200 packets are not on it, last written yesterday 17:00. Please put in a larger one that is empty."},
		{Mirror, func(f *Facts) { f.Mirror, f.Mirrored = MirrorReadOnly, noon }, Fix, "Cannot be written. Look at its switch, or put in another one."},
		{Mirror, func(f *Facts) {
			f.Mirror, f.Mirrored, f.Behind = MirrorFailing, noon, 2
		}, Fix,
			"Fails. 2 packets are not on it, last written 19:00 this evening. It does not keep what is written. Please put in another one."},
		{Network, func(f *Facts) { f.Sending.Until = noon }, Held, "Sending paused. Dossiers are still accepted and sent later."},
		{Network, func(f *Facts) { f.Sending.Until, f.Reach = noon, ReachOff }, Fix, "No network. Dossiers are still accepted and sent later."},
		{Network, func(f *Facts) { f.LastHeard = noon }, Well, "Open. Heard from the province at 19:00"},
		{Network, func(f *Facts) { f.Reach = ReachRefused }, Fix, "The portal takes nothing. There is a network, but the province's portal takes nothing from this station. The check shows why."},
		{Network, func(f *Facts) { f.Reach = ReachOff }, Fix, "No network. Dossiers are still accepted and sent later."},
		{Network, func(f *Facts) { f.Reach = ReachClosed }, Fix, "Blocked. This network demands a log-in page."},
		{Storage, func(f *Facts) { f.ReadOnly = true }, Fix, "Cannot be written. The card may be worn out. Tell the province."},
		{Storage, func(f *Facts) { f.VisitsLeft = 0 }, Fix, "Full. No room for new dossiers. Tell the province."},
		{Storage, func(f *Facts) { f.VisitsLeft = 32510 }, Well, "Room left. Room for 32,510 more visits"},
		{Clock, func(f *Facts) { f.Time.Source = dossier.TimeSystem }, Well, "Ready. Time of this machine: 19:00"},
		{Clock, func(f *Facts) { f.Time.Source = dossier.TimeFloored }, Fix, "Needs attention. The clock is wrong; please set it."},
		{Clock, func(f *Facts) { f.Time.Source = dossier.TimeStaff }, Fix, "Needs attention. Time told by staff: 19:00"},
		{Storage, func(f *Facts) { f.KeysLost, f.ReadOnly = true, true }, Fix,
			"The station's keys do not open. Its TPM is gone, cleared or another one. Export the packets, enrol anew."},
		{Enrolment, func(f *Facts) { f.KeysPlain = true }, Fix,
			"Keys unguarded. The station's keys lie in files: there is no TPM."},
		{Enrolment, func(f *Facts) { f.KeysPlain, f.KeysClosed = true, true }, Fix,
			"Keys unguarded. There is a TPM, but the program may not open it. Put its user into the group tss."},
		{Enrolment, func(f *Facts) { f.Enrolled = false }, Fix, "Not enrolled. Bring the province’s enrolment code."},
	}
	w, err := assets.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		f := well()
		tt.set(&f)
		found := false
		for _, l := range Lines(f) {
			_, state, note := l.Say(w)
			if said := state + ". " + note; l.Part == tt.part && (l.Health != tt.health || said != tt.says) {
				t.Errorf("%s is %s %q, want %s %q", l.Part, l.Health, said, tt.health, tt.says)
			}
			if l.Part != tt.part && l.Health != Well {
				t.Errorf("%s: %s is %s", tt.says, l.Part, l.Health)
			}
			found = found || l.Part == tt.part
		}
		if !found {
			t.Errorf("%s: no line for it", tt.says)
		}
	}
	if n := toFix(Lines(well())); n != 0 {
		t.Errorf("%d to fix of a station that is well", n)
	}
	if n := len(Lines(well())); n != len(Parts)-3 {
		t.Errorf("%d lines of a station without an A4 printer, a battery and a second medium", n)
	}
	f := well()
	f.Mirror, f.Mirrored, f.Time.Source = MirrorWell, noon, dossier.TimeFloored
	for _, l := range Lines(f) { // nobody is told a time of day by a clock that does not know
		if _, _, note := l.Say(w); l.Part == Mirror && note != "Last written 16/07/2026" {
			t.Errorf("by a doubtful clock: %q", note)
		}
	}
}

func TestTests(t *testing.T) {
	broken, why := Printer, ""
	u := New(Ports{Now: now, Facts: well, Test: func(_ context.Context, p Part) error {
		if p == broken {
			return Failure{Why: why, Err: dossier.E(dossier.CodePrinterDown, nil)}
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
	why = "tool.reason-cutter"
	run, _ := u.BeginTest(Printer)
	u.FinishTest(run(t.Context()))
	if l := u.State().Lines[0]; l.Why != why || l.Code != dossier.CodePrinterDown {
		t.Errorf("%+v", l)
	}
	broken = ""
	run, _ = u.BeginTest(Printer)
	u.FinishTest(run(t.Context()))
	if u.State().ToFix != 0 {
		t.Error("a test that went well does not clear the one before")
	}
}

// Of a storage that cannot be opened its own line says why; what lies in it is not
// known, nor told.
func TestClosedStorage(t *testing.T) {
	for word, f := range map[string]Facts{
		"part.storage-in-use": {InUse: true}, "part.storage-newer": {Newer: true}, "part.storage-damaged": {Damaged: true},
		"part.storage-read-only": {ReadOnly: true}, "part.storage-full": {}, "part.keys-lost": {KeysLost: true, ReadOnly: true},
	} {
		f.Closed = true
		for _, l := range Lines(f) {
			switch {
			case l.Part == Storage && (l.Word != word || l.Note != word+"-note" || l.Health != Fix):
				t.Errorf("%s: %+v", word, l)
			case (l.Part == Enrolment || l.Part == Network) && l.Health != Unknown:
				t.Errorf("%s: %+v", word, l)
			}
		}
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

// A link that nothing was learnt of is unknown, and does not end the examination.
func TestDoctorGoesOnWhereNothingIsSaid(t *testing.T) {
	f := Examine(t.Context(), Probes{LinkCable: func(context.Context) error { return nil }, LinkLogin: func(context.Context) error { return ErrUnsaid },
		LinkPortal: func(context.Context) error { return dossier.E(dossier.CodeNoNetwork, nil) }}, now)
	want := []Health{Well, Unknown, Unknown, Unknown, Fix}
	for i, l := range f.Links {
		if l.Health != want[i] {
			t.Errorf("%s is %s, not %s", l.Link, l.Health, want[i])
		}
	}
	if f.Broken != LinkPortal {
		t.Errorf("%+v", f)
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
}

func TestEveryWordIsTranslated(t *testing.T) {
	var lines []Line
	for state := range printerTold {
		lines = append(lines, Lines(Facts{Printer: state, Profile: "x"})...)
	}
	for state := range scannerTold {
		lines = append(lines, Lines(Facts{Scanner: state, ScannerBy: "x"})...)
	}
	for state := range pageTold {
		lines = append(lines, Lines(Facts{Page: state, PageName: "x"})...)
	}
	for state := range powerTold {
		lines = append(lines, Lines(Facts{Power: state})...)
	}
	for _, kind := range store.FoundKinds {
		lines = append(lines, Lines(Facts{Found: 1, FoundLast: string(kind), VisitsLeft: 1})...)
		for _, lang := range assets.Languages {
			if w := assets.Must(lang); !w.Has("part.found-" + string(kind)) {
				t.Errorf("%s: no words for %s", lang, kind)
			}
		}
	}
	for _, how := range outbox.Hows { // the two name the same states
		lines = append(lines, Lines(Facts{Mirror: MirrorState(how)})...)
		lines = append(lines, Lines(Facts{Mirror: MirrorState(how), Mirrored: noon, Behind: 2})...)
	}
	for _, lang := range assets.Languages {
		w, err := assets.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if name, state, note := l.Say(w); strings.ContainsAny(name+state+note, "⟨{") || state == "" {
				t.Errorf("%s: %q, %q, %q", lang, name, state, note)
			}
		}
		for _, l := range Links {
			if !w.Has(l.Word()) || !w.Has(l.Advice()) {
				t.Errorf("%s: no words for the link %s", lang, l)
			}
		}
	}
}
