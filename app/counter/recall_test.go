package counter

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

func TestAskBackWithTheApplicantsCard(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.Choose(ctx, "DL27-2"))
	must(t, c.AskBack())
	at(t, c, Recalling)
	if s := c.State(); s.Missing != "counter.owner-first" {
		t.Errorf("missing %q", s.Missing)
	}
	problem(t, c, c.Withdraw(ctx), "counter.owner-first")
	problem(t, c, c.HandleFrame(ctx, "rubbish"), "error.not-an-id")
	problem(t, c, c.HandleFrame(ctx, owner), "error.other-card")
	problem(t, c, c.Withdraw(ctx), "counter.owner-first")
	must(t, c.HandleFrame(ctx, ofP2))
	f.backErr = errors.New("disk")
	problem(t, c, c.Withdraw(ctx), "visit.unexpected")
	at(t, c, Recalling)
	f.backErr = dossier.E(dossier.CodeWithdrawn, nil)
	problem(t, c, c.Withdraw(ctx), "error.withdrawn")
	f.backErr = nil
	run, ok := c.BeginRecall()
	if _, again := c.BeginRecall(); !ok || again {
		t.Fatal("two withdrawals at once")
	}
	c.Back() // nothing is left half-way
	at(t, c, Recording)
	c.PrintChanged(0, 60, PrintWaits, "paper-out") // it is faster than the answer
	must(t, c.FinishRecall(run(ctx)))
	at(t, c, Recalled)
	if s := c.State(); s.Paper.State != PrintWaits || s.Paper.Job != 60 || !s.Card.Withdrawn.At.Equal(noon) {
		t.Errorf("%+v, %+v", s.Paper, s.Card.Withdrawn)
	}
	c.PrintChanged(60, 61, PrintDone, "")
	f.cards[0].Withdrawn = dossier.Withdrawn{At: noon, Sent: noon}
	must(t, c.Refresh(ctx)) // it was sent while the screen stands
	if s := c.State(); s.Paper.State != PrintDone || s.Card.Withdrawn.Sent.IsZero() {
		t.Errorf("%+v, %+v", s.Paper, s.Card.Withdrawn)
	}
	one := Recall{Token: "t1", Packet: "p2", IDNumber: "066190000777", Card: dossier.CardScanned, Staff: "c1"}
	if d := cmp.Diff([]Recall{one, one, one}, f.recalls); d != "" {
		t.Error(d)
	}
	c.Back()
	at(t, c, Home)
	if s := c.State(); s.Card.Packet != "" || s.OwnerSeen != "" {
		t.Errorf("something is left: %+v", s)
	}
	must(t, c.Choose(ctx, "DL27-2"))
	problem(t, c, c.AskBack(), "error.withdrawn")
	at(t, c, Looking)
	c.Back()
	must(t, c.HandleFrame(ctx, owner))
	must(t, c.Choose(ctx, "DL27-4"))
	problem(t, c, c.AskBack(), "error.too-late")
}

// A typed card is looked at first; and what the agency ended while the page stood
// there is not asked back.
func TestAskBackWithATypedCard(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	c.Find()
	must(t, c.FindBy(ctx, typed))
	must(t, c.AskBack())
	problem(t, c, c.Withdraw(ctx), "counter.look-first")
	c.TypeCard()
	c.Back()
	at(t, c, Recalling)
	c.TypeCard()
	must(t, c.CardNumber(ctx, typed))
	at(t, c, Recalling)
	c.Looked(true)
	f.cards[0].News = append(f.cards[0].News, dossier.News{Status: dossier.StatusRefused})
	must(t, c.Refresh(ctx))
	problem(t, c, c.Withdraw(ctx), "error.too-late")
	f.cards[0].News = f.cards[0].News[:1]
	must(t, c.Refresh(ctx))
	must(t, c.Withdraw(ctx))
	if len(f.recalls) != 1 || f.recalls[0].Card != dossier.CardTyped {
		t.Errorf("%+v", f.recalls)
	}
}

// A scanned slip opens what is known of its dossier where nothing can be handed
// over, and says why.
func TestScannedSlipOpensItsDossier(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.HandleFrame(ctx, "SLIP DL27-2"))
	at(t, c, Looking)
	if s := c.State(); s.Card.Packet != "p2" || s.Problem != nil {
		t.Errorf("%+v", s)
	}
	problem(t, c, c.HandleFrame(ctx, "SLIP DL27-4"), "counter.already") // without a tap between
	at(t, c, Looking)
	f.cards[2].Withdrawn = dossier.Withdrawn{At: noon}
	must(t, c.Refresh(ctx))
	problem(t, c, c.HandleFrame(ctx, "SLIP DL27-3"), "counter.withdrawn")
	at(t, c, Looking)
	must(t, c.HandleFrame(ctx, "SLIP DL27-1"))
	at(t, c, Handover)
	if !c.State().SlipSeen {
		t.Error("the slip that opened the hand-over does not count")
	}
}

// Whatever is done in whatever order, nothing is asked back but the dossier on the
// screen, for the owner of the card that was shown for it.
func TestNothingAskedBackUnchecked(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		c, f := newCounter(t)
		looked := false
		rt.Repeat(map[string]func(*rapid.T){
			"log in": func(*rapid.T) { _ = c.HandleFrame(ctx, "BADGE|clerk"); _ = c.Login(ctx, "1234") },
			"choose": func(rt *rapid.T) {
				_ = c.Choose(ctx, rapid.SampledFrom([]string{"DL27-1", "DL27-2", "DL27-3", "DL27-4"}).Draw(rt, "slip"))
			},
			"scan": func(rt *rapid.T) {
				_ = c.HandleFrame(ctx, rapid.SampledFrom([]string{owner, ofP2, other, "SLIP DL27-2"}).Draw(rt, "code"))
			},
			"lost": func(*rapid.T) {
				if was := c.Step(); c.Lost() == nil && was != Losing && c.Step() == Losing {
					looked = false
				}
			},
			"ask back": func(*rapid.T) {
				if was := c.Step(); c.AskBack() == nil && was != Recalling && c.Step() == Recalling {
					looked = false
				}
			},
			"type": func(rt *rapid.T) {
				if c.TypeCard(); c.Step() == TypingCard {
					looked = false
				}
				_ = c.CardNumber(ctx, rapid.SampledFrom([]string{"066190000123", typed}).Draw(rt, "number"))
			},
			"look": func(*rapid.T) { c.Looked(true); looked = true },
			"back": func(*rapid.T) { c.Back() },
			"withdraw": func(*rapid.T) {
				n, card := len(f.recalls), c.State().Card
				_ = c.Withdraw(ctx)
				if len(f.recalls) == n {
					return
				}
				r := f.recalls[n]
				owns, _ := f.IsApplicant(ctx, card.Packet, r.IDNumber)
				if r.Packet != card.Packet || !owns || r.Card == dossier.CardTyped && !looked || r.Staff != "c1" || card.CanWithdraw() != nil {
					rt.Fatalf("unchecked: %+v for %s, looked: %v", r, card.Packet, looked)
				}
			},
		})
	})
}
