package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"tramhoso/sync/portal/ledger"
)

const (
	// contactsEvery is how often contacts are written down, all in one transaction: a
	// station polls every half minute, and a write for each poll of 5,000 stations
	// would be 170 a second. What a crash forgets is no older than this.
	contactsEvery = 5 * time.Minute
	docContacts   = "contacts"
)

// contacts remembers when each enrolment was last heard. The zero value is ready for
// use; its size is that of the ledger's enrolments.
type contacts struct {
	mu    sync.Mutex
	at    map[int64]time.Time
	since time.Time // before which nothing is known; zero: nobody was ever heard
	dirty bool
}

// keptContacts is the document: times of the wall in seconds, by enrolment.
type keptContacts struct {
	Since int64           `json:"since"`
	At    map[int64]int64 `json:"at"`
}

func (c *contacts) heard(enrolment int64, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at == nil {
		c.at = map[int64]time.Time{}
	}
	c.at[enrolment], c.dirty = at, true
}

// last is when an enrolment was heard, or zero, and since when that is known.
func (c *contacts) last(enrolment int64) (at, since time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at[enrolment], c.since
}

// load takes up what was kept. Of what cannot be read nothing is known: no portal
// stays closed for it.
func (c *contacts) load(data []byte, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var kept keptContacts
	c.at, c.since, c.dirty = map[int64]time.Time{}, now, true
	if data == nil {
		return nil
	}
	if err := json.Unmarshal(data, &kept); err != nil {
		return fmt.Errorf("failed to read when stations were heard: %w", err)
	}
	c.since, c.dirty = time.Unix(kept.Since, 0).UTC(), false
	for id, at := range kept.At {
		c.at[id] = time.Unix(at, 0).UTC()
	}
	return nil
}

// take is what is to be written, nil where nothing has changed.
func (c *contacts) take() (map[int64]time.Time, time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.dirty {
		return nil, c.since
	}
	c.dirty = false
	return maps.Clone(c.at), c.since
}

// again marks what take gave as not written.
func (c *contacts) again() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dirty = true
}

func (p *Portal) loadContacts(ctx context.Context) error {
	var data []byte
	if err := p.store.View(ctx, func(r ledger.Reader) (err error) {
		data, err = r.Document(docContacts)
		if errors.Is(err, ledger.ErrNotFound) {
			return nil
		}
		return err
	}); err != nil {
		return fmt.Errorf("failed to learn when stations were heard: %w", err)
	}
	if err := p.contacts.load(data, p.now()); err != nil {
		p.log.Error("when stations were heard is not known any more", "err", err)
	}
	return nil
}

// keepContacts writes down when stations were heard, where anything has changed.
func (p *Portal) keepContacts(ctx context.Context) error {
	at, since := p.contacts.take()
	if at == nil {
		return nil
	}
	kept := keptContacts{Since: since.Unix(), At: make(map[int64]int64, len(at))}
	for id, t := range at {
		kept.At[id] = t.Unix()
	}
	data, err := json.Marshal(kept)
	if err == nil {
		err = p.store.Update(ctx, func(tx ledger.Tx) error { return tx.PutDocument(docContacts, data) })
	}
	if err != nil {
		p.contacts.again()
		return fmt.Errorf("failed to keep when stations were heard: %w", err)
	}
	return nil
}

// watchContacts keeps contacts every contactsEvery until ctx ends.
func (p *Portal) watchContacts(ctx context.Context) {
	t := time.NewTicker(contactsEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		if err := p.keepContacts(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("contacts are not kept", "err", err)
		}
	}
}

// ageWords say how long ago a station was heard, as people count.
func ageWords(age time.Duration) string {
	switch {
	case age < -time.Minute: // the clock was set back
		return "theo đồng hồ lúc đó"
	case age < 2*time.Minute:
		return "vừa xong"
	case age < 2*time.Hour:
		return fmt.Sprintf("%d phút trước", int(age.Minutes()))
	case age < 48*time.Hour:
		return fmt.Sprintf("%d giờ trước", int(age.Hours()))
	default:
		return fmt.Sprintf("%d ngày trước", int(age.Hours()/24))
	}
}

// heardWords say when a station was heard, and of one that was not since when nobody
// has heard it.
func heardWords(at, since, now time.Time) string {
	if at.IsZero() {
		return "chưa, kể từ " + clockOf(since)
	}
	return clockOf(at) + " (" + ageWords(now.Sub(at)) + ")"
}

func clockOf(t time.Time) string { return t.In(vietnam).Format("15:04 02/01/2006") }
