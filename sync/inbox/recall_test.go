package inbox_test

import (
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/audit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// recall is a clerk's wish to ask the dossier back for its applicant.
func (r *rig) recall(tap string) inbox.Recall {
	return inbox.Recall{Token: tap, Packet: r.packet, IDNumber: prove.CanaryNumber, Card: dossier.CardScanned, Staff: "GDV-1", Login: r.prov.Counter,
		Outbox: r.st.Outbox, Journal: r.journal(),
		Print: func(f outbox.Facts, c dossier.CounterCard) ([]byte, error) {
			return []byte("note " + c.Slip + " of " + c.Name + f.QR + f.Number), nil
		}}
}

func (r *rig) journal() *audit.Log { return r.st.NewSlip(r.clock(), nil, "", "").Journal }

// A clerk asks back for whoever has the card: the card says so, a paper says so,
// the audit log names the clerk, and the province is told on what ground. A second
// tap changes nothing.
func TestWithdrawAtTheCounter(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		s, err := r.st.Inbox.Withdraw(ctx, r.recall("ask"))
		must(t, err)
		again, err := r.st.Inbox.Withdraw(ctx, r.recall("ask"))
		must(t, err)
		s.Again = true
		if d := cmp.Diff(s, again); d != "" {
			t.Errorf("a second tap brought something else: %s", d)
		}
		if c := r.card(); c.Withdrawn.At.IsZero() || c.Withdrawn.State != dossier.WithdrawalAsked {
			t.Errorf("the slip shows %+v", c.Withdrawn)
		}
		p, err := r.st.Outbox.Paper(ctx, s.PrintJob)
		must(t, err)
		if want := "note " + r.slip.Number() + " of " + prove.CanaryName; p.Kind != outbox.PaperRecall || p.Packet != r.packet || p.QR != "" || string(p.Data) != want || p.State != store.PrintRendered {
			t.Errorf("the paper: %+v", p)
		}
		rec, err := r.journal().Read(0)
		must(t, err)
		if size, err := r.st.Store.Audit().Size(); err != nil || size != 1 || rec.Kind != "dossier.withdraw.scanned" || rec.Ref != r.packet+"/GDV-1" {
			t.Errorf("audit log of %d: %+v, %v", size, rec, err)
		}
		got, err := r.st.Store.Packet(ctx, s.Packet)
		must(t, err)
		if got.Head.Kind != dossier.KindWithdrawal || got.Head.Parent != r.packet || got.Head.Seq != 2 {
			t.Errorf("the packet: %+v", got.Head)
		}
		body, err := seal.Open(got, []age.Identity{r.prov.Identity})
		must(t, err)
		for _, want := range []string{`"basis":"clerk"`, `"staff":"GDV-1"`, `"card":"scanned"`, r.slip.Number()} {
			if !strings.Contains(string(body), want) {
				t.Errorf("the province is not told %s: %s", want, body)
			}
		}
		if _, err := r.st.Inbox.Withdraw(ctx, r.recall("another wish")); dossier.CodeOf(err) != dossier.CodeWithdrawn {
			t.Errorf("asked back twice: %v", err)
		}
		for _, canary := range prove.Canaries {
			if strings.Contains(r.log.String(), canary) {
				t.Errorf("the log shows %q", canary)
			}
		}
	})
}

// Neither clerk nor card alone asks anything back, nor both what the agency has
// ended; a refusal leaves no paper, no record and no packet.
func TestWithdrawAtTheCounterRefused(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		wish := func(change func(*inbox.Recall)) error {
			n := r.recall("ask")
			change(&n)
			_, err := r.st.Inbox.Withdraw(ctx, n)
			return err
		}
		other, err := prove.NewProvince(time.Now())
		must(t, err)
		open, err := r.st.Store.OpenPrintJobs(ctx)
		must(t, err)
		before := r.card()
		for _, c := range []struct {
			name string
			set  func(*inbox.Recall)
			want dossier.Code
		}{
			{"no log-in", func(n *inbox.Recall) { n.Login = nil }, dossier.CodeBadgeUnknown},
			{"nobody's log-in", func(n *inbox.Recall) { n.Staff = "" }, dossier.CodeBadgeUnknown},
			{"another province's log-in", func(n *inbox.Recall) { n.Login = other.Counter }, dossier.CodeInvalid},
			{"another's card", func(n *inbox.Recall) { n.IDNumber = "066199004218" }, dossier.CodeOtherCard},
			{"no card", func(n *inbox.Recall) { n.IDNumber = "" }, dossier.CodeOtherCard},
			{"a card that nobody saw", func(n *inbox.Recall) { n.Card = "" }, dossier.CodeInvalid},
			{"a dossier that is not here", func(n *inbox.Recall) { n.Packet = "019f6a1e-0000-7000-8000-00000000ffff" }, dossier.CodeOtherCard},
			{"a paper that cannot be drawn", func(n *inbox.Recall) {
				n.Print = func(outbox.Facts, dossier.CounterCard) ([]byte, error) {
					return nil, dossier.E(dossier.CodePrinterDown, nil)
				}
			}, dossier.CodePrinterDown},
		} {
			if err := wish(c.set); dossier.CodeOf(err) != c.want {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		left, err := r.st.Store.OpenPrintJobs(ctx)
		must(t, err)
		if d := cmp.Diff(content(before), content(r.card())); d != "" || len(left) != len(open) {
			t.Errorf("a refusal changed something: %d papers, %s", len(left)-len(open), d)
		}
		if n, err := r.st.Store.Audit().Size(); err != nil || n != 0 {
			t.Errorf("%d records of what did not happen, %v", n, err)
		}
		r.portal.says(r.events("e1", r.tells()...))
		time.Sleep(time.Minute)
		if err := wish(func(*inbox.Recall) {}); dossier.CodeOf(err) != dossier.CodeTooLate {
			t.Errorf("the agency has ended it: %v", err)
		}
	})
}
