package main

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/app/counter"
	"tramhoso/app/visit"
	"tramhoso/device/twin"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
)

// lit is a station with a scanner of a make on its line.
type lit struct {
	*booth
	twin *twin.Scanner
}

func openReading(t *testing.T, o *office, its, model string) *lit {
	t.Helper()
	link := filepath.Join(t.TempDir(), "scanner")
	tw, err := twin.NewScanner(twin.ScannerConfig{Link: link, Model: its})
	must(t, err)
	t.Cleanup(func() { must(t, tw.Close()) })
	cfg := quiet(t, t.TempDir())
	cfg.Scanner.Path, cfg.Scanner.Model = link, model
	if o != nil {
		must(t, os.WriteFile(cfg.Portal.TokenFile, []byte(o.token(t)), 0o600))
	}
	r := &lit{openBooth(t, cfg), tw}
	if o != nil {
		r.until("enrolment and catalogue", func() bool { return r.code() == "DL27" && r.catalogue() != nil })
	}
	r.until("scanner", func() bool { return r.devices.Ready(cfg) })
	return r
}

// show holds a code before the scanner as soon as it looks.
func (r *lit) show(code string) {
	r.t.Helper()
	r.station.scan.Ask() // as a person who was asked again
	r.until("lamp", func() bool {
		err := r.twin.Send(code)
		if err != nil && !errors.Is(err, twin.ErrLampOff) {
			r.t.Fatal(err)
		}
		return err == nil
	})
}

// pin types a PIN and sends it off.
func (r *lit) pin(digits string) {
	r.t.Helper()
	r.see(words("vi").T("clerklogin.title"))
	r.write(digits)
	r.tap(words("vi").T("clerklogin.main"))
}

// given keeps a dossier as a visit does.
func (r *lit) given(tap string) outbox.Submitted {
	r.t.Helper()
	done, err := r.outbox.SubmitDossier(r.t.Context(), tap, dossier.Dossier{
		Procedure: dossier.ProcedureRef{Code: "1.004873", Version: 1}, Title: "Xác nhận tình trạng hôn nhân", Agency: "ubnd-ea-thu",
		Applicant: dossier.Applicant{Person: dossier.Person{Number: numberOf, Name: "H’ Bia Niê", Trust: dossier.TrustDeclared, Source: "qr"}},
		Return:    dossier.ReturnHere, Channel: dossier.ChannelPostal, Language: "vi", NoticeAt: r.clock.Now(), SignedAt: r.clock.Now(),
	}, "UBND xã Ea Thử", func(outbox.Facts) ([]byte, error) { return []byte("{}"), nil })
	must(r.t, err)
	return done
}

// Every kind of slip goes from the bytes on the line to a sentence of its own,
// for a citizen and for a clerk.
func TestSlipsThroughTheScanner(t *testing.T) {
	theirs := ed25519.NewKeyFromSeed([]byte("the key of another station, 32 b"))
	o := openOffice(t, catalogue.Station{Code: "DL28", Name: dossier.Text{"vi": "Điểm Ea Kao"}, SlipKey: theirs.Public().(ed25519.PublicKey)})
	r := openReading(t, o, "honeywell", "honeywell")
	const host = "HOSO.DAKLAK.EXAMPLE"
	good, gone := r.given("good"), r.given("gone")
	slip, err := token.ReadSlip(good.QR)
	must(t, err)
	forge := func(station, packet string, key ed25519.PrivateKey) string {
		return token.MakeSlip(host, station, slip.Serial, packet, seal.NewSlipSecret(), key)
	}
	// Handed over, and more than 30 days ago.
	must(t, records{r.station}.HandOver(t.Context(), "hand", gone.Packet, dossier.Handover{Slip: gone.Slip, Basis: "applicant", Staff: "GDV-1",
		At: r.clock.Now(), Collector: dossier.Person{Number: numberOf}}))
	r.clock.Add(store.HandedCardLife + time.Hour)
	swept, err := r.store.Sweep(t.Context())
	must(t, err)
	if swept.Dossiers != 1 {
		t.Fatalf("swept %+v", swept)
	}

	cases := []struct {
		name, code string
		want       dossier.Code
	}{
		{"altered in its text", altered(good.QR), dossier.CodeSlipAltered},
		{"signed by somebody else", forge("DL27", slip.PacketID, theirs), dossier.CodeSlipAltered},
		{"cut off", good.QR[:len(good.QR)-5], dossier.CodeSlipAltered},
		{"of a station that is not known here", forge("XX99", slip.PacketID, theirs), dossier.CodeSlipUnknown},
		{"replaced by a newer one", forge("DL27", slip.PacketID, r.keys.SlipKey()), dossier.CodeSlipVoid},
		{"outlived", gone.QR, dossier.CodeSlipExpired},
		{"of a neighbour", forge("DL28", "019f6a1e-0000-7000-8000-000000000002", theirs), dossier.CodeSlipElsewhere},
		{"ours, but lost", forge("DL27", "019f6a1e-0000-7000-8000-000000000002", r.keys.SlipKey()), dossier.CodeNotFound},
		{"no slip at all", "https://example.vn/menu", dossier.CodeNotAnID},
	}
	sentence := func(c dossier.Code) string { return words("vi").T("error." + string(c)) }
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r.show(c.code)
			r.see(sentence(c.want))
			for _, other := range cases {
				if other.want != c.want {
					r.until("no other sentence", func() bool { return !strings.Contains(r.said(), sentence(other.want)) })
				}
			}
			if s := r.state(); s.Card.Slip != "" {
				t.Errorf("it opened %s", s.Card.Slip)
			}
			// Where the result is handed over, the same slip proves nothing.
			if n, err := (counterCodes{codes{r.station}}).SlipNumber(c.code); err == nil || n != "" || c.want != dossier.CodeNotAnID && dossier.CodeOf(err) != c.want {
				t.Errorf("at the counter: %q, %v", n, err)
			}
		})
	}
	r.show(good.QR)
	r.until("the dossier", func() bool { s := r.state(); return s.Step == visit.Timeline && s.Card.Slip == good.Slip })
}

// A badge opens nothing without its PIN, and takes the screen from nobody.
func TestBadgesThroughTheScanner(t *testing.T) {
	o := openOffice(t)
	r := openReading(t, o, "ssi", "zebra-ssi")
	step := func() (s counter.Step) { r.do(func() { s = r.w.flow.Counter.Step() }); return s }
	at := func(want counter.Step) {
		t.Helper()
		r.until(string(want), func() bool { return step() == want })
	}
	r.do(func() { r.w.flow.Visit.Start(visit.GoalTrack); r.w.flow.Render() })
	r.see(words("vi").T("scanid.title-track"))
	r.show(o.badge)
	r.see(words("vi").T("error.not-a-slip")) // in the middle of a visit it is just neither
	if s := step(); s != counter.Closed {
		t.Fatalf("the counter is at %s", s)
	}
	r.do(func() { r.w.flow.Visit.Wipe(); r.w.flow.Render() })

	r.show(o.badge[:len(o.badge)-1] + "7")
	at(counter.PIN)
	r.pin(clerkPIN)
	r.see(words("vi").T("error.badge-unknown"))
	at(counter.PIN)
	r.show(o.badge)
	r.pin("000000")
	r.see(words("vi").T("error.bad-pin"))
	at(counter.PIN)
	r.do(func() {
		if s := r.w.flow.Counter.State(); s.Staff.Desk != nil || s.Staff.ID != "" {
			t.Errorf("without the PIN: %+v", s.Staff)
		}
	})
}
