package outbox_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
)

func TestMain(m *testing.M) {
	// The compressor lives as long as the process: it must not be born inside one
	// test's bubble.
	if err := warm(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

func warm() error {
	prov, err := prove.NewProvince(start)
	if err != nil {
		return err
	}
	_, err = seal.Freeze(dossier.Head{ID: "019f6a1e-0000-7000-8000-000000000001", Kind: dossier.KindHealth, Station: "DL27", Seq: 1},
		nil, prov.Trust.Recipients[0], prov.Receipts)
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rig is an enrolled station without a network.
type rig struct {
	*outbox.Outbox
	dir      string
	store    *store.Store
	keys     *seal.Keys
	province *prove.Province
	clock    *clock.Fake
	log      *strings.Builder
}

var start = time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{dir: t.TempDir(), clock: clock.NewFake(start), log: &strings.Builder{}}
	var err error
	r.province, err = prove.NewProvince(start)
	must(t, err)
	r.keys, err = seal.OpenKeys(filepath.Join(r.dir, "keys"))
	must(t, err)
	r.store, err = store.Open(t.Context(), filepath.Join(r.dir, "store"), store.Options{Now: r.clock.Now})
	must(t, err)
	t.Cleanup(func() { must(t, r.store.Close()) })
	r.Outbox = outbox.New(outbox.Config{
		Store: r.store, Keys: r.keys, Clock: r.clock,
		Station: func() (outbox.Station, error) {
			return outbox.Station{Code: prove.StationCode, SlipHost: prove.SlipHost}, nil
		},
		Recipient: func() (seal.Recipient, error) { return r.province.Trust.Recipient(start) },
		Counter:   func() ([]string, error) { return []string{r.province.Counter.Recipient().String()}, nil },
		Log:       slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	return r
}

// draw is a slip's content as the paper room would draw it up.
func draw(f outbox.Facts) ([]byte, error) {
	return []byte("PHIẾU GỬI " + f.Number + " " + prove.CanaryName), nil
}

func (r *rig) submit(t testing.TB, submitToken string) outbox.Submitted {
	t.Helper()
	s, err := r.SubmitDossier(t.Context(), submitToken, prove.Dossier(start), "UBND xã Ea Thử", draw)
	must(t, err)
	return s
}

func TestSubmitDossier(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	s := r.submit(t, "tap")
	if want := token.SlipNumber(prove.StationCode, 1); s.Slip != want || s.Seq != 1 || s.PrintJob == 0 || s.Again {
		t.Fatalf("%+v, want slip %s", s, want)
	}
	if d := cmp.Diff(r.clock.Stamp(), s.At); d != "" {
		t.Error(d)
	}

	p, err := r.store.Packet(ctx, s.Packet)
	must(t, err)
	head, err := seal.Verify(p.JWS, p.Body, r.keys.PacketSigner().PublicKey())
	must(t, err)
	if head.Kind != dossier.KindDossier || head.Seq != 1 || head.Procedure.Code != "1.004873" {
		t.Errorf("head: %+v", head)
	}
	body, err := seal.Open(p, []age.Identity{r.province.Identity})
	must(t, err)
	var d dossier.Dossier
	must(t, json.Unmarshal(body, &d))
	want := prove.Dossier(start)
	want.Slip = s.Slip
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}

	slip, err := token.ReadSlip(s.QR)
	must(t, err)
	if slip.PacketID != s.Packet || slip.Number() != s.Slip {
		t.Errorf("the QR names %s, %s", slip.PacketID, slip.Number())
	}
	cards, err := r.store.Cards(ctx, s.Packet, store.ClassCitizen)
	must(t, err)
	plain, err := seal.OpenCitizenCard(slip.Secret, cards[0])
	must(t, err)
	if !strings.Contains(string(plain), s.Slip) || strings.Contains(string(plain), prove.CanaryNumber) {
		t.Errorf("citizen card: %s", plain)
	}
	cards, err = r.store.Cards(ctx, s.Packet, store.ClassCounter)
	must(t, err)
	plain, err = seal.OpenWith(cards[0], r.province.Counter)
	must(t, err)
	if !strings.Contains(string(plain), prove.CanaryNumber[8:]) || strings.Contains(string(plain), prove.CanaryNumber) {
		t.Errorf("the counter card shows the last four and no more: %s", plain)
	}

	paper, err := r.NextPaper(ctx)
	must(t, err)
	if paper.ID != s.PrintJob || paper.Kind != outbox.PaperSlip || paper.Copy != 0 || paper.QR != s.QR ||
		!strings.Contains(string(paper.Data), s.Slip) {
		t.Errorf("paper: %+v", paper)
	}
}

func TestSecondTapIsToldTheSame(t *testing.T) {
	r := newRig(t)
	first := r.submit(t, "tap")
	r.clock.Add(time.Minute)
	second := r.submit(t, "tap")
	first.Again = true
	if d := cmp.Diff(first, second); d != "" {
		t.Error(d)
	}
	if third := r.submit(t, "another visit"); third.Seq != 2 || third.Packet == first.Packet {
		t.Errorf("%+v", third)
	}
}

func TestSubmitRefuses(t *testing.T) {
	r := newRig(t)
	sulk := errors.New("no words for it")
	tests := map[string]struct {
		letter outbox.Letter
		code   dossier.Code
		is     error
	}{
		"no token":      {outbox.Letter{Kind: dossier.KindHealth, Body: func(string) (any, error) { return 1, nil }}, dossier.CodeInvalid, nil},
		"no such kind":  {outbox.Letter{Token: "a", Kind: "letter", Body: func(string) (any, error) { return 1, nil }}, dossier.CodeInvalid, nil},
		"no content":    {outbox.Letter{Token: "b", Kind: dossier.KindHealth, Body: func(string) (any, error) { return nil, sulk }}, "", sulk},
		"no slip drawn": {outbox.Letter{Token: "c", Kind: dossier.KindDossier, Body: func(string) (any, error) { return 1, nil }, Slip: &outbox.Slip{Print: func(outbox.Facts) ([]byte, error) { return nil, sulk }}}, "", sulk},
	}
	for name, tt := range tests {
		_, err := r.Submit(t.Context(), tt.letter)
		if err == nil || dossier.CodeOf(err) != tt.code || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s := r.submit(t, "then"); s.Seq != 1 {
		t.Errorf("refusals left a gap: %+v", s)
	}
}

func TestNotEnrolled(t *testing.T) {
	o := outbox.New(outbox.Config{Station: func() (outbox.Station, error) {
		return outbox.Station{}, dossier.E(dossier.CodeNotEnrolled, nil)
	}})
	_, err := o.Submit(t.Context(), outbox.Letter{Token: "t"})
	if dossier.CodeOf(err) != dossier.CodeNotEnrolled {
		t.Error(err)
	}
}

func TestHandOver(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	s := r.submit(t, "visit")
	h, err := r.HandOver(ctx, "hand-over", s.Packet, dossier.Handover{Slip: s.Slip, Basis: "applicant", Staff: "GDV-1", At: start})
	must(t, err)
	head, err := r.store.Head(ctx, h.Packet)
	must(t, err)
	if head.Kind != dossier.KindHandover || head.Parent != s.Packet || h.Slip != "" || h.QR != "" || h.PrintJob != 0 {
		t.Errorf("%+v, %+v", head, h)
	}
	again, err := r.HandOver(ctx, "hand-over", s.Packet, dossier.Handover{})
	must(t, err)
	if !again.Again || again.Packet != h.Packet {
		t.Errorf("the second tap: %+v", again)
	}
	if _, err := r.HandOver(ctx, "somebody else", s.Packet, dossier.Handover{}); dossier.CodeOf(err) != dossier.CodeBadTransition {
		t.Errorf("handed over twice: %v", err)
	}
	if _, err := r.HandOver(ctx, "x", "nobody", dossier.Handover{}); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("handed over what is not here: %v", err)
	}
}

func TestPaperIsGoneWithItsKey(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	s := r.submit(t, "tap")
	form, err := r.AddPaper(ctx, s.Packet, outbox.PaperForm01, []byte("GIẤY TIẾP NHẬN"))
	must(t, err)
	f, err := r.Paper(ctx, form)
	must(t, err)
	if string(f.Data) != "GIẤY TIẾP NHẬN" || f.Kind != outbox.PaperForm01 {
		t.Errorf("%+v", f)
	}
	for _, to := range []store.PrintState{store.PrintSending, store.PrintFailed} {
		must(t, r.store.SetPrint(ctx, s.PrintJob, to, "paper-out"))
	}
	id, err := r.store.Reprint(ctx, s.PrintJob)
	must(t, err)
	reprint, err := r.Paper(ctx, id)
	must(t, err)
	if reprint.Copy != 1 || reprint.QR != s.QR {
		t.Errorf("the reprint: %+v", reprint)
	}
	for _, to := range []store.PrintState{store.PrintSending, store.PrintPrinted} {
		must(t, r.store.SetPrint(ctx, id, to, ""))
	}
	r.clock.Add(store.PrintKeyLife)
	_, err = r.store.Sweep(ctx)
	must(t, err)
	for _, job := range []int64{s.PrintJob, id} {
		if _, err := r.Paper(ctx, job); dossier.CodeOf(err) != dossier.CodeNotFound {
			t.Errorf("paper %d a day after the print: %v", job, err)
		}
	}
	if again := r.submit(t, "tap"); again.Slip != s.Slip || again.QR != "" {
		t.Errorf("the first result without its secret: %+v", again)
	}
}

// No name, number, phone, address or answer lies in plain in any file of the
// station, the second medium included, nor in its log.
func TestCanary(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	stick := filepath.Join(r.dir, "stick")
	must(t, os.Mkdir(stick, 0o700))
	s := r.submit(t, "tap")
	must(t, r.store.SetPrint(ctx, s.PrintJob, store.PrintSending, ""))
	_, err := r.HandOver(ctx, "h", s.Packet, dossier.Handover{Collector: prove.Dossier(start).Applicant.Person})
	must(t, err)
	must(t, r.mirror(stick).Pass(ctx))
	_, err = r.Submit(ctx, outbox.Letter{Token: "bad", Kind: dossier.KindDossier, Body: func(string) (any, error) {
		return prove.Dossier(start), nil
	}, Slip: &outbox.Slip{IDNumber: prove.CanaryNumber, Print: func(outbox.Facts) ([]byte, error) { return nil, os.ErrInvalid }}})
	if err == nil {
		t.Fatal("no error to look at")
	}
	files := 0
	look := func(where, text string) {
		for _, c := range append([]string{s.QR[strings.Index(s.QR, "#")+1:]}, prove.Canaries...) {
			if strings.Contains(text, c) {
				t.Errorf("%s shows %q", where, c)
			}
		}
	}
	must(t, filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		look(path, string(b))
		return err
	}))
	look("the log", r.log.String())
	look("the error", err.Error())
	if files < 8 || r.log.Len() == 0 {
		t.Errorf("looked at %d files and a log of %d bytes", files, r.log.Len())
	}
}
