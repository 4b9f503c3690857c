package inbox

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
)

// CheckSlip says whether a slip still stands for a dossier that lies here, and
// which: CodeSlipUnknown, CodeSlipAltered; CodeSlipVoid when a newer slip
// replaced it, CodeSlipExpired when its dossier was handed over and destroyed
// since, CodeSlipElsewhere when it is another station's, and CodeNotFound when
// it is ours and nothing is known of it (a storage that was lost).
//
// CodeSlipElsewhere says of another station's slip that it was given, and not that
// it stands: a lost one and the one in its place carry the same signature, and
// which is void only the station knows that holds the dossier. Nothing opens with
// either here, and both send their holder there.
func (in *Inbox) CheckSlip(ctx context.Context, s token.Slip) (store.Kept, error) {
	if err := s.Verify(in.slipKey); err != nil {
		return store.Kept{}, err
	}
	kept, err := in.c.Store.Kept(ctx, s.PacketID)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return store.Kept{}, in.absent(ctx, s)
	}
	if err != nil {
		return store.Kept{}, err
	}
	// The signature covers the secret, so it was right once.
	if subtle.ConstantTimeCompare(seal.SlipCardPublic(s.Secret), kept.CitizenKey) != 1 {
		return store.Kept{}, dossier.Errorf(dossier.CodeSlipVoid, "slip: its secret was replaced")
	}
	return kept, nil
}

// absent says why there is no dossier under a good slip.
func (in *Inbox) absent(ctx context.Context, s token.Slip) error {
	own, err := in.c.Province.Station()
	if err != nil || own.Code != s.Station {
		return dossier.Errorf(dossier.CodeSlipElsewhere, "slip: of station %s", s.Station)
	}
	// A packet's head stays as evidence when its dossier is destroyed.
	if _, err := in.c.Store.Head(ctx, s.PacketID); err != nil {
		return err
	}
	return dossier.Errorf(dossier.CodeSlipExpired, "slip: its dossier was destroyed after its time")
}

// BySlip opens the citizen card of a scanned slip; codes as for CheckSlip.
func (in *Inbox) BySlip(ctx context.Context, s token.Slip) (dossier.CitizenCard, error) {
	kept, err := in.CheckSlip(ctx, s)
	if err != nil {
		return dossier.CitizenCard{}, err
	}
	records, err := in.c.Store.Cards(ctx, kept.Packet, store.ClassCitizen)
	if err != nil {
		return dossier.CitizenCard{}, err
	}
	var card dossier.CitizenCard
	track := func() *dossier.Track { return &card.Track }
	err = in.open(ctx, kept, store.ClassCitizen, records, &card, track, func(b []byte) ([]byte, error) {
		return seal.OpenCitizenCard(s.Secret, b)
	})
	return card, err
}

// slipKey knows this station's own key even without a catalogue.
func (in *Inbox) slipKey(station string) (ed25519.PublicKey, bool) {
	if own, err := in.c.Province.Station(); err == nil && own.Code == station {
		return ed25519.PublicKey(in.c.Keys.Public().Slip), true
	}
	cat, err := in.c.Province.Catalogue()
	if err != nil {
		return nil, false
	}
	return cat.SlipKey(station)
}

// ByIDNumber says how many dossiers lie here under an ID number, and nothing
// more: a card's number can be guessed and its QR copied. CodeTries when too many
// numbers were tried.
func (in *Inbox) ByIDNumber(ctx context.Context, number string) (int, error) {
	return in.tries.count(in.c.Now(), func() (int, error) {
		list, err := in.c.Store.KeptByID(ctx, seal.IDIndex(in.c.Keys.Storage(), number))
		return len(list), err
	})
}

// ByCode says how many dossiers lie here under an agency's code, as a person
// types it, and nothing more; codes as for ByIDNumber. A code is on letters and in
// registers: whoever reads one there must learn no more from it here.
func (in *Inbox) ByCode(ctx context.Context, code string) (int, error) {
	index := in.codeIndex(code)
	if index == "" {
		return 0, dossier.Errorf(dossier.CodeInvalid, "not a dossier code")
	}
	return in.tries.count(in.c.Now(), func() (int, error) { return in.c.Store.CountByCode(ctx, index) })
}

// codeIndex is what the store knows a code by; "" for what is none.
func (in *Inbox) codeIndex(code string) string {
	folded := dossier.FoldCode(code)
	if folded == "" {
		return ""
	}
	m := hmac.New(sha256.New, in.codeKey)
	m.Write([]byte(folded))
	return hex.EncodeToString(m.Sum(nil))
}

// HasSlip says whether a dossier lies here under a slip number, as a person
// types it, and nothing more; codes as for ByIDNumber.
func (in *Inbox) HasSlip(ctx context.Context, number string) (bool, error) {
	n, err := token.ParseSlipNumber(number)
	if err != nil {
		return false, err
	}
	here, err := in.tries.count(in.c.Now(), func() (int, error) {
		_, err := in.c.Store.KeptBySlip(ctx, n.String())
		if dossier.CodeOf(err) == dossier.CodeNotFound {
			return 0, nil
		}
		return 1, err
	})
	return here > 0, err
}

// ForClerk opens the counter cards of everything that lies here, for a staff
// log-in: results to collect first, then the newest; what was handed over last.
func (in *Inbox) ForClerk(ctx context.Context, id age.Identity) ([]dossier.CounterCard, error) {
	all, err := in.c.Store.AllKept(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]dossier.CounterCard, 0, len(all))
	for _, kept := range all {
		card, err := in.counterCard(ctx, kept, id)
		if dossier.CodeOf(err) == dossier.CodeInvalid {
			// Sealed to a counter key that was replaced: named, not hidden.
			card = dossier.CounterCard{Track: dossier.Track{Packet: kept.Packet, Slip: kept.Slip, Handed: kept.Handed}}
			in.c.Log.Warn("a counter card does not open", "packet", kept.Packet, "err", err)
		} else if err != nil {
			return nil, err
		}
		list = append(list, card)
	}
	slices.SortStableFunc(list, func(a, b dossier.CounterCard) int { return rank(a) - rank(b) })
	return list, nil
}

func rank(c dossier.CounterCard) int {
	switch {
	case c.Ready():
		return 0
	case c.Handed.IsZero():
		return 1
	}
	return 2
}

// CounterCard opens one counter card for a staff log-in.
func (in *Inbox) CounterCard(ctx context.Context, packet string, id age.Identity) (dossier.CounterCard, error) {
	kept, err := in.c.Store.Kept(ctx, packet)
	if err != nil {
		return dossier.CounterCard{}, err
	}
	return in.counterCard(ctx, kept, id)
}

func (in *Inbox) counterCard(ctx context.Context, kept store.Kept, id age.Identity) (dossier.CounterCard, error) {
	records, err := in.c.Store.Cards(ctx, kept.Packet, store.ClassCounter)
	if err != nil {
		return dossier.CounterCard{}, err
	}
	card, err := in.openCounter(ctx, kept, records, id)
	if err != nil {
		return card, err
	}
	card.File, err = in.resultFile(ctx, card.Track)
	return card, err
}

func (in *Inbox) openCounter(ctx context.Context, kept store.Kept, records [][]byte, id age.Identity) (dossier.CounterCard, error) {
	var card dossier.CounterCard
	track := func() *dossier.Track { return &card.Track }
	err := in.open(ctx, kept, store.ClassCounter, records, &card, track, func(b []byte) ([]byte, error) {
		if id == nil {
			return nil, errNoLogin()
		}
		return seal.OpenWith(b, id)
	})
	return card, err
}

func errNoLogin() error {
	return dossier.Errorf(dossier.CodeBadgeUnknown, "no log-in that opens counter cards")
}

// open reads a card's first record into card and its news behind it, and adds
// what the station itself knows.
func (in *Inbox) open(ctx context.Context, kept store.Kept, class store.Class, records [][]byte, card any, track func() *dossier.Track,
	unseal func([]byte) ([]byte, error)) error {
	if len(records) == 0 {
		return dossier.E(dossier.CodeNotFound, nil)
	}
	var news []dossier.News
	for i, sealed := range records {
		plain, err := unseal(sealed)
		if err != nil {
			return fmt.Errorf("failed to open a %s card: %w", class, err)
		}
		if i == 0 {
			err = json.Unmarshal(plain, card)
		} else {
			var n dossier.News
			err = json.Unmarshal(plain, &n)
			news = append(news, n)
		}
		if err != nil {
			return dossier.Errorf(dossier.CodeInvalid, "failed to read a %s card: %w", class, err)
		}
	}
	state, err := in.c.Store.State(ctx, kept.Packet)
	if err != nil {
		return err
	}
	t := track()
	if t.Packet != kept.Packet || !strings.EqualFold(t.Slip, kept.Slip) {
		return dossier.Errorf(dossier.CodeInvalid, "a %s card of another dossier", class)
	}
	t.News, t.Sent, t.Handed, t.AsOf = news, state.Taken, kept.Handed, in.AsOf()
	t.Withdrawn, err = in.c.Store.Withdrawal(ctx, kept.Packet)
	return err
}
