package counter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

var noon = time.Date(2026, 7, 16, 12, 0, 0, 0, time.UTC)

const owner, other = "QR|066190000123|H’ Bia Niê", "QR|040090004471|Y Thuận Êban"

type fakes struct {
	cards    []dossier.CounterCard
	loginErr error
	keepErr  error
	kept     map[string]dossier.Handover
	refused  map[string]Refusal
	calls    int
	tokens   int
	printer  bool
	prints   []string
	printErr error
	before   Printing // of an earlier log-in
	slips    []NewSlip
	slipErr  error
	recalls  []Recall
	backErr  error
}

func (f *fakes) Login(_ context.Context, badge, pin string) (Session, error) {
	if f.loginErr != nil {
		return Session{}, f.loginErr
	}
	if pin != "1234" {
		return Session{}, dossier.E(dossier.CodeBadPIN, nil)
	}
	if badge == "BADGE|tech" {
		return Session{ID: "t1", Name: "Lê Văn Dũng", Role: RoleTechnician}, nil
	}
	return Session{ID: "c1", Name: "Trần Thị Hoa", Role: RoleClerk, Desk: f}, nil
}
func (f *fakes) Cards(context.Context) ([]dossier.CounterCard, error) { return f.cards, nil }
func (f *fakes) IsApplicant(_ context.Context, packet, number string) (bool, error) {
	if packet == "p2" {
		return number == "066190000777", nil
	}
	return number == "066190000123", nil
}
func (f *fakes) DossiersOf(_ context.Context, number string) ([]string, error) {
	return map[string][]string{"066190000123": {"p1", "p3"}, "066190000777": {"p2"}}[number], nil
}
func (f *fakes) NewSlip(_ context.Context, n NewSlip) (int64, error) {
	f.slips = append(f.slips, n)
	return 50, f.slipErr
}
func (f *fakes) Withdraw(_ context.Context, r Recall) (int64, error) {
	f.recalls = append(f.recalls, r)
	return 60, f.backErr
}
func (f *fakes) PrintResult(_ context.Context, packet string) (int64, error) {
	f.prints = append(f.prints, packet)
	return 70 + int64(len(f.prints)), f.printErr
}
func (f *fakes) Printing(context.Context, string) (Printing, error) { return f.before, f.printErr }
func (f *fakes) HandOver(_ context.Context, token, packet string, h dossier.Handover) error {
	f.calls++
	if f.keepErr != nil {
		return f.keepErr
	}
	f.kept[token+" "+packet] = h
	for i := range f.cards {
		if f.cards[i].Packet == packet {
			f.cards[i].Handed = noon
		}
	}
	return nil
}
func (f *fakes) Refuse(_ context.Context, token string, r Refusal) error {
	if f.keepErr != nil {
		return f.keepErr
	}
	f.refused[token] = r
	return nil
}
func (f *fakes) Read(frame string) (Reading, error) {
	p := strings.Split(frame, "|")
	if len(frame) == 12 && frame[0] == '0' {
		return Reading{Person: dossier.Person{Number: frame, Source: "typed"}}, nil
	}
	if len(p) != 3 {
		return Reading{}, dossier.E(dossier.CodeNotAnID, nil)
	}
	return Reading{Person: dossier.Person{Number: p[1], Name: p[2], Source: strings.ToLower(p[0]), Trust: dossier.TrustDeclared}}, nil
}
func (f *fakes) Cross(a, b Reading) (Reading, error) {
	if a.Person.Source != b.Person.Source {
		a.Person.Trust = dossier.TrustConsistent
	}
	return a, nil
}
func (f *fakes) IsSlip(s string) bool  { return strings.HasPrefix(s, "SLIP ") }
func (f *fakes) IsBadge(s string) bool { return strings.HasPrefix(s, "BADGE|") }
func (f *fakes) TypedSlip(s string) (string, error) {
	if !strings.HasPrefix(strings.ToUpper(s), "DL27-") {
		return "", dossier.E(dossier.CodeNotFound, nil)
	}
	return strings.ToUpper(s), nil
}
func (f *fakes) SlipNumber(s string) (string, error) {
	if strings.HasSuffix(s, "forged") {
		return "", dossier.E(dossier.CodeSlipAltered, nil)
	}
	return strings.TrimPrefix(s, "SLIP "), nil
}

func counterCard(packet, slip string, status dossier.Status, fee int64, age int) dossier.CounterCard {
	c := dossier.CounterCard{Name: "H’ Bia Niê", Last4: "0123"}
	c.Packet, c.Slip, c.Submitted = packet, slip, dossier.Stamp{Wall: noon.Add(-time.Duration(age) * time.Hour)}
	if status != 0 {
		c.Sent = noon
		c.News = []dossier.News{{Status: status, FeeDue: &fee}}
	}
	return c
}

func newCounter(t testing.TB) (*Counter, *fakes) {
	t.Helper()
	f := &fakes{kept: map[string]dossier.Handover{}, refused: map[string]Refusal{}}
	handed := counterCard("p4", "DL27-4", dossier.StatusProcessed, 0, 4)
	handed.Handed = noon
	f.cards = []dossier.CounterCard{counterCard("p2", "DL27-2", dossier.StatusInProgress, 0, 2), counterCard("p1", "DL27-1", dossier.StatusProcessed, 16000, 3),
		counterCard("p3", "DL27-3", 0, 0, 1), handed}
	return New(Ports{Now: func() time.Time { return noon }, Login: f, Records: f, Reader: f, Codes: f,
		PagePrinter: func() bool { return f.printer }, Token: func() string { f.tokens++; return fmt.Sprint("t", f.tokens) }}), f
}

func login(t testing.TB) (*Counter, *fakes) {
	t.Helper()
	c, f := newCounter(t)
	must(t, c.HandleFrame(context.Background(), "BADGE|clerk"))
	must(t, c.Login(context.Background(), "1234"))
	at(t, c, Home)
	return c, f
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func at(t testing.TB, c *Counter, s Step) {
	t.Helper()
	if c.Step() != s {
		t.Fatalf("at %s, want %s (%+v)", c.Step(), s, c.State().Problem)
	}
}

func problem(t testing.TB, c *Counter, err error, word string) {
	t.Helper()
	if err == nil || c.State().Problem == nil || c.State().Problem.Word != word {
		t.Fatalf("got %v, %+v, want %q", err, c.State().Problem, word)
	}
}

func TestLogin(t *testing.T) {
	ctx := context.Background()
	c, f := newCounter(t)
	must(t, c.HandleFrame(ctx, owner))
	at(t, c, Closed)
	must(t, c.HandleFrame(ctx, "BADGE|clerk"))
	at(t, c, PIN)
	problem(t, c, c.Login(ctx, "9999"), "error.bad-pin")
	at(t, c, PIN)
	f.loginErr = dossier.E(dossier.CodeBadgeUnknown, nil)
	problem(t, c, c.Login(ctx, "1234"), "error.badge-unknown")
	f.loginErr = &WaitError{For: 4100 * time.Millisecond}
	err := c.Login(ctx, "1234")
	problem(t, c, err, "counter.wait")
	if d := cmp.Diff([]any{"n", 5}, c.State().Problem.Args); d != "" || dossier.CodeOf(err) != dossier.CodeBadPIN {
		t.Error(d, err)
	}
	f.loginErr = nil
	run, ok := c.BeginLogin("1234")
	if _, again := c.BeginLogin("1234"); !ok || again {
		t.Fatal("two checks at once")
	}
	s, err := run(ctx)
	must(t, c.FinishLogin(s, err))
	must(t, c.Refresh(ctx))
	at(t, c, Home)
	st := c.State()
	if len(st.Ready) != 1 || len(st.Unsent) != 1 || len(st.Sent) != 1 || st.HandedN != 1 || st.Staff.Name != "Trần Thị Hoa" {
		t.Errorf("%+v", st)
	}
	c.Lock()
	if d := cmp.Diff(State{Step: Closed}, c.State()); d != "" {
		t.Error("locked and still knows: " + d)
	}
	must(t, c.HandleFrame(ctx, "BADGE|tech"))
	must(t, c.Login(ctx, "1234"))
	at(t, c, Technical)
}

func TestHandOverToTheApplicant(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	problem(t, c, c.HandleFrame(ctx, "rubbish"), "counter.slip-first")
	problem(t, c, c.HandleFrame(ctx, "BADGE|tech"), "counter.lock-first")
	problem(t, c, c.HandleFrame(ctx, "SLIP DL27-1 forged"), "error.slip-altered")
	must(t, c.HandleFrame(ctx, "SLIP DL27-2"))
	at(t, c, Looking)
	problem(t, c, c.HandleFrame(ctx, "SLIP DL27-4"), "counter.already")
	problem(t, c, c.HandleFrame(ctx, "SLIP DL27-9"), "error.not-found")
	must(t, c.HandleFrame(ctx, "SLIP DL27-1"))
	at(t, c, Handover)
	problem(t, c, c.HandOver(ctx), "counter.card-first")
	problem(t, c, c.HandleFrame(ctx, "SLIP DL27-2"), "counter.other-slip")
	problem(t, c, c.HandleFrame(ctx, "rubbish"), "error.not-an-id")
	must(t, c.HandleFrame(ctx, owner))
	must(t, c.HandleFrame(ctx, strings.Replace(owner, "QR", "MRZ", 1)))
	if s := c.State(); !s.IsApplicant || s.Basis != BasisApplicant || s.Collector.Trust != dossier.TrustConsistent || s.FeeDue != 16000 || !s.FeeKnown {
		t.Fatalf("%+v", s)
	}
	c.SetBasis(BasisFamily)
	if c.State().Basis != BasisApplicant {
		t.Error("the applicant needs no other basis")
	}
	problem(t, c, c.HandOver(ctx), "counter.fee-short")
	if d := cmp.Diff([]any{"n", int64(16000)}, c.State().Problem.Args); d != "" {
		t.Error(d)
	}
	problem(t, c, c.SetGiven(MaxCash+1), "counter.fee-much")
	problem(t, c, c.SetGiven(-1), "counter.fee-much")
	must(t, c.SetGiven(20000))
	if s := c.State(); s.Change != 4000 || s.Missing != "" {
		t.Errorf("change %d, missing %q", s.Change, s.Missing)
	}
	must(t, c.HandOver(ctx))
	at(t, c, Done)
	want := map[string]dossier.Handover{"t1 p1": {Slip: "DL27-1", Basis: "applicant", Staff: "c1", At: noon, FeeTaken: 16000,
		Collector: dossier.Person{Number: "066190000123", Name: "H’ Bia Niê", Source: "qr", Trust: dossier.TrustConsistent}}}
	if d := cmp.Diff(want, f.kept); d != "" {
		t.Error(d)
	}
	must(t, c.HandOver(ctx))
	if f.calls != 1 {
		t.Error("handed over twice")
	}
	c.Back()
	at(t, c, Home)
	if s := c.State(); len(s.Ready) != 0 || s.HandedN != 2 {
		t.Errorf("still listed: %+v", s.Ready)
	}
	problem(t, c, c.HandleFrame(ctx, "SLIP DL27-1"), "counter.already")
}

// A fee that the agency has not told is no fee of 0: the money on the table is
// what was taken.
func TestHandOverWithAnUnknownFee(t *testing.T) {
	ctx := context.Background()
	for _, given := range []int64{0, 30000} {
		c, f := newCounter(t)
		for i := range f.cards {
			f.cards[i].News = []dossier.News{{Status: dossier.StatusProcessed}}
		}
		must(t, c.HandleFrame(ctx, "BADGE|clerk"))
		must(t, c.Login(ctx, "1234"))
		must(t, c.HandleFrame(ctx, "SLIP DL27-1"))
		must(t, c.HandleFrame(ctx, owner))
		c.GivenExactly()
		if s := c.State(); s.FeeKnown || s.FeeDue != 0 || s.Given != 0 || s.Missing != "" {
			t.Errorf("%+v", s)
		}
		must(t, c.SetGiven(given))
		if s := c.State(); s.Change != 0 {
			t.Errorf("%d to give back of a sum that nobody knows", s.Change)
		}
		must(t, c.HandOver(ctx))
		if h := f.kept["t1 p1"]; h.FeeTaken != given {
			t.Errorf("%d taken, kept %+v", given, h)
		}
	}
}

func TestHandOverToSomebodyElse(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.Choose(ctx, "DL27-1"))
	problem(t, c, c.HandOver(ctx), "counter.slip-first")
	must(t, c.HandleFrame(ctx, "SLIP DL27-1"))
	must(t, c.HandleFrame(ctx, other))
	c.GivenExactly()
	problem(t, c, c.HandOver(ctx), "counter.basis-needed")
	c.SetBasis("because")
	if c.State().Basis != BasisNone {
		t.Error("an unknown basis was taken")
	}
	c.SetBasis(BasisAuthorisation)
	must(t, c.HandleFrame(ctx, "QR|066199999999|Người khác nữa"))
	if c.State().Basis != BasisNone {
		t.Error("the basis of one person served another")
	}
	must(t, c.HandleFrame(ctx, other))
	c.SetBasis(BasisFamily)
	must(t, c.HandOver(ctx))
	if h := f.kept["t1 p1"]; h.Basis != "family" || h.Collector.Name != "Y Thuận Êban" {
		t.Errorf("%+v", h)
	}
}

func TestHandOverFails(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.HandleFrame(ctx, "SLIP DL27-1"))
	must(t, c.HandleFrame(ctx, owner))
	c.GivenExactly()
	f.keepErr = dossier.E(dossier.CodeStorageFull, nil)
	problem(t, c, c.HandOver(ctx), "error.storage-full")
	f.keepErr = dossier.E(dossier.CodeBadTransition, nil)
	problem(t, c, c.HandOver(ctx), "counter.already")
	f.keepErr = dossier.E(dossier.CodeWithdrawn, nil) // asked back since its card was read
	problem(t, c, c.HandOver(ctx), "counter.withdrawn")
	f.keepErr = errors.New("disk")
	problem(t, c, c.HandOver(ctx), "visit.unexpected")
	f.keepErr = nil
	must(t, c.HandOver(ctx))
	if _, ok := f.kept["t1 p1"]; !ok || len(f.kept) != 1 {
		t.Errorf("a new token for the same hand-over: %v", f.kept)
	}
}

func TestHandedElsewhereMeanwhile(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.HandleFrame(ctx, "SLIP DL27-1"))
	f.cards[1].Handed = noon
	must(t, c.Refresh(ctx))
	problem(t, c, c.HandOver(ctx), "counter.already")
}

func TestRefusal(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.HandleFrame(ctx, "SLIP DL27-1"))
	c.Refuse()
	at(t, c, Refusing)
	c.Back()
	at(t, c, Handover)
	c.Refuse()
	problem(t, c, c.RecordRefusal(ctx, " "), "counter.reason-needed")
	problem(t, c, c.RecordRefusal(ctx, strings.Repeat("á", MaxReason+1)), "counter.reason-needed")
	f.keepErr = dossier.E(dossier.CodeStorageFull, nil)
	problem(t, c, c.RecordRefusal(ctx, "Không có giấy uỷ quyền"), "error.storage-full")
	f.keepErr = nil
	must(t, c.RecordRefusal(ctx, "Không có giấy uỷ quyền"))
	at(t, c, Home)
	want := map[string]Refusal{"t1": {Slip: "DL27-1", Packet: "p1", Staff: "c1", Reason: "Không có giấy uỷ quyền", At: noon}}
	if d := cmp.Diff(want, f.refused); d != "" {
		t.Error(d)
	}
	if len(c.State().Ready) != 1 || f.calls != 0 {
		t.Error("a refusal hands nothing over")
	}
}

func TestEveryWordIsTranslated(t *testing.T) {
	for _, lang := range assets.Languages {
		w, err := assets.Load(lang)
		must(t, err)
		for _, key := range Words {
			if !w.Has(key) {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
	}
}

// Whatever is done in whatever order, nothing is handed over without the slip, a
// card, a basis and the fee.
func TestNothingLeavesUnchecked(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		c, f := newCounter(t)
		var slip, card bool
		rt.Repeat(map[string]func(*rapid.T){
			"badge":  func(*rapid.T) { _ = c.HandleFrame(ctx, "BADGE|clerk"); _ = c.Login(ctx, "1234") },
			"lock":   func(*rapid.T) { c.Lock() },
			"slip":   func(*rapid.T) { _ = c.HandleFrame(ctx, "SLIP DL27-1"); slip = slip || c.Step() == Handover },
			"choose": func(*rapid.T) { _ = c.Choose(ctx, "DL27-1") },
			"owner":  func(*rapid.T) { _ = c.HandleFrame(ctx, owner); card = card || c.Step() == Handover },
			"other":  func(*rapid.T) { _ = c.HandleFrame(ctx, other); card = card || c.Step() == Handover },
			"basis":  func(*rapid.T) { c.SetBasis(BasisFamily) },
			"cash":   func(rt *rapid.T) { _ = c.SetGiven(rapid.Int64Range(-5, 20000).Draw(rt, "cash")) },
			"hand":   func(*rapid.T) { _ = c.HandOver(ctx); _ = c.HandOver(ctx) },
			"all": func(rt *rapid.T) {
				_ = c.HandleFrame(ctx, "BADGE|clerk")
				_ = c.Login(ctx, "1234")
				_ = c.HandleFrame(ctx, "SLIP DL27-1")
				if c.Step() == Handover {
					slip, card = true, true
				}
				_ = c.HandleFrame(ctx, rapid.SampledFrom([]string{owner, other}).Draw(rt, "who"))
				c.SetBasis(BasisFamily)
				c.GivenExactly()
			},
			"refuse": func(*rapid.T) { c.Refuse(); _ = c.RecordRefusal(ctx, "x") },
			"back":   func(*rapid.T) { c.Back() },
			"": func(rt *rapid.T) {
				if f.calls > 1 {
					rt.Fatal("handed over twice")
				}
				for _, h := range f.kept {
					if !slip || !card || h.FeeTaken != 16000 || h.Basis == "" || h.Collector.Number == "" {
						rt.Fatalf("unchecked: %+v", h)
					}
					if (h.Basis == "applicant") != (h.Collector.Number == "066190000123") {
						rt.Fatalf("wrong basis: %+v", h)
					}
				}
			},
		})
	})
}

// What is asked back while its hand-over is on the screen was not handed over.
func TestAskedBackMeanwhile(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.HandleFrame(ctx, "SLIP DL27-1"))
	f.cards[1].Withdrawn = dossier.Withdrawn{At: noon}
	must(t, c.Refresh(ctx))
	problem(t, c, c.HandOver(ctx), "counter.withdrawn")
}
