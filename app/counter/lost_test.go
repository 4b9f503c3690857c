package counter

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

const (
	ofP2  = "QR|066190000777|Y Khôi Niê"
	typed = "0661 9000 0777"
)

// A clerk finds by slip, by code and by card, typed or scanned; one dossier opens,
// several are listed alone.
func TestFind(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	f.cards[0].News[0].Code = "H15.30-260714-0001"
	must(t, c.Refresh(ctx))
	for _, text := range []string{"dl27-2", "H15.30-260714-0001", "h15 30 260714 0001", "066190000777", typed} {
		c.Find()
		at(t, c, Finding)
		must(t, c.FindBy(ctx, text))
		at(t, c, Looking)
		if s := c.State(); s.Card.Packet != "p2" || s.Found {
			t.Errorf("%q found %q", text, s.Card.Packet)
		}
		c.Back()
		at(t, c, Home)
	}
	c.Find()
	for _, text := range []string{"", "DL27-9", "H15.30-260714-0002", "066190000888", "x"} {
		problem(t, c, c.FindBy(ctx, text), "error.not-found")
		at(t, c, Finding)
	}
	c.Back()
	must(t, c.HandleFrame(ctx, ofP2))
	at(t, c, Looking)
	must(t, c.HandleFrame(ctx, owner)) // the next person's card, without a tap between
	at(t, c, Home)
	s := c.State()
	if !s.Found || len(s.Ready) != 1 || len(s.Unsent) != 1 || len(s.Sent) != 0 || s.HandedN != 0 {
		t.Errorf("found %+v", s)
	}
	must(t, c.Choose(ctx, "DL27-3"))
	at(t, c, Looking)
	c.Back()
	if !c.State().Found {
		t.Error("what was found is forgotten on the way back")
	}
	c.Back()
	if s := c.State(); s.Found || len(s.Sent) != 1 || s.OwnerSeen != "" {
		t.Errorf("not everything is listed again: %+v", s)
	}
	problem(t, c, c.HandleFrame(ctx, "QR|066190000999|Khác"), "error.not-found")
}

func TestLostSlipWithItsOwnersCard(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.Choose(ctx, "DL27-2"))
	at(t, c, Looking)
	must(t, c.ToHandOver(ctx)) // there is no result
	at(t, c, Looking)
	must(t, c.Lost())
	at(t, c, Losing)
	problem(t, c, c.Reissue(ctx), "counter.owner-first")
	problem(t, c, c.HandleFrame(ctx, "rubbish"), "error.not-an-id")
	problem(t, c, c.HandleFrame(ctx, owner), "error.other-card")
	if s := c.State(); s.OwnerSeen != "" || s.Missing != "counter.owner-first" {
		t.Errorf("another's card counts: %+v", s)
	}
	must(t, c.HandleFrame(ctx, ofP2))
	f.slipErr = dossier.E(dossier.CodeStorageFull, nil)
	problem(t, c, c.Reissue(ctx), "error.storage-full")
	f.slipErr = errors.New("disk")
	problem(t, c, c.Reissue(ctx), "visit.unexpected")
	f.slipErr = dossier.E(dossier.CodeSlipLimit, nil)
	problem(t, c, c.Reissue(ctx), "error.slip-limit")
	f.slipErr = nil
	run, ok := c.BeginReissue()
	if _, again := c.BeginReissue(); !ok || again {
		t.Fatal("two slips at once")
	}
	c.Back() // nothing is left half-way
	at(t, c, Issuing)
	c.PrintChanged(0, 50, PrintWaits, "paper-out") // it is faster than the answer
	must(t, c.FinishReissue(run(ctx)))
	at(t, c, Issued)
	if s := c.State(); s.Paper.State != PrintWaits || s.Paper.Why != "paper-out" || s.Paper.Job != 50 {
		t.Errorf("the print is %+v", s.Paper)
	}
	c.PrintChanged(50, 51, PrintDone, "")
	if s := c.State(); s.Paper.State != PrintDone || s.Paper.Job != 51 {
		t.Errorf("the print is %+v", s.Paper)
	}
	one := NewSlip{Token: "t1", Packet: "p2", IDNumber: "066190000777", Card: dossier.CardScanned, Staff: "c1"}
	if d := cmp.Diff([]NewSlip{one, one, one, one}, f.slips); d != "" {
		t.Error(d)
	}
	c.Back()
	at(t, c, Home)
	if s := c.State(); s.Card.Packet != "" || s.OwnerSeen != "" {
		t.Errorf("something is left: %+v", s)
	}
}

func TestLostSlipWithATypedCard(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.Choose(ctx, "DL27-2"))
	must(t, c.Lost())
	c.TypeCard()
	at(t, c, TypingCard)
	problem(t, c, c.CardNumber(ctx, "12"), "error.not-an-id")
	problem(t, c, c.CardNumber(ctx, "066190000123"), "error.other-card")
	must(t, c.CardNumber(ctx, typed))
	at(t, c, Losing)
	problem(t, c, c.Reissue(ctx), "counter.look-first")
	c.Looked(true)
	must(t, c.Reissue(ctx))
	if len(f.slips) != 1 || f.slips[0].Card != dossier.CardTyped {
		t.Errorf("%+v", f.slips)
	}
	// A card that was typed to find the dossier counts, too, once it is looked at.
	c.Back()
	c.Find()
	must(t, c.FindBy(ctx, typed))
	must(t, c.Lost())
	if s := c.State(); s.OwnerSeen != dossier.CardTyped || s.Missing != "counter.look-first" {
		t.Errorf("%+v", s)
	}
}

// A slip that is lost when its result lies here: from the hand-over and back to it.
func TestLostSlipAtTheHandOver(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.Choose(ctx, "DL27-1"))
	at(t, c, Handover)
	must(t, c.Lost())
	c.Back()
	at(t, c, Handover)
	must(t, c.HandleFrame(ctx, "QR|066199999999|Y Thuận Êban")) // somebody collects for the owner
	must(t, c.Lost())
	if s := c.State(); s.OwnerSeen != "" {
		t.Errorf("the collector's card counts as the owner's: %+v", s)
	}
	c.Back()
	must(t, c.HandleFrame(ctx, owner))
	must(t, c.Lost())
	must(t, c.Reissue(ctx))
	if len(f.slips) != 1 || f.slips[0].Packet != "p1" || f.slips[0].Card != dossier.CardScanned {
		t.Errorf("%+v", f.slips)
	}
	f.cards[1].Handed = noon
	must(t, c.Refresh(ctx))
	c.Back()
	must(t, c.HandleFrame(ctx, owner)) // two are here, one of them handed over
	must(t, c.Choose(ctx, "DL27-4"))
	at(t, c, Looking)
	problem(t, c, c.Lost(), "counter.already-slip")
}

// A result that was handed over while its new slip was being given: the clerk reads
// that none is needed, and the owner's card still counts.
func TestHandedOverMeanwhile(t *testing.T) {
	ctx := context.Background()
	c, _ := login(t)
	must(t, c.Choose(ctx, "DL27-1"))
	must(t, c.HandleFrame(ctx, owner))
	must(t, c.Lost())
	_, ok := c.BeginReissue()
	if !ok {
		t.Fatal("nothing is given")
	}
	at(t, c, Issuing)
	problem(t, c, c.FinishReissue(0, dossier.E(dossier.CodeBadTransition, nil)), "counter.already-slip")
	at(t, c, Losing)
	if s := c.State(); s.OwnerSeen != dossier.CardScanned {
		t.Errorf("%+v", s)
	}
}

// A card by which dossiers were found counts for those, and for no other.
func TestFoundCardIsNotAnothers(t *testing.T) {
	ctx := context.Background()
	c, _ := login(t)
	must(t, c.HandleFrame(ctx, owner))
	must(t, c.Choose(ctx, "DL27-2"))
	must(t, c.Lost())
	if s := c.State(); s.OwnerSeen != "" || s.Missing != "counter.owner-first" {
		t.Errorf("%+v", s)
	}
}

// Whatever is done in whatever order, no new slip is given but for the dossier on
// the screen, to the owner of the card that was shown for it, and a typed card is
// looked at first.
func TestNoSlipUnchecked(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		c, f := newCounter(t)
		looked, tokens := false, map[string]string{}
		rt.Repeat(map[string]func(*rapid.T){
			"log in": func(*rapid.T) { _ = c.HandleFrame(ctx, "BADGE|clerk"); _ = c.Login(ctx, "1234") },
			"lock":   func(*rapid.T) { c.Lock() },
			"choose": func(rt *rapid.T) {
				_ = c.Choose(ctx, rapid.SampledFrom([]string{"DL27-1", "DL27-2", "DL27-3", "DL27-4"}).Draw(rt, "slip"))
			},
			"find": func(rt *rapid.T) {
				c.Find()
				_ = c.FindBy(ctx, rapid.SampledFrom([]string{"DL27-2", "066190000123", typed}).Draw(rt, "text"))
			},
			"scan": func(rt *rapid.T) {
				_ = c.HandleFrame(ctx, rapid.SampledFrom([]string{owner, ofP2, other, "SLIP DL27-1"}).Draw(rt, "code"))
			},
			"lost": func(*rapid.T) {
				if was := c.Step(); c.Lost() == nil && was != Losing && c.Step() == Losing {
					looked = false
				}
			},
			"type": func(rt *rapid.T) {
				c.TypeCard()
				if c.Step() == TypingCard {
					looked = false
				}
				_ = c.CardNumber(ctx, rapid.SampledFrom([]string{"066190000123", typed}).Draw(rt, "number"))
			},
			"look": func(*rapid.T) { c.Looked(true); looked = true },
			"back": func(*rapid.T) { c.Back() },
			"give": func(*rapid.T) {
				n, packet := len(f.slips), c.State().Card.Packet
				_ = c.Reissue(ctx)
				if len(f.slips) == n {
					return
				}
				s := f.slips[n]
				owns, _ := f.IsApplicant(ctx, packet, s.IDNumber)
				if s.Packet != packet || !owns || s.Card == dossier.CardTyped && !looked || s.Staff != "c1" {
					rt.Fatalf("unchecked: %+v for %s, looked: %v", s, packet, looked)
				}
				if was, ok := tokens[s.Token]; ok && was != packet {
					rt.Fatalf("one token for %s and %s", was, packet)
				}
				tokens[s.Token] = packet
			},
		})
	})
}

// A commit under a token that was used says what came of the first: a hand-over
// after a new slip that failed must not be told of that.
func TestAHandOverAfterAFailedNewSlip(t *testing.T) {
	ctx := context.Background()
	c, f := login(t)
	must(t, c.HandleFrame(ctx, "SLIP DL27-1"))
	must(t, c.HandleFrame(ctx, owner))
	c.GivenExactly()
	must(t, c.Lost())
	f.slipErr = errors.New("nobody knows whether it was kept")
	if c.Reissue(ctx) == nil {
		t.Fatal("no error")
	}
	c.Back()
	must(t, c.HandOver(ctx))
	at(t, c, Done)
	for key := range f.kept {
		if key == f.slips[0].Token+" p1" {
			t.Error("the hand-over took the new slip's token")
		}
	}
}

// What is scanned before the list was opened is looked for in what lies here.
func TestFoundBeforeTheListIsOpened(t *testing.T) {
	ctx := context.Background()
	for _, frame := range []string{ofP2, "SLIP DL27-1"} {
		c, _ := login(t)
		c.cards, c.read = nil, false
		if err := c.HandleFrame(ctx, frame); err != nil || c.State().Step == Home {
			t.Errorf("%q: %v, at %v", frame, err, c.State().Step)
		}
	}
	c, _ := login(t)
	c.cards, c.read = nil, false
	c.Find()
	must(t, c.FindBy(ctx, "dl27-2"))
	at(t, c, Looking)
}
