package courier_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tramhoso/sync/clock"
	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

func TestMain(m *testing.M) {
	// The decompressor keeps its workers for the life of the process.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/klauspost/compress/zstd.(*blockDec).startDecoder"))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var begin = time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)

// rig is an enrolled station, a province whose answers a test makes up, and a
// stick.
type rig struct {
	t     *testing.T
	clock *clock.Fake
	prov  *prove.Province
	st    *prove.Station
	dir   string
	log   bytes.Buffer
	heard []time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, clock: clock.NewFake(begin), dir: t.TempDir()}
	var err error
	r.prov, err = prove.NewProvince(begin)
	must(t, err)
	r.st, err = prove.OpenStation(t.Context(), filepath.Join(t.TempDir(), "station"), r.clock, slog.New(slog.NewTextHandler(&r.log, nil)))
	must(t, err)
	t.Cleanup(func() { must(t, r.st.Close()) })
	e, err := r.prov.Enrol(r.st.Keys, "https://127.0.0.1", begin)
	must(t, err)
	must(t, r.st.Province.Enrolled(t.Context(), e))
	r.st.Courier.Signed = func(at time.Time) { r.heard = append(r.heard, at) }
	return r
}

func (r *rig) submit(tap string) dossier.Packet {
	r.t.Helper()
	s, err := r.st.Outbox.SubmitDossier(r.t.Context(), tap, prove.Dossier(begin), "UBND xã", func(outbox.Facts) ([]byte, error) { return []byte("slip"), nil })
	must(r.t, err)
	p, err := r.st.Store.Packet(r.t.Context(), s.Packet)
	must(r.t, err)
	return p
}

func (r *rig) receipt(p dossier.Packet, counter uint64) wire.BatchResult {
	r.t.Helper()
	_, compact, err := r.prov.Receipt(p, counter, begin)
	must(r.t, err)
	return wire.BatchResult{ID: p.Head.ID, Status: 201, Receipt: compact}
}

func id(n int) string { return fmt.Sprintf("%032x", n) }

func claim(n int) wire.AnswerClaim {
	return wire.AnswerClaim{ID: id(n), Answers: []string{id(n)}, Station: prove.StationCode, Epoch: "e1", At: begin}
}

// answer lays an answer on the stick as an honest portal does.
func (r *rig) answer(c wire.AnswerClaim, b wire.AnswerBody) {
	r.t.Helper()
	r.answerBy(r.prov.Receipts, wire.TypBundleAnswer, r.st.Keys.EventRecipient(), c, b)
}

func (r *rig) answerBy(by seal.Signer, typ, to string, c wire.AnswerClaim, b wire.AnswerBody) {
	r.t.Helper()
	raw, err := wire.EncodeAnswerBody(b)
	must(r.t, err)
	if c.Digest == "" {
		sum := sha256.Sum256(raw)
		c.Digest = hex.EncodeToString(sum[:])
	}
	signed, err := seal.SignJSON(c, typ, by)
	must(r.t, err)
	r.lay(c.ID, wire.EncodeAnswer(signed, raw), to)
}

func (r *rig) lay(id string, plain []byte, to string) {
	r.t.Helper()
	sealed, err := seal.SealBundle(plain, to)
	must(r.t, err)
	folder, err := stick.Open(r.dir)
	must(r.t, err)
	_, err = folder.Write(stick.Down, id, sealed)
	must(r.t, errors.Join(err, folder.Close()))
}

func (r *rig) bring() courier.Imported {
	r.t.Helper()
	done, err := r.st.Courier.Import(r.t.Context(), r.dir)
	must(r.t, err)
	return done
}

func (r *rig) waiting() int {
	r.t.Helper()
	w, err := r.st.Store.Waiting(r.t.Context())
	must(r.t, err)
	return w.Packets
}

func (r *rig) event(n uint64, e dossier.Event) wire.SealedEvent {
	r.t.Helper()
	plain, err := json.Marshal(e)
	must(r.t, err)
	sealed, err := seal.SealToRecipients(plain, r.st.Keys.EventRecipient())
	must(r.t, err)
	return wire.SealedEvent{N: n, Sealed: sealed}
}

func TestExportIsWhatThePortalOpens(t *testing.T) {
	r := newRig(t)
	p := r.submit("tap")
	must(t, r.st.Store.StartEpoch(t.Context(), "e1"))
	done, err := r.st.Courier.Export(t.Context(), r.dir, nil)
	must(t, err)
	again, err := r.st.Courier.Export(t.Context(), r.dir, nil)
	must(t, err)
	if done.Packets != 1 || again.Packets != 1 || done.Name == again.Name || r.waiting() != 1 {
		t.Errorf("%+v, %+v, %d wait", done, again, r.waiting())
	}
	if _, err := os.Stat(filepath.Join(r.dir, done.Name)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy before lies on: %v", err)
	}
	done = again
	file, err := os.ReadFile(filepath.Join(r.dir, done.Name))
	must(t, err)
	for _, c := range append([]string{prove.StationCode, p.Head.ID}, prove.Canaries...) {
		if bytes.Contains(file, []byte(c)) || strings.Contains(done.Name, c) {
			t.Errorf("the stick shows %q", c)
		}
	}
	sealed, err := stick.Unwrap(file)
	must(t, err)
	if seal.Addressed(bytes.NewReader(sealed), r.st.Keys.EventIdentity()) == nil {
		t.Error("the station opens its own bundle")
	}
	plain, err := seal.OpenBundle(sealed, wire.MaxBundleBytes, r.prov.Identity)
	must(t, err)
	b, err := wire.ReadBundle(bytes.NewReader(plain))
	must(t, err)
	must(t, b.End(0))
	signed, items := b.Claim, b.Items
	var c wire.BundleClaim
	must(t, seal.VerifyJSON(signed, wire.TypBundle, r.st.Keys.PacketSigner().PublicKey(), &c))
	if c.ID+string(stick.Up) != done.Name || c.Station != prove.StationCode || c.Epoch != "e1" || c.Trust != 1 || !c.At.Equal(begin) {
		t.Errorf("%+v", c)
	}
	if len(items) != 1 || !bytes.Equal(items[0].JWS, p.JWS) || !bytes.Equal(items[0].Body, p.Body) {
		t.Errorf("%d packets", len(items))
	}
}

// A packet that the portal has refused often enough waits for a person, not for a
// larger stick.
func TestExportCountsNoneThatOnlyAPersonCanHelpOn(t *testing.T) {
	r := newRig(t)
	p := r.submit("tap")
	r.submit("other tap")
	for range store.RefusedTries {
		must(t, r.st.Store.Attempted(t.Context(), p.Head.ID, dossier.CodeInvalid))
	}
	done, err := r.st.Courier.Export(t.Context(), r.dir, nil)
	must(t, err)
	if done.Packets != 1 || done.Left != 0 {
		t.Errorf("%+v", done)
	}
}

func TestImportTakesReceiptsAndNews(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	p, refused, other := r.submit("one"), r.submit("two"), r.submit("three")
	cat, err := r.prov.Catalogue(3, begin)
	must(t, err)
	c := claim(1)
	c.Durable, c.Hints = 7, wire.Hints{Catalogue: 3, Staff: "tag"}
	r.answer(c, wire.AnswerBody{Catalogue: cat, Staff: []byte(r.prov.Staff), Trust: r.prov.Bundle, News: wire.AnswerNews{
		Results: []wire.BatchResult{r.receipt(p, 7),
			{ID: refused.Head.ID, Status: 400, Problem: &wire.Problem{Status: 400, Code: dossier.CodeInvalid}},
			{ID: other.Head.ID, Status: 507, Problem: &wire.Problem{Status: 507, Code: wire.CodeNoRoom}},
			{ID: "019f6a1e-0000-7000-8000-000000000001", Status: 201, Receipt: "about nothing of ours"}},
		Events: []wire.SealedEvent{r.event(1, dossier.Event{Kind: dossier.EventStatus, Packet: p.Head.ID, Status: dossier.StatusAccepted}),
			r.event(3, dossier.Event{Kind: dossier.EventStatus, Packet: p.Head.ID, Status: dossier.StatusProcessed})},
	}})
	must(t, os.WriteFile(filepath.Join(r.dir, id(1)+string(stick.Up)), []byte("ours"), 0o600))
	must(t, os.WriteFile(filepath.Join(r.dir, id(2)+string(stick.Up)), []byte("another station's"), 0o600))
	got := r.bring()
	if got.Receipts != 1 || got.Refused != 1 || got.Events != 1 || len(got.Files) != 1 || !got.Files[0].Applied {
		t.Errorf("%+v", got)
	}
	w, err := r.st.Store.Waiting(ctx)
	must(t, err)
	if w.Packets != 2 || w.Refused != 1 {
		t.Errorf("%+v", w)
	}
	if cur, err := r.st.Store.Cursor(ctx); err != nil || cur != (store.Cursor{Epoch: "e1", N: 1}) {
		t.Errorf("%+v, %v: a gap waits", cur, err)
	}
	if known := r.st.Province.Known(); known != c.Hints {
		t.Errorf("%+v", known)
	}
	if len(r.heard) != 1 || !r.heard[0].Equal(begin) {
		t.Errorf("signed times %v", r.heard)
	}
	if _, err := os.Stat(filepath.Join(r.dir, id(2)+string(stick.Up))); err != nil {
		t.Error("another station's bundle is gone")
	}
	if _, err := os.Stat(filepath.Join(r.dir, id(1)+string(stick.Up))); err == nil {
		t.Error("the answered bundle lies on")
	}
}

func TestHostileAnswers(t *testing.T) {
	r := newRig(t)
	p := r.submit("tap")
	stranger, err := prove.NewProvince(begin)
	must(t, err)
	good := wire.AnswerBody{News: wire.AnswerNews{Results: []wire.BatchResult{r.receipt(p, 1)}}}
	to := r.st.Keys.EventRecipient()
	otherStation, stale, otherContent, foreignReceipt, otherPacket, badCatalogue := claim(3), claim(4), claim(5), claim(6), claim(7), claim(8)
	otherStation.Station, otherContent.Digest = "DL28", strings.Repeat("0", 64)
	stale.At = begin.Add(-time.Hour)
	must(t, r.st.Store.HistoryFrom(t.Context(), begin.Add(-time.Minute)))
	r.answerBy(stranger.Receipts, wire.TypBundleAnswer, to, claim(1), good)
	r.answerBy(r.prov.Receipts, wire.TypWatermark, to, claim(2), good)
	r.answer(otherStation, good)
	r.answer(stale, good)
	r.answer(otherContent, good)
	_, compact, err := stranger.Receipt(p, 1, begin)
	must(t, err)
	r.answer(foreignReceipt, wire.AnswerBody{News: wire.AnswerNews{Results: []wire.BatchResult{{ID: p.Head.ID, Status: 201, Receipt: compact}}}})
	q := p
	q.Body = []byte("other bytes")
	_, compact, err = r.prov.Receipt(q, 1, begin)
	must(t, err)
	r.answer(otherPacket, wire.AnswerBody{News: wire.AnswerNews{Results: []wire.BatchResult{{ID: p.Head.ID, Status: 201, Receipt: compact}}}})
	badCatalogue.Hints.Catalogue = 9
	frame, err := stranger.Catalogue(9, begin)
	must(t, err)
	r.answer(badCatalogue, wire.AnswerBody{Catalogue: frame})
	r.answer(claim(9), wire.AnswerBody{Trust: stranger.Bundle})
	r.answerBy(r.prov.Receipts, wire.TypBundleAnswer, r.prov.Identity.Recipient().String(), claim(10), good)
	r.lay(id(11), []byte("nothing that can be read"), to)

	r.answer(claim(12), good)
	whole, err := os.ReadFile(filepath.Join(r.dir, id(12)+string(stick.Down)))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(r.dir, id(12)+string(stick.Down)), whole[:len(whole)-9], 0o600))
	must(t, os.Symlink(filepath.Join(r.dir, id(1)+string(stick.Down)), filepath.Join(r.dir, id(13)+string(stick.Down))))
	must(t, syscall.Mkfifo(filepath.Join(r.dir, id(14)+string(stick.Down)), 0o600))
	big, err := os.Create(filepath.Join(r.dir, id(15)+string(stick.Down)))
	must(t, err)
	must(t, errors.Join(big.Truncate(1<<40), big.Close()))

	want := map[string]error{id(1): courier.ErrUnsigned, id(2): courier.ErrUnsigned, id(3): courier.ErrForeign, id(4): courier.ErrStale,
		id(5): courier.ErrUnsigned, id(6): courier.ErrUnsigned, id(7): courier.ErrUnsigned, id(8): nil, id(9): nil, id(10): courier.ErrForeign,
		id(11): nil, id(12): stick.ErrUnfinished, id(13): stick.ErrNotRegular, id(14): stick.ErrNotRegular, id(15): stick.ErrTooLarge}
	got := r.bring()
	if len(got.Files) != len(want) || got.Receipts != 0 || r.waiting() != 1 {
		t.Errorf("%d files, %d receipts, %d wait", len(got.Files), got.Receipts, r.waiting())
	}
	for _, f := range got.Files {
		if f.Applied || f.Err == nil || want[f.Name[:32]] != nil && !errors.Is(f.Err, want[f.Name[:32]]) {
			t.Errorf("%s: applied %v, %v", f.Name, f.Applied, f.Err)
		}
		if _, err := os.Lstat(filepath.Join(r.dir, f.Name)); err != nil {
			t.Errorf("%s is gone", f.Name)
		}
	}
	for _, c := range prove.Canaries {
		if strings.Contains(r.log.String(), c) {
			t.Errorf("the log shows %q", c)
		}
	}
}

// A stick that was forgotten in a drawer while the portal was set back must not
// say that the portal holds what it has lost.
func TestAnOldStickAfterThePortalWasSetBack(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	lost, kept := r.submit("lost"), r.submit("kept")
	r.answer(claim(1), wire.AnswerBody{News: wire.AnswerNews{Results: []wire.BatchResult{r.receipt(lost, 1)}}})
	drawer := t.TempDir()
	must(t, os.CopyFS(drawer, os.DirFS(r.dir)))
	if got := r.bring(); got.Receipts != 1 {
		t.Fatalf("%+v", got)
	}
	// The portal gives counter 1 a second time.
	rec, compact, err := r.prov.Receipt(kept, 1, begin.Add(time.Hour))
	must(t, err)
	again, err := r.st.Store.Held(ctx, rec, compact)
	must(t, err)
	if again != 1 || r.waiting() != 1 {
		t.Fatalf("%d offered again, %d wait", again, r.waiting())
	}
	r.dir = drawer
	if got := r.bring(); got.Receipts != 0 || !errors.Is(got.Files[0].Err, courier.ErrStale) {
		t.Errorf("%+v", got)
	}
	if r.waiting() != 1 {
		t.Error("a packet that the portal has lost is taken for held")
	}
}

func TestBeforeTheEnrolment(t *testing.T) {
	st, err := prove.OpenStation(t.Context(), t.TempDir(), clock.NewFake(begin), slog.New(slog.DiscardHandler))
	must(t, err)
	defer func() { must(t, st.Close()) }()
	dir := t.TempDir()
	if _, err := st.Courier.Export(t.Context(), dir, nil); dossier.CodeOf(err) != dossier.CodeNotEnrolled {
		t.Errorf("export: %v", err)
	}
	if _, err := st.Courier.Import(t.Context(), dir); dossier.CodeOf(err) != dossier.CodeNotEnrolled {
		t.Errorf("import: %v", err)
	}
}

func TestImportEndsWithItsContext(t *testing.T) {
	r := newRig(t)
	r.answer(claim(1), wire.AnswerBody{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.st.Courier.Import(ctx, r.dir); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
