// Package ledgertest holds every implementation of ledger.Store to what package
// ledger promises.
package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
)

// Opener opens the store that lives in dir: the same content each time.
type Opener func(t *testing.T, dir string) ledger.Store

var when = time.Date(2026, 7, 14, 2, 24, 0, 123000, time.UTC)

// Run runs the suite.
func Run(t *testing.T, open Opener) {
	for name, test := range map[string]func(*testing.T, Opener){
		"Reopen":        testReopen,
		"Rollback":      testRollback,
		"Enrolments":    testEnrolments,
		"Tokens":        testTokens,
		"Packets":       testPackets,
		"Dossiers":      testDossiers,
		"Counters":      testCounters,
		"Documents":     testDocuments,
		"ViewIsAMoment": testViewIsAMoment,
		"Backup":        testBackup,
		"Concurrent":    testConcurrent,
		"Uploads":       testUploads,
		"Whole":         testWhole,
		"Retention":     testRetention,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}

func start(t *testing.T, open Opener) ledger.Store {
	t.Helper()
	s := open(t, t.TempDir())
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func update(t *testing.T, s ledger.Store, fn func(ledger.Tx)) {
	t.Helper()
	must(t, s.Update(t.Context(), func(tx ledger.Tx) error { fn(tx); return nil }))
}

func view(t *testing.T, s ledger.Store, fn func(ledger.Reader)) {
	t.Helper()
	must(t, s.View(t.Context(), func(r ledger.Reader) error { fn(r); return nil }))
}

func enrol(t *testing.T, tx ledger.Tx, station, cert string) int64 {
	t.Helper()
	must(t, tx.PutStation(ledger.Station{Code: station, Name: "Điểm " + station, Address: "Thôn 2", Phone: "0262"}))
	id, err := tx.AddEnrolment(ledger.Enrolment{Station: station, CertSHA256: cert, KeySHA256: "k" + cert, Certificate: "PEM",
		PacketKey: []byte{1}, SlipKey: []byte{2}, AuditKey: []byte{3}, EventKey: "age1pq1x", At: when})
	must(t, err)
	return id
}

func packet(id string, e int64, counter, seq uint64) ledger.Packet {
	return ledger.Packet{ID: id, Station: "DL27", Enrolment: e, Seq: seq, Kind: dossier.KindDossier,
		Procedure: dossier.ProcedureRef{Code: "1.004873", Version: 3}, Recipient: "r1", Digest: "d-" + id,
		JWS: []byte("a.b.c"), Body: []byte{0, 1, 255}, ReceivedAt: when, Counter: counter, State: "held", Receipt: "re.ce." + id,
		Files: []ledger.File{{Attachment: dossier.Attachment{SHA256: "s1", Size: 9, Role: "p1"}}, {Attachment: dossier.Attachment{SHA256: "s2", Size: 1, Role: "p2"}, Held: true}}}
}

// A store closed and opened again, as after a crash, has everything, byte for byte.
func testReopen(t *testing.T, open Opener) {
	dir := t.TempDir()
	s := open(t, dir)
	var epoch string
	want := packet("p1", 0, 1, 1)
	update(t, s, func(tx ledger.Tx) {
		e := enrol(t, tx, "DL27", "c1")
		n, err := tx.NextReceipt(e)
		must(t, err)
		want.Enrolment, want.Counter = e, n
		must(t, tx.AddPacket(want))
		epoch, err = tx.Epoch()
		must(t, err)
	})
	must(t, s.Close())
	s = open(t, dir)
	defer func() { must(t, s.Close()) }()
	view(t, s, func(r ledger.Reader) {
		got, err := r.Packet("p1")
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if m := got.Missing(); len(m) != 1 || m[0] != "s1" {
			t.Errorf("missing %v", m)
		}
		if again, err := r.Epoch(); err != nil || again != epoch || epoch == "" {
			t.Errorf("epoch %q became %q, %v", epoch, again, err)
		}
	})
	update(t, s, func(tx ledger.Tx) {
		if n, err := tx.NextReceipt(want.Enrolment); err != nil || n != want.Counter+1 {
			t.Errorf("counter %d after %d: %v", n, want.Counter, err)
		}
	})
}

func testRollback(t *testing.T, open Opener) {
	s := start(t, open)
	boom := errors.New("boom")
	if err := s.Update(t.Context(), func(tx ledger.Tx) error {
		must(t, tx.PutDocument("x", []byte("y")))
		return boom
	}); !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a panic was swallowed")
			}
		}()
		_ = s.Update(t.Context(), func(tx ledger.Tx) error {
			must(t, tx.PutDocument("x", []byte("y")))
			panic("boom")
		})
	}()
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Update(ctx, func(tx ledger.Tx) error {
		must(t, tx.PutDocument("x", []byte("y")))
		cancel()
		return nil
	}); err == nil {
		t.Error("a cancelled update was committed silently")
	}
	view(t, s, func(r ledger.Reader) {
		if _, err := r.Document("x"); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("left a trace: %v", err)
		}
	})
	update(t, s, func(tx ledger.Tx) { must(t, tx.PutDocument("x", []byte("z"))) })
}

func testEnrolments(t *testing.T, open Opener) {
	s := start(t, open)
	update(t, s, func(tx ledger.Tx) {
		a := enrol(t, tx, "DL27", "c1")
		b := enrol(t, tx, "DL28", "c2")
		st, err := tx.Station("DL27")
		must(t, err)
		if st.Current != a || a == b || st.Name != "Điểm DL27" || st.Phone != "0262" {
			t.Errorf("%+v", st)
		}
		e, err := tx.EnrolmentByCert("c1")
		must(t, err)
		if e.ID != a || e.EventKey != "age1pq1x" || !bytes.Equal(e.PacketKey, []byte{1}) || !bytes.Equal(e.SlipKey, []byte{2}) || !bytes.Equal(e.AuditKey, []byte{3}) || !e.At.Equal(when) {
			t.Errorf("%+v", e)
		}
		must(t, tx.PutStation(ledger.Station{Code: "DL27", Name: "Điểm mới"}))
		if st, err := tx.Station("DL27"); err != nil || st.Current != a {
			t.Errorf("a new name lost the enrolment: %+v, %v", st, err)
		}
		testRenewals(t, tx, a, b)
		must(t, tx.RenewEnrolment(a, "c3", "k3", "PEM3"))
		if e, err := tx.EnrolmentByCert("c3"); err != nil || e.ID != a || e.Certificate != "PEM3" || e.KeySHA256 != "k3" {
			t.Errorf("%+v, %v", e, err)
		}
		for _, gone := range []string{"c1", "c7", "c8", "c9"} {
			if _, err := tx.EnrolmentByCert(gone); !errors.Is(err, ledger.ErrNotFound) {
				t.Errorf("%s: %v", gone, err)
			}
		}
		if l, err := tx.Stations(); err != nil || len(l) != 2 || l[1].Code != "DL28" {
			t.Errorf("%v, %v", l, err)
		}
		if _, err := tx.Station("DL99"); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
	if err := s.Update(t.Context(), func(tx ledger.Tx) error {
		_, err := tx.AddEnrolment(ledger.Enrolment{Station: "DL28", CertSHA256: "c3", At: when, PacketKey: []byte{1}, SlipKey: []byte{1}, AuditKey: []byte{1}})
		return err
	}); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("one certificate twice: %v", err)
	}
}

func testTokens(t *testing.T, open Opener) {
	s := start(t, open)
	k := ledger.Token{Hash: "h", Station: ledger.Station{Code: "DL27", Name: "Điểm"}, MadeAt: when, Expires: when.Add(time.Hour)}
	update(t, s, func(tx ledger.Tx) {
		must(t, tx.AddToken(k))
		got, err := tx.Token("h")
		must(t, err)
		if d := cmp.Diff(k, got); d != "" {
			t.Error(d)
		}
		e := enrol(t, tx, "DL27", "c1")
		must(t, tx.UseToken("h", when, e))
		if err := tx.UseToken("h", when, e); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("used twice: %v", err)
		}
		if got, err := tx.Token("h"); err != nil || got.UsedBy != e || !got.UsedAt.Equal(when) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := tx.Token("other"); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func testPackets(t *testing.T, open Opener) {
	s := start(t, open)
	update(t, s, func(tx ledger.Tx) {
		e := enrol(t, tx, "DL27", "c1")
		must(t, tx.AddPacket(packet("p1", e, 1, 7)))
		clone := packet("p2", e, 2, 7)
		clone.Parent, clone.Shelved = "later", true
		must(t, tx.AddPacket(clone))
		early := packet("p3", e, 3, 5)
		early.Parent, early.Shelved = "later", true
		must(t, tx.AddPacket(early))
		if ids, err := tx.PacketsBySeq(e, 7); err != nil || !cmp.Equal(ids, []string{"p1", "p2"}) {
			t.Errorf("%v, %v", ids, err)
		}
		if gaps, last, err := tx.Gaps(e); err != nil || last != 7 || !cmp.Equal(gaps, []ledger.Run{{From: 1, To: 4}, {From: 6, To: 6}}) {
			t.Errorf("gaps %v, last %d, %v", gaps, last, err)
		}
		if gaps, last, err := tx.Gaps(e + 1); err != nil || last != 0 || len(gaps) != 0 {
			t.Errorf("gaps of nobody: %v, last %d, %v", gaps, last, err)
		}
		if ids, err := tx.Shelved("later"); err != nil || !cmp.Equal(ids, []string{"p3", "p2"}) {
			t.Errorf("shelved %v, %v", ids, err)
		}
		must(t, tx.SetShelved("p3", false))
		must(t, tx.SetQuarantine("p3", "why"))
		if ids, err := tx.Shelved("later"); err != nil || !cmp.Equal(ids, []string{"p2"}) {
			t.Errorf("shelved %v, %v", ids, err)
		}
		if p, err := tx.Packet("p3"); err != nil || p.Quarantine != "why" || p.Shelved {
			t.Errorf("%+v, %v", p, err)
		}
		if ids, err := tx.Quarantined(10); err != nil || !cmp.Equal(ids, []string{"p3"}) {
			t.Errorf("quarantined %v, %v", ids, err)
		}
		testAlarms(t, tx, e)
	})
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.AddPacket(packet("p1", 1, 9, 9)) }); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("one id twice: %v", err)
	}
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.AddPacket(packet("p8", 1, 1, 8)) }); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("one receipt counter twice: %v", err)
	}
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.AddPacket(packet("p9", 99, 1, 8)) }); err == nil {
		t.Error("a packet of nobody was kept")
	}
}

func testDossiers(t *testing.T, open Opener) {
	s := start(t, open)
	d := ledger.Dossier{Packet: "p1", Station: "DL27", Procedure: dossier.ProcedureRef{Code: "1.004873", Version: 3}, Agency: "hoa-phu",
		Status: dossier.StatusRegistered, ReceivedAt: when, UpdatedAt: when}
	update(t, s, func(tx ledger.Tx) {
		e := enrol(t, tx, "DL27", "c1")
		for i := range uint64(3) {
			p := packet(fmt.Sprintf("p%d", i+1), e, i+1, i+1)
			must(t, tx.AddPacket(p))
			n := d
			n.Packet = p.ID
			must(t, tx.PutDossier(n))
		}
		d.Status, d.Code, d.AcceptedAt, d.Due = dossier.StatusAccepted, "H15.30-260714-0001", when, when.AddDate(0, 0, 3)
		free, fee := int64(0), int64(8000)
		for _, d.FeeDue = range []*int64{nil, &free, nil, &fee} { // not known is not 0
			must(t, tx.PutDossier(d))
			got, err := tx.Dossier("p1")
			must(t, err)
			if diff := cmp.Diff(d, got); diff != "" {
				t.Error(diff)
			}
		}
		for i := range 3 {
			must(t, tx.AddStep(ledger.Step{Packet: "p1", From: 1, To: dossier.Status(i + 1), At: when, Action: "accept", Office: "Bộ phận Một cửa", Sealed: []byte{9}}))
		}
		steps, err := tx.Steps("p1")
		must(t, err)
		if len(steps) != 3 || steps[2].N != 3 || steps[2].To != 3 || !bytes.Equal(steps[0].Sealed, []byte{9}) {
			t.Errorf("%+v", steps)
		}
	})
	view(t, s, func(r ledger.Reader) {
		all, err := r.Dossiers(ledger.Filter{})
		must(t, err)
		if len(all) != 3 || all[0].Packet != "p3" || all[2].Packet != "p1" {
			t.Errorf("%+v", all)
		}
		if l, err := r.Dossiers(ledger.Filter{Limit: 1}); err != nil || len(l) != 1 {
			t.Errorf("%v, %v", l, err)
		}
		for f, want := range map[ledger.Filter]int{{}: 3, {Status: dossier.StatusAccepted}: 1, {Station: "DL28"}: 0, {Station: "DL27", Status: dossier.StatusRegistered}: 2} {
			if n, err := r.CountDossiers(f); err != nil || n != want {
				t.Errorf("%+v: %d, %v", f, n, err)
			}
		}
		if _, err := r.Dossier("p9"); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
	if err := s.Update(t.Context(), func(tx ledger.Tx) error {
		d.Packet = "p2"
		return tx.PutDossier(d)
	}); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("one official code for two dossiers: %v", err)
	}
}

func testCounters(t *testing.T, open Opener) {
	s := start(t, open)
	update(t, s, func(tx ledger.Tx) {
		a, b := enrol(t, tx, "DL27", "c1"), enrol(t, tx, "DL28", "c2")
		for i := range uint64(3) {
			for _, e := range []int64{a, b} {
				if n, err := tx.NextReceipt(e); err != nil || n != i+1 {
					t.Errorf("receipt %d, %v", n, err)
				}
				if n, err := tx.AddEvent(e, []byte{byte(i)}, when); err != nil || n != i+1 {
					t.Errorf("event %d, %v", n, err)
				}
			}
		}
		got, err := tx.Events(a, 1, 10, 10)
		must(t, err)
		if d := cmp.Diff([]ledger.Event{{N: 2, Sealed: []byte{1}, At: when}, {N: 3, Sealed: []byte{2}, At: when}}, got); d != "" {
			t.Error(d)
		}
		if got, err := tx.Events(a, 0, 2, 10); err != nil || len(got) != 2 || got[0].N != 1 {
			t.Errorf("%v, %v", got, err)
		}
		for most, want := range map[int]int{0: 1, 1: 1, 2: 2, 3: 3} {
			if got, err := tx.Events(a, 0, 10, most); err != nil || len(got) != want {
				t.Errorf("at most %d bytes: %d events, %v", most, len(got), err)
			}
		}
		must(t, tx.SetDurable(a, 2))
		must(t, tx.SetDurable(a, 1)) // never backwards
		if e, err := tx.Enrolment(a); err != nil || e.Durable != 2 || e.Receipts != 3 || e.LastEvent != 3 {
			t.Errorf("%+v, %v", e, err)
		}
		for i, name := range []string{"H15.30-260714", "H15.30-260714", "H15.31-260714"} {
			if n, err := tx.NextSerial(name); err != nil || n != []int{1, 2, 1}[i] {
				t.Errorf("serial %d, %v", n, err)
			}
		}
		if _, err := tx.NextReceipt(99); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func testDocuments(t *testing.T, open Opener) {
	s := start(t, open)
	update(t, s, func(tx ledger.Tx) {
		if _, err := tx.LatestCatalogue(); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		if _, err := tx.CatalogueVersion(); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		for v := range 3 {
			must(t, tx.PutDocument("staff", []byte{byte(v)}))
			must(t, tx.AddCatalogue(ledger.Catalogue{Version: v + 1, JWS: []byte("j"), Body: []byte{byte(v)}, At: when}))
		}
		if b, err := tx.Document("staff"); err != nil || !bytes.Equal(b, []byte{2}) {
			t.Errorf("%v, %v", b, err)
		}
		if v, err := tx.CatalogueVersion(); err != nil || v != 3 {
			t.Errorf("version %d, %v", v, err)
		}
		if c, err := tx.LatestCatalogue(); err != nil || c.Version != 3 {
			t.Errorf("%v, %v", c, err)
		}
		if c, err := tx.Catalogue(2); err != nil || !bytes.Equal(c.Body, []byte{1}) || !c.At.Equal(when) {
			t.Errorf("%v, %v", c, err)
		}
	})
	if err := s.Update(t.Context(), func(tx ledger.Tx) error {
		return tx.AddCatalogue(ledger.Catalogue{Version: 3, JWS: []byte("j"), Body: []byte("b"), At: when})
	}); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("one version twice: %v", err)
	}
	update(t, s, func(tx ledger.Tx) { must(t, tx.DropCatalogues(3)) })
	view(t, s, func(r ledger.Reader) {
		if _, err := r.Catalogue(2); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("a version that was dropped: %v", err)
		}
		if v, err := r.CatalogueVersion(); err != nil || v != 3 {
			t.Errorf("version %d, %v", v, err)
		}
	})
}

func testViewIsAMoment(t *testing.T, open Opener) {
	s := start(t, open)
	update(t, s, func(tx ledger.Tx) { must(t, tx.PutDocument("x", []byte("1"))) })
	view(t, s, func(r ledger.Reader) {
		if b, err := r.Document("x"); err != nil || string(b) != "1" {
			t.Errorf("%s, %v", b, err)
		}
		update(t, s, func(tx ledger.Tx) { must(t, tx.PutDocument("x", []byte("2"))) })
		if b, err := r.Document("x"); err != nil || string(b) != "1" {
			t.Errorf("the moment moved: %s, %v", b, err)
		}
	})
}

func testBackup(t *testing.T, open Opener) {
	s := start(t, open)
	update(t, s, func(tx ledger.Tx) {
		e := enrol(t, tx, "DL27", "c1")
		must(t, tx.AddPacket(packet("p1", e, 1, 1)))
	})
	path := filepath.Join(t.TempDir(), "copy")
	must(t, s.Backup(t.Context(), path))
	if err := s.Backup(t.Context(), path); err == nil {
		t.Error("a backup was overwritten")
	}
	view(t, s, func(r ledger.Reader) {
		if _, err := r.Packet("p1"); err != nil {
			t.Error(err)
		}
	})
}

func testConcurrent(t *testing.T, open Opener) {
	s := start(t, open)
	update(t, s, func(tx ledger.Tx) { enrol(t, tx, "DL27", "c1") })
	const writers, each = 4, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := s.Update(t.Context(), func(tx ledger.Tx) error {
					n, err := tx.NextReceipt(1)
					if err != nil {
						return err
					}
					return tx.AddPacket(packet(fmt.Sprintf("p%d-%d", w, i), 1, n, n))
				}); err != nil {
					t.Error(err)
				}
				if err := s.View(t.Context(), func(r ledger.Reader) error {
					_, err := r.Packet(fmt.Sprintf("p%d-%d", w, i))
					return err
				}); err != nil {
					t.Errorf("own write not seen: %v", err)
				}
			}
		})
	}
	wg.Wait()
	view(t, s, func(r ledger.Reader) {
		if e, err := r.Enrolment(1); err != nil || e.Receipts != writers*each {
			t.Errorf("%d receipts, %v", e.Receipts, err)
		}
	})
}
