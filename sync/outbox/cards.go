package outbox

import (
	"encoding/json"
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// SealFirst seals both cards of a new dossier: the citizen's to the public key
// of the slip, the counter's to the counter recipients.
func SealFirst(citizen dossier.CitizenCard, counter dossier.CounterCard, public []byte, recipients []string) ([]store.Card, error) {
	return sealBoth(citizen.Packet, store.MarkFirst, citizen, counter, public, recipients)
}

// SealNews seals one piece of news for both cards. mark is the same for the same
// news and tells nothing about it. The counter's card is told without Form 01,
// which no list of a clerk's needs; it lies beside it as a spare, for the day on
// which the slip is lost. The citizen's is told without the result's note, which is
// for whoever prints it.
func SealNews(packet, mark string, n dossier.News, public []byte, recipients []string) ([]store.Card, error) {
	short := n
	short.Form01, n.Result = nil, nil
	cards, err := sealBoth(packet, mark, n, short, public, recipients)
	if err != nil || n.Form01 == nil {
		return cards, err
	}
	spare, err := json.Marshal(n.Form01)
	if err != nil {
		return nil, fmt.Errorf("failed to encode a form 01: %w", err)
	}
	cards[0].Spare, err = seal.SealToRecipients(spare, recipients...)
	return cards, err
}

// Record is one of a citizen card's records, opened: the card itself with the
// mark of the first, or a piece of news.
type Record struct {
	Mark    string
	Content any
}

// sealCitizen seals the records of a whole card to the public key of a slip.
func sealCitizen(packet string, list []Record, public []byte) (cards []store.Card, err error) {
	for _, r := range list {
		plain, err := json.Marshal(r.Content)
		if err != nil {
			return nil, fmt.Errorf("failed to encode a citizen card: %w", err)
		}
		sealed, err := seal.SealCitizenCard(public, plain)
		if err != nil {
			return nil, err
		}
		cards = append(cards, store.Card{Packet: packet, Class: store.ClassCitizen, Mark: r.Mark, Sealed: sealed, To: public})
	}
	return cards, nil
}

func sealBoth(packet, mark string, citizen, counter any, public []byte, recipients []string) ([]store.Card, error) {
	plain, err := json.Marshal(citizen)
	if err != nil {
		return nil, fmt.Errorf("failed to encode a citizen card: %w", err)
	}
	toCitizen, err := seal.SealCitizenCard(public, plain)
	if err != nil {
		return nil, err
	}
	if plain, err = json.Marshal(counter); err != nil {
		return nil, fmt.Errorf("failed to encode a counter card: %w", err)
	}
	toCounter, err := seal.SealToRecipients(plain, recipients...)
	if err != nil {
		return nil, err
	}
	return []store.Card{
		{Packet: packet, Class: store.ClassCitizen, Mark: mark, Sealed: toCitizen, To: public},
		{Packet: packet, Class: store.ClassCounter, Mark: mark, Sealed: toCounter},
	}, nil
}
