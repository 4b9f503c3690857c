package inbox_test

import (
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/audit"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
	"tramhoso/sync/wire"
)

// tells is the whole life of a dossier as an agency tells it.
func (r *rig) tells() []wire.SealedEvent {
	at := time.Date(2026, 7, 15, 3, 0, 0, 0, time.UTC)
	fee := int64(8000)
	list := []wire.SealedEvent{r.accepted(1)}
	for i, e := range []dossier.Event{
		{Kind: dossier.EventStatus, Status: dossier.StatusSupplementRequested, Text: "Xin bổ sung giấy tờ về nơi ở.", Officer: "Bà Mai", Office: "UBND xã", Due: at.AddDate(0, 0, 3)},
		{Kind: dossier.EventStatus, Status: dossier.StatusInProgress, Due: at.AddDate(0, 0, 5), Form01: &dossier.Form01{Number: "2", Applicant: prove.CanaryName, Address: prove.CanaryAddress}},
		{Kind: dossier.EventResult, Status: dossier.StatusProcessed, FeeDue: &fee, Result: []byte("%PDF-1.4\n%%EOF\n")},
	} {
		e.Packet, e.At = r.packet, at.Add(time.Duration(i)*time.Hour)
		list = append(list, r.event(uint64(i)+2, e))
	}
	return list
}

func (r *rig) clock() clock.Clock { return clock.NewSystem(clock.Options{Wall: time.Now}) }

func (r *rig) reissue(tap string) token.Slip {
	r.t.Helper()
	s, err := r.st.Reissue(r.t.Context(), r.clock(), r.prov.Counter, tap, r.packet)
	must(r.t, err)
	slip, err := token.ReadSlip(s.QR)
	must(r.t, err)
	return slip
}

// opens says what a slip opens: its card, or why not.
func (r *rig) opens(s token.Slip) (dossier.CitizenCard, dossier.Code) {
	c, err := r.st.Inbox.BySlip(r.t.Context(), s)
	return c, dossier.CodeOf(err)
}

// content is a card without the moment at which the portal was last heard, which
// goes on beside the test.
func content(c dossier.CitizenCard) dossier.CitizenCard {
	c.AsOf = time.Time{}
	return c
}

// A new slip opens everything that the lost one did, to the letter; the lost one
// is void; news goes to the new one, and what is told once more changes nothing.
func TestReissue(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		list := r.tells()
		for told := range len(list) + 1 { // the slip is lost at every time of the dossier's life
			r.portal.says(r.events("e1", list[:told]...))
			time.Sleep(time.Minute)
			before := r.card()
			if len(before.News) != told {
				t.Fatalf("%d news of %d", len(before.News), told)
			}
			lost := r.slip
			r.slip = r.reissue(fmt.Sprint("tap ", told))
			if r.slip.Number() != lost.Number() || r.slip.Secret == lost.Secret {
				t.Errorf("slip %s was given for %s", r.slip.Number(), lost.Number())
			}
			if d := cmp.Diff(content(before), content(r.card())); d != "" {
				t.Errorf("after %d news the new slip shows another card: %s", told, d)
			}
			if c, code := r.opens(lost); code != dossier.CodeSlipVoid || c.Title != "" {
				t.Errorf("the lost slip opens %q, %q", c.Title, code)
			}
			if told > 0 && (before.Form01() == nil || before.Code() == "") {
				t.Error("nothing was at stake")
			}
		}
		before := r.card()
		r.portal.says(r.events("e2", list...)) // a new epoch says everything again
		time.Sleep(time.Minute)
		if d := cmp.Diff(before.News, r.card().News); d != "" {
			t.Errorf("told again, the news are others: %s", d)
		}
		n, err := r.st.Store.Reissues(t.Context(), r.packet)
		must(t, err)
		if n != len(list)+1 {
			t.Errorf("%d new slips", n)
		}
		if _, err := r.st.Reissue(t.Context(), r.clock(), r.prov.Counter, "one more", r.packet); dossier.CodeOf(err) != dossier.CodeSlipLimit {
			t.Errorf("a slip beyond the bound: %v", err)
		}
		for _, canary := range prove.Canaries {
			if strings.Contains(r.log.String(), canary) {
				t.Errorf("the log shows %q", canary)
			}
		}
	})
}

// What stands beside the new slip: a paper that can be printed again, a record in
// the audit log, and a packet that tells the province.
func TestReissueIsTold(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		old, err := r.st.Store.PrintJobs(ctx, r.packet)
		must(t, err)
		s, err := r.st.Reissue(ctx, r.clock(), r.prov.Counter, "lost", r.packet)
		must(t, err)
		again, err := r.st.Reissue(ctx, r.clock(), r.prov.Counter, "lost", r.packet) // a second tap
		must(t, err)
		s.Again = true
		if d := cmp.Diff(s, again); d != "" {
			t.Errorf("a second tap brought something else: %s", d)
		}
		p, err := r.st.Outbox.Paper(ctx, s.PrintJob)
		must(t, err)
		if p.Kind != outbox.PaperSlip || p.Packet != r.packet || p.QR != s.QR || string(p.Data) != "slip "+r.slip.Number()+", again 1" || p.State != store.PrintRendered {
			t.Errorf("the paper: %+v", p)
		}
		for _, j := range old {
			if _, err := r.st.Outbox.Paper(ctx, j.ID); dossier.CodeOf(err) != dossier.CodeNotFound {
				t.Errorf("the lost slip can still be printed: %v", err)
			}
		}
		open, err := r.st.Store.OpenPrintJobs(ctx)
		must(t, err)
		if len(open) != 1 || open[0].ID != s.PrintJob {
			t.Errorf("papers that wait: %+v", open)
		}
		must(t, r.st.Store.SetPrint(ctx, s.PrintJob, store.PrintSending, ""))
		must(t, r.st.Store.SetPrint(ctx, s.PrintJob, store.PrintUnknown, "silent"))
		copied, err := r.st.Store.Reprint(ctx, s.PrintJob)
		must(t, err)
		if p, err := r.st.Outbox.Paper(ctx, copied); err != nil || p.QR != s.QR || p.Copy != 1 {
			t.Errorf("printed again: %+v, %v", p, err)
		}

		log := r.st.NewSlip(r.clock(), nil, "", "").Journal
		rec, err := log.Read(0)
		must(t, err)
		if size, err := r.st.Store.Audit().Size(); err != nil || size != 1 || rec.Kind != "slip.reissue.scanned" || rec.Ref != r.packet+"/GDV-1" {
			t.Errorf("audit log of %d: %+v, %v", size, rec, err)
		}
		point, err := log.Checkpoint()
		must(t, err)
		by, err := audit.NewVerifier("tramhoso", r.st.Keys.AuditKey().Public().(ed25519.PublicKey))
		must(t, err)
		tree, err := audit.ReadCheckpoint(point, by)
		must(t, err)
		must(t, log.Verify(tree))

		got, err := r.st.Store.Packet(ctx, s.Packet)
		must(t, err)
		if got.Head.Kind != dossier.KindCustody || got.Head.Parent != r.packet || got.Head.Seq != 2 {
			t.Errorf("the packet: %+v", got.Head)
		}
		body, err := seal.Open(got, []age.Identity{r.prov.Identity})
		must(t, err)
		for _, want := range []string{`"slip-reissued"`, `"scanned"`, `"GDV-1"`, `"issue":1`, r.slip.Number()} {
			if !strings.Contains(string(body), want) {
				t.Errorf("the province is not told %s: %s", want, body)
			}
		}
	})
}

// Neither clerk nor card alone gets a new slip, nor both where nobody needs one;
// a refusal changes nothing.
func TestReissueRefused(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		wish := func(change func(*inbox.NewSlip)) error {
			n := r.st.NewSlip(r.clock(), r.prov.Counter, "lost", r.packet)
			change(&n)
			_, err := r.st.Inbox.Reissue(ctx, n)
			return err
		}
		other, err := prove.NewProvince(time.Now())
		must(t, err)
		cases := []struct {
			name string
			set  func(*inbox.NewSlip)
			want dossier.Code
		}{
			{"no log-in", func(n *inbox.NewSlip) { n.Login = nil }, dossier.CodeBadgeUnknown},
			{"nobody's log-in", func(n *inbox.NewSlip) { n.Staff = "" }, dossier.CodeBadgeUnknown},
			{"another province's log-in", func(n *inbox.NewSlip) { n.Login = other.Counter }, dossier.CodeInvalid},
			{"another's card", func(n *inbox.NewSlip) { n.IDNumber = "066199004218" }, dossier.CodeOtherCard},
			{"no card", func(n *inbox.NewSlip) { n.IDNumber = "" }, dossier.CodeOtherCard},
			{"a card that nobody saw", func(n *inbox.NewSlip) { n.Card = "" }, dossier.CodeInvalid},
			{"a dossier that is not here", func(n *inbox.NewSlip) { n.Packet = "019f6a1e-0000-7000-8000-00000000ffff" }, dossier.CodeNotFound},
			{"a paper that cannot be drawn", func(n *inbox.NewSlip) {
				n.Print = func(outbox.Facts, dossier.CounterCard, int) ([]byte, error) {
					return nil, dossier.E(dossier.CodePrinterDown, nil)
				}
			}, dossier.CodePrinterDown},
		}
		before := r.card()
		for _, c := range cases {
			if err := wish(c.set); dossier.CodeOf(err) != c.want {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		if d := cmp.Diff(content(before), content(r.card())); d != "" {
			t.Errorf("a refusal changed the card: %s", d)
		}
		if n, err := r.st.Store.Audit().Size(); err != nil || n != 0 {
			t.Errorf("%d records of what did not happen, %v", n, err)
		}
		_, err = r.st.Outbox.HandOver(ctx, "hand", r.packet, dossier.Handover{Slip: r.slip.Number(), Basis: "applicant", Staff: "GDV-1"})
		must(t, err)
		if err := wish(func(*inbox.NewSlip) {}); dossier.CodeOf(err) != dossier.CodeBadTransition {
			t.Errorf("handed over: %v", err)
		}
	})
}

// News that was sealed to the lost slip while the new one was given is sealed
// again: no record of a card is ever under a key that nobody has.
func TestNewsMeetsReissue(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		list := r.tells()
		r.portal.says(r.events("e1", list[0]))
		time.Sleep(time.Minute)
		// The event is ready to be applied when the clerk is faster.
		lost, newer := r.slip, token.Slip{}
		r.mu.Lock()
		r.between = func() { newer = r.reissue("between") }
		r.mu.Unlock()
		r.portal.says(r.events("e1", list[:2]...))
		time.Sleep(time.Minute)
		r.slip = newer
		if c := r.card(); len(c.News) != 2 || c.Status() != dossier.StatusSupplementRequested || r.cursor().N != 2 {
			t.Errorf("%d news", len(c.News))
		}
		if _, code := r.opens(lost); code != dossier.CodeSlipVoid {
			t.Errorf("the lost slip: %q", code)
		}
	})
}

// Whatever comes in whatever order – news, new slips, papers that are sent to the
// printer – exactly one slip opens the card, and it shows all that was told.
func TestOneSlipOpens(t *testing.T) {
	r := newRig(t)
	defer func() { must(t, r.st.Close()) }()
	for seed := range uint64(6) {
		r.oneSlipOpens(t, rand.New(rand.NewPCG(seed, 0)), fmt.Sprint("seed ", seed))
	}
}

func (r *rig) oneSlipOpens(t *testing.T, rnd *rand.Rand, name string) {
	ctx := t.Context()
	s, err := r.st.Outbox.SubmitDossier(ctx, name, prove.Dossier(time.Now()), "UBND xã", func(outbox.Facts) ([]byte, error) { return []byte("slip"), nil })
	must(t, err)
	slip, err := token.ReadSlip(s.QR)
	must(t, err)
	slips, told := []token.Slip{slip}, []string(nil)
	for tap := range 14 {
		switch rnd.IntN(3) {
		case 0:
			n := dossier.News{Status: dossier.StatusInProgress, Text: fmt.Sprint("word ", len(told)), Form01: &dossier.Form01{Number: fmt.Sprint(len(told))}}
			kept, err := r.st.Store.Kept(ctx, s.Packet)
			must(t, err)
			cards, err := outbox.SealNews(s.Packet, n.Text, n, kept.CitizenKey, []string{r.prov.Counter.Recipient().String()})
			must(t, err)
			next := r.cursor()
			next.N++
			_, err = r.st.Store.Apply(ctx, next, cards)
			must(t, err)
			told = append(told, n.Text)
		case 1:
			got, err := r.st.Reissue(ctx, r.clock(), r.prov.Counter, fmt.Sprint(name, ", tap ", tap), s.Packet)
			if len(slips) > store.MaxReissues {
				if dossier.CodeOf(err) != dossier.CodeSlipLimit {
					t.Fatalf("%s: after %d slips: %v", name, len(slips), err)
				}
				continue
			}
			must(t, err)
			slip, err := token.ReadSlip(got.QR)
			must(t, err)
			slips = append(slips, slip)
		case 2:
			open, err := r.st.Store.OpenPrintJobs(ctx)
			must(t, err)
			must(t, r.st.Store.SetPrint(ctx, open[rnd.IntN(len(open))].ID, store.PrintRendered, "paper-out"))
		}
		for i, slip := range slips[:len(slips)-1] {
			if _, code := r.opens(slip); code != dossier.CodeSlipVoid {
				t.Fatalf("%s: slip %d of %d: %q", name, i+1, len(slips), code)
			}
		}
		c, code := r.opens(slips[len(slips)-1])
		if code != "" {
			t.Fatalf("%s: the last of %d slips: %q", name, len(slips), code)
		}
		var texts []string
		for _, n := range c.News {
			texts = append(texts, n.Text)
			if n.Form01 == nil || "word "+n.Form01.Number != n.Text {
				t.Fatalf("%s: %q with form 01 %+v", name, n.Text, n.Form01)
			}
		}
		if !slices.Equal(texts, told) {
			t.Fatalf("%s: told %q, shows %q", name, told, texts)
		}
	}
}
