package prove

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/ledger"
	_ "tramhoso/sync/prove/seeds" // -seeds is for all of sync/prove
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/token"
)

func TestMain(m *testing.M) {
	// The decompressor keeps its workers for the life of the process.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/klauspost/compress/zstd.(*blockDec).startDecoder"),
		// A toxic whose line was closed while it held a piece back waits for ever.
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"))
}

// patience is how long a condition may take on a busy machine.
const patience = 30 * time.Second

var begin = time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a province with one station and the line between them.
type world struct {
	t       *testing.T
	clock   *clock.Fake
	log     *logged
	portal  *portal.Portal
	line    *line
	badge   string
	dir     string // the station's
	station *Station
	stop    func()
}

type logged struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFake(begin), log: &logged{}, dir: filepath.Join(t.TempDir(), "station")}
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	w.portal, err = portal.Open(t.Context(), portal.Options{Dir: filepath.Join(t.TempDir(), "portal"), Clock: w.clock, Log: log,
		Catalogue: demo.Snapshot(), SlipHost: SlipHost, StaffCost: cheap, Backup: portal.BackupTo{SameDisk: true},
		Staff: []staff.Person{{ID: "GDV-1", Name: "Giao dịch viên", Role: staff.RoleClerk, PIN: ClerkPIN}},
		OnBadges: func(b []portal.Badge) error {
			w.badge = b[0].Text
			return nil
		}})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := w.portal.Listen(ctx, "127.0.0.1:0", "127.0.0.1:0")
	must(t, err)
	served := make(chan error)
	go func() { served <- srv.Run(ctx) }()
	w.line = newLine(t, strings.TrimPrefix(srv.URL(), "https://"))
	t.Cleanup(func() {
		w.line.close()
		cancel()
		must(t, <-served)
		must(t, w.portal.Close())
	})
	w.open()
	t.Cleanup(func() { w.crash() })
	return w
}

func (w *world) open() {
	w.t.Helper()
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	w.station, err = OpenStation(w.t.Context(), w.dir, w.clock, log)
	must(w.t, err)
}

// run starts sending and following.
func (w *world) run(sender outbox.Sender) {
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error)
	st := w.station
	go func() { done <- st.Run(ctx, sender, st.Link) }()
	w.stop = func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			w.t.Error(err)
		}
	}
}

// crash ends the station without a good-bye to the portal.
func (w *world) crash() {
	if w.stop != nil {
		w.stop()
		w.stop = nil
	}
	if w.station != nil {
		must(w.t, w.station.Close())
		w.station = nil
	}
}

func (w *world) enrol() {
	w.t.Helper()
	tok, err := w.portal.IssueToken(w.t.Context(), ledger.Station{Code: StationCode, Name: "Điểm BĐ-VHX Ea Thử", Address: "Xã Ea Thử"},
		"https://"+w.line.addr())
	must(w.t, err)
	must(w.t, w.station.Link.Enrol(w.t.Context(), tok))
}

func (w *world) submit(submitToken string) (outbox.Submitted, token.Slip) {
	w.t.Helper()
	s, err := w.station.Outbox.SubmitDossier(w.t.Context(), submitToken, Dossier(begin), "UBND xã Ea Thử",
		func(f outbox.Facts) ([]byte, error) { return []byte(f.Number + CanaryName), nil })
	must(w.t, err)
	slip, err := token.ReadSlip(s.QR)
	must(w.t, err)
	return s, slip
}

// until waits for a condition that the station's goroutines bring about.
func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	changed, stop := w.station.Store.Changed()
	defer stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-changed:
		case <-w.station.Notes:
		case <-w.station.Queued:
		case <-deadline:
			w.t.Fatalf("%s did not happen; the queue says %+v; the log:\n%s", what, w.station.Queue.State(), w.log)
		}
	}
}

func (w *world) held(packet string) func() bool {
	return func() bool {
		st, err := w.station.Store.State(w.t.Context(), packet)
		must(w.t, err)
		return !st.Held.IsZero()
	}
}

func (w *world) status(slip token.Slip, want dossier.Status) func() bool {
	return func() bool {
		card, err := w.station.Inbox.BySlip(w.t.Context(), slip)
		must(w.t, err)
		return card.Status() == want
	}
}

func (w *world) act(packet string, a portal.Action) {
	w.t.Helper()
	_, err := w.portal.Act(w.t.Context(), packet, a, portal.DeskRequest{Text: "Mời ông/bà"})
	must(w.t, err)
}

// canaryResult stands in the results: nobody finds it on a disk, as it is or as
// the base64 of an event that is not sealed.
const canaryResult = "Quyet dinh cap cho Canary"

var (
	secondResult  = []byte("%PDF-1.4\n% " + canaryResult + " lan hai\n%%EOF\n")
	largestResult = []byte("%PDF-1.4\n% " + canaryResult + strings.Repeat(" ", dossier.MaxResultBytes-18-len(canaryResult)) + "\n%%EOF\n")
)

// ready marks a dossier ready with its result.
func (w *world) ready(packet string, pdf []byte) {
	w.t.Helper()
	_, err := w.portal.Act(w.t.Context(), packet, portal.ActReady, portal.DeskRequest{Text: "Mời ông/bà", Result: pdf})
	must(w.t, err)
}

// resultFile is what a clerk's log-in opens.
func (w *world) resultFile(packet string) string {
	w.t.Helper()
	list, err := w.station.Province.Staff()
	must(w.t, err)
	clerk, err := staff.Login(list, w.badge, ClerkPIN, begin)
	must(w.t, err)
	pdf, err := w.station.Inbox.Result(w.t.Context(), packet, clerk.Identity)
	must(w.t, err)
	return string(pdf)
}

func (w *world) result(packet string, want []byte) {
	w.t.Helper()
	if got := w.resultFile(packet); got != string(want) {
		w.t.Errorf("a result of %d bytes, not the one of %d", len(got), len(want))
	}
}

func TestSubmitOfflineAndCollect(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if _, err := w.station.Outbox.SubmitDossier(ctx, "too early", Dossier(begin), "", nil); dossier.CodeOf(err) != dossier.CodeNotEnrolled {
		t.Fatalf("before the enrolment: %v", err)
	}
	w.enrol()
	w.run(w.station.Link)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	cat, err := w.station.Province.Catalogue()
	must(t, err)
	if _, err := cat.Procedure("1.004873"); err != nil {
		t.Fatal(err)
	}

	w.line.cut()
	s, slip := w.submit("tap")
	if again, _ := w.submit("tap"); !again.Again || again.Packet != s.Packet {
		t.Errorf("the second tap: %+v", again)
	}
	w.until("the queue's word", func() bool { return w.station.Queue.State().Why == outbox.WhyNoNetwork })
	card, err := w.station.Inbox.BySlip(ctx, slip)
	must(t, err)
	if card.Status() != 0 || card.Code() != "" || !card.Sent.IsZero() || card.Applicant != CanaryName || card.Slip != s.Slip {
		t.Errorf("received here and nothing more: %+v", card)
	}

	w.line.mend()
	w.until("the receipt", w.held(s.Packet))
	d, err := w.portal.Act(ctx, s.Packet, portal.ActAccept, portal.DeskRequest{})
	must(t, err)
	w.until("the acceptance", w.status(slip, dossier.StatusAccepted))
	card, err = w.station.Inbox.BySlip(ctx, slip)
	must(t, err)
	if card.Code() == "" || card.Code() != d.Code || card.Due().IsZero() || card.Form01() == nil || card.Sent.IsZero() || card.AsOf.IsZero() {
		t.Errorf("accepted: code %q of %q, due %v, Form 01 %v", card.Code(), d.Code, card.Due(), card.Form01())
	}

	w.ready(s.Packet, largestResult)
	w.until("the result", w.status(slip, dossier.StatusProcessed))
	w.result(s.Packet, largestResult)
	w.ready(s.Packet, secondResult) // the officer sends another instead
	w.until("the other result", func() bool { return w.resultFile(s.Packet) == string(secondResult) })
	list, err := w.station.Province.Staff()
	must(t, err)
	clerk, err := staff.Login(list, w.badge, ClerkPIN, begin)
	must(t, err)
	cards, err := w.station.Inbox.ForClerk(ctx, clerk.Identity)
	must(t, err)
	if len(cards) != 1 || !cards[0].Ready() || cards[0].Name != CanaryName || cards[0].Last4 != CanaryNumber[8:] {
		t.Errorf("the clerk sees %+v", cards)
	}
	h, err := w.station.Outbox.HandOver(ctx, "hand-over", s.Packet, dossier.Handover{Slip: s.Slip,
		Collector: Dossier(begin).Applicant.Person, Basis: "applicant", Staff: clerk.ID, At: begin})
	must(t, err)
	w.until("the hand-over's receipt", w.held(h.Packet))
	w.until("status 10", w.status(slip, dossier.StatusReturned))
	card, err = w.station.Inbox.BySlip(ctx, slip)
	must(t, err)
	if card.Handed.IsZero() || card.Ready() {
		t.Errorf("handed over: %+v", card)
	}
	w.canaries(slip)
}

// canaries looks for personal data in every file of the station and in the logs
// of both ends.
func (w *world) canaries(slip token.Slip) {
	w.t.Helper()
	look := func(where, text string) {
		for _, c := range append([]string{string(slip.Secret[:]), canaryResult, base64.StdEncoding.EncodeToString([]byte("% " + canaryResult))}, Canaries...) {
			if strings.Contains(text, c) {
				w.t.Errorf("%s shows %q", where, c)
			}
		}
	}
	must(w.t, filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		look(path, string(b))
		return err
	}))
	look("the log", w.log.String())
}

// deaf sends and never hears the answer: a station that crashes between the two.
type deaf struct {
	outbox.Sender
	sent chan string
}

func (d *deaf) Put(ctx context.Context, p dossier.Packet) (dossier.Receipt, string, error) {
	_, compact, err := d.Sender.Put(ctx, p)
	if err != nil {
		return dossier.Receipt{}, "", err
	}
	d.sent <- compact
	<-ctx.Done()
	return dossier.Receipt{}, "", ctx.Err()
}

func TestCrashBetweenSendAndReceipt(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.enrol()
	s, slip := w.submit("tap")
	d := &deaf{Sender: w.station.Link, sent: make(chan string)}
	w.run(d)
	var first string
	select {
	case first = <-d.sent:
	case <-time.After(patience):
		t.Fatal("nothing was sent")
	}
	w.crash()
	w.open()
	w.run(w.station.Link)
	w.until("the receipt", w.held(s.Packet))
	st, err := w.station.Store.State(ctx, s.Packet)
	must(t, err)
	if st.Receipt != first {
		t.Error("the replay brought another receipt")
	}
	if n := w.count(); n != 1 {
		t.Errorf("the portal holds %d dossiers", n)
	}
	w.act(s.Packet, portal.ActAccept)
	w.until("the acceptance", w.status(slip, dossier.StatusAccepted))
	w.crash()
	w.open()
	if !w.status(slip, dossier.StatusAccepted)() {
		t.Error("the news did not survive a restart")
	}
}

func (w *world) count() int {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.portal.Desk().ServeHTTP(rec, httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, "http://127.0.0.1/desk/count", nil))
	var a struct{ Count int }
	must(w.t, json.Unmarshal(rec.Body.Bytes(), &a))
	return a.Count
}

// A slip of another key, an unknown station and a card that is not here are told
// apart.
func TestLookUps(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.enrol()
	s, slip := w.submit("tap")
	n, err := w.station.Inbox.ByIDNumber(ctx, CanaryNumber)
	must(t, err)
	if n != 1 {
		t.Errorf("%d under the number", n)
	}
	if n, err = w.station.Inbox.ByIDNumber(ctx, "066199004218"); err != nil || n != 0 {
		t.Errorf("%d under another number, %v", n, err)
	}
	for _, typed := range []string{s.Slip, strings.ToLower(strings.ReplaceAll(s.Slip, "-", " "))} {
		if here, err := w.station.Inbox.HasSlip(ctx, typed); err != nil || !here {
			t.Errorf("%q: %v, %v", typed, here, err)
		}
	}
	if here, err := w.station.Inbox.HasSlip(ctx, token.SlipNumber(StationCode, 77)); err != nil || here {
		t.Errorf("a number that was never given: %v, %v", here, err)
	}
	stranger := token.MakeSlip(SlipHost, "XX99", 1, s.Packet, slip.Secret, w.station.Keys.SlipKey())
	altered := token.MakeSlip(SlipHost, StationCode, 1, s.Packet, seal.NewSlipSecret(), otherKey(t))
	replaced := token.MakeSlip(SlipHost, StationCode, 1, s.Packet, seal.NewSlipSecret(), w.station.Keys.SlipKey())
	elsewhere := token.MakeSlip(SlipHost, StationCode, 2, "019f6a1e-0000-7000-8000-000000000002", slip.Secret, w.station.Keys.SlipKey())
	for qr, want := range map[string]dossier.Code{stranger: dossier.CodeSlipUnknown, altered: dossier.CodeSlipAltered,
		replaced: dossier.CodeSlipVoid, elsewhere: dossier.CodeNotFound} {
		sl, err := token.ReadSlip(qr)
		must(t, err)
		if _, err := w.station.Inbox.BySlip(ctx, sl); dossier.CodeOf(err) != want {
			t.Errorf("want %s: %v", want, err)
		}
	}
	if _, err := w.station.Inbox.ForClerk(ctx, nil); dossier.CodeOf(err) != dossier.CodeBadgeUnknown {
		t.Errorf("without a log-in: %v", err)
	}
}

func otherKey(t *testing.T) []byte {
	t.Helper()
	k, err := seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	return k.SlipKey()
}
