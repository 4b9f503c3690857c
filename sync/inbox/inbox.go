package inbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// Limits of following.
const (
	backOffFirst = time.Second
	backOffMost  = 5 * time.Second
	paceQuick    = time.Second      // answers that bring nothing and come faster than this
	pace         = 5 * time.Second  // are not asked for more often than this
	trustEvery   = 24 * time.Hour   // how often the trust bundle is looked at
	trustSoon    = 10 * time.Minute // likewise, while no key holds that a visit could begin with
	contactEvery = 10 * time.Minute // how often the time of the last contact is written down
	markBytes    = 16               // of a keyed hash that tells equal news
	quietEvery   = 10 * time.Minute // how often a station asks that was told to be quiet: a few KB an hour
)

// Portal is who is asked; client.Client is one. It is asked anew on every
// round, so that a station can be enrolled while Follow runs.
type Portal interface {
	Events(ctx context.Context, q wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error)
	Catalogue(ctx context.Context, tag string, part client.Fetched) (client.Fetched, error)
	Delta(ctx context.Context, from int) (client.Fetched, error)
	Staff(ctx context.Context, tag string) (client.Fetched, error)
	Trust(ctx context.Context, tag string) (client.Fetched, error)
	// Renew trades the station's certificate for a later one.
	Renew(ctx context.Context) error
}

// NoteKind says what a note is about.
type NoteKind string

// The notes.
const (
	NoteNews      NoteKind = "news"      // something happened to a dossier here
	NoteCatalogue NoteKind = "catalogue" // a newer catalogue took effect
	NoteStaff     NoteKind = "staff"     // a newer staff list took effect
	NoteContact   NoteKind = "contact"   // the portal answers again
	NoteLost      NoteKind = "lost"      // the portal does not answer any more
)

// Note tells a screen to look again. It holds no personal data.
type Note struct {
	Kind   NoteKind
	Packet string            // NoteNews: of the dossier
	Event  dossier.EventKind // NoteNews
	Status dossier.Status    // NoteNews
	File   bool              // NoteNews: a result's file came with it
	Code   dossier.Code      // NoteLost: why
}

// Config is what an inbox needs.
type Config struct {
	Store    *store.Store
	Keys     *seal.Keys
	Province *Province
	Now      func() time.Time    // never before the trusted floor; nil: time.Now
	Rand     func(n int64) int64 // draws 0 ≤ x < n; nil: math/rand
	Quiet    func() bool         // whether the network is to be spared now; nil: it never is
	Log      *slog.Logger        // nil: slog.Default()
}

// Inbox follows the portal.
type Inbox struct {
	c       Config
	wake    chan struct{}
	markKey []byte
	codeKey []byte
	tries   tries

	mu      sync.Mutex
	ears    []func(Note)
	contact time.Time // zero: never
	carried time.Time // likewise: when the portal signed the newest answer that was taken whole from a stick
	online  bool
	why     dossier.Code

	// Only Follow's goroutine touches these.
	trustAt time.Time // monotonic: when the trust bundle was looked at
	doubt   bool      // the portal answers with a signature that no key here made
	renewAt time.Time // monotonic: when a renewal was last tried
	written time.Time // when contact was written down
}

// New makes an inbox.
func New(ctx context.Context, c Config) (*Inbox, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Int64N
	}
	if c.Quiet == nil {
		c.Quiet = func() bool { return false }
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	key, err := seal.Subkey(c.Keys.Storage(), "news marks")
	if err != nil {
		return nil, err
	}
	in := &Inbox{c: c, wake: make(chan struct{}, 1), markKey: key}
	if in.codeKey, err = seal.Subkey(c.Keys.Storage(), "dossier codes"); err != nil {
		return nil, err
	}
	for name, at := range map[store.DocumentName]*time.Time{store.DocContact: &in.contact, store.DocCarried: &in.carried} {
		doc, err := c.Store.Document(ctx, name)
		switch {
		case dossier.CodeOf(err) == dossier.CodeNotFound:
		case err != nil:
			return nil, err
		default:
			*at = doc.At
		}
	}
	return in, nil
}

// OnNote has f called with every note, on the goroutine of Follow or of Take.
// Call it before both.
func (in *Inbox) OnNote(f func(Note)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.ears = append(in.ears, f)
}

// Wake ends a wait for the network.
func (in *Inbox) Wake() {
	select {
	case in.wake <- struct{}{}:
	default: // a nudge is on its way already
	}
}

// Contact says when the portal was last heard (zero: never), whether it answers
// now, and if not, why.
func (in *Inbox) Contact() (last time.Time, online bool, why dossier.Code) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.contact, in.online, in.why
}

// AsOf says up to when all is known here that the portal knew, by the network or
// by stick; zero: nothing ever came.
func (in *Inbox) AsOf() time.Time {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.carried.After(in.contact) {
		return in.carried
	}
	return in.contact
}

func (in *Inbox) tell(n Note) {
	in.mu.Lock()
	ears := in.ears
	in.mu.Unlock()
	for _, f := range ears {
		f(n)
	}
}

// Follow asks portal for events until ctx ends. While it is told to be quiet it
// does not hold a line open and fetches no catalogue, but goes on asking now and
// then: answers for people come, and the screens know whether there is a network.
func (in *Inbox) Follow(ctx context.Context, portal Portal) error {
	failures := 0
	for {
		began := time.Now()
		busy, err := in.round(ctx, portal)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, online, _ := in.Contact(); err != nil && online {
			in.c.Log.Warn("an answer could not be applied", "err", err)
		}
		var wait time.Duration
		switch {
		case in.c.Quiet():
			failures, wait = 0, quietEvery
		case err != nil:
			ceiling := backOffMost
			if failures < 10 && backOffFirst<<failures < ceiling {
				ceiling = backOffFirst << failures
			}
			wait = time.Duration(in.c.Rand(int64(ceiling))) + time.Millisecond
			failures++
		case !busy && time.Since(began) < paceQuick:
			failures, wait = 0, pace // something at the other end does not hold the poll
		default:
			failures = 0
			continue
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-in.wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// heard keeps what the last question says about the network.
func (in *Inbox) heard(ctx context.Context, err error) {
	in.mu.Lock()
	was, wasWhy := in.online, in.why
	in.online, in.why = err == nil, dossier.CodeOf(err)
	now := in.c.Now()
	if err == nil {
		in.contact = now
	}
	in.mu.Unlock()
	switch {
	case err == nil && !was:
		in.c.Log.Info("the portal answers")
		in.tell(Note{Kind: NoteContact})
	case err != nil && (was || wasWhy != dossier.CodeOf(err)):
		in.c.Log.Warn("the portal is not heard", "err", err)
		in.tell(Note{Kind: NoteLost, Code: dossier.CodeOf(err)})
	}
	if err == nil && (in.written.IsZero() || now.Sub(in.written) >= contactEvery) {
		in.written = now
		if err := in.c.Store.PutDocuments(ctx, map[store.DocumentName]store.Document{
			store.DocContact: {Content: []byte{}, At: now}}); err != nil && ctx.Err() == nil {
			in.c.Log.Warn("contact not written down", "err", err)
		}
	}
}

// round asks once and applies the answer. It is busy when the next question
// should follow at once.
func (in *Inbox) round(ctx context.Context, portal Portal) (busy bool, err error) {
	if _, err := in.c.Province.Enrolment(); err != nil {
		return false, err
	}
	in.lookAtIdentity(ctx, portal)
	if err := in.lookAtTrust(ctx, portal); err != nil {
		in.heard(ctx, err)
		return false, err
	}
	if err := in.lookAtStaff(ctx, portal); err != nil {
		in.heard(ctx, err)
		return false, err
	}
	cur, err := in.c.Store.Cursor(ctx)
	if err != nil {
		return false, err
	}
	seen, err := in.c.Store.LastCounter(ctx) // before asking: receipts may come meanwhile
	if err != nil {
		return false, err
	}
	known, wait := in.c.Province.Known(), in.wait()
	a, mark, err := portal.Events(ctx, wire.EventsQuery{After: wire.Cursor{Epoch: cur.Epoch, N: cur.N}, Wait: wait, Known: known})
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	in.heard(ctx, err)
	// Its key, or who vouches for the portal, may be newer than the bundle.
	in.doubt = dossier.CodeOf(err) == dossier.CodeInvalid || dossier.CauseOf(err) == client.CauseIntercepted
	if err != nil {
		return false, err
	}
	busy = wait == 0
	// First whose history this is: what it says about backups holds for that only.
	began, err := in.begin(ctx, cur, a.Epoch, mark.At)
	if err != nil {
		return false, err
	}
	if began {
		seen = 0 // of the history before
	}
	again, err := in.c.Store.Watermark(ctx, mark.Epoch, seen, mark.Counter, mark.Durable)
	if err != nil {
		return false, err
	}
	if again > 0 {
		in.c.Log.Warn("the portal was set back; offering again", "packets", again)
		if err := in.c.Store.HistoryFrom(ctx, mark.At); err != nil {
			return false, err
		}
	}
	applied, _, err := in.takeEvents(ctx, cur, a.Epoch, mark.At, a.Events)
	busy = busy || applied > 0
	if err != nil {
		return busy, err
	}
	fetched, err := in.refresh(ctx, portal, known, a.Hints)
	return busy || fetched, err
}

// wait is how long the portal may hold the answer: not at all while it has not
// been heard, so that the screens learn soon that it answers again.
func (in *Inbox) wait() time.Duration {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.online || in.c.Quiet() {
		return 0
	}
	return wire.MaxWait
}

// apply takes one event in the cursor's own transaction. One whose dossier was
// given a new slip meanwhile is sealed once more, to that: new slips are bounded,
// so this ends.
func (in *Inbox) apply(ctx context.Context, epoch string, e wire.SealedEvent) (kind dossier.EventKind, applied bool, err error) {
	var ev dossier.Event
	var cards []store.Card
	for try := 0; try <= store.MaxReissues; try++ {
		if ev, cards, err = in.cards(ctx, e); err != nil {
			return "", false, err
		}
		told := store.Told{Packet: ev.Packet, Status: ev.Status, Aside: ev.Aside}
		if applied, err = in.c.Store.Apply(ctx, store.Cursor{Epoch: epoch, N: e.N}, cards, told); !errors.Is(err, store.ErrNewSlip) {
			break
		}
	}
	if err != nil || !applied {
		return "", false, err
	}
	in.c.Log.Info("event applied", "n", e.N, "packet", ev.Packet, "status", int(ev.Status))
	if len(cards) > 0 || ev.Aside != nil {
		in.tell(Note{Kind: NoteNews, Packet: ev.Packet, Event: ev.Kind, Status: ev.Status, File: len(ev.Result) > 0})
	}
	return ev.Kind, true, nil
}

// cards turns an event into news for both cards. An event that can never be
// read, or that is about a dossier that is not here, becomes no card: it must
// not stop those behind it.
func (in *Inbox) cards(ctx context.Context, e wire.SealedEvent) (ev dossier.Event, cards []store.Card, err error) {
	plain, err := seal.OpenWith(e.Sealed, in.c.Keys.EventIdentity())
	if err == nil {
		err = json.Unmarshal(plain, &ev)
	}
	if err == nil && ev.Kind == dossier.EventAside {
		if ev.Aside == nil {
			ev.Aside = &dossier.Aside{}
		}
		return ev, nil, nil
	}
	if err == nil && !ev.Status.Valid() {
		err = dossier.Errorf(dossier.CodeInvalid, "status %d", int(ev.Status))
	}
	if err != nil {
		in.c.Log.Error("an event cannot be read", "n", e.N, "err", err)
		return dossier.Event{}, nil, nil
	}
	kept, err := in.c.Store.Kept(ctx, ev.Packet)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return ev, nil, nil
	}
	if err != nil {
		return ev, nil, err
	}
	counter, err := in.c.Province.Counter()
	if err != nil {
		return ev, nil, err
	}
	mark, err := in.mark(ev)
	if err != nil {
		return ev, nil, err
	}
	news, file := dossier.NewsOf(ev, in.c.Now()), []byte(nil)
	if news.Result != nil {
		if news.Result, file, err = in.sealResult(ev, counter); err != nil {
			return ev, nil, err
		}
	}
	if cards, err = outbox.SealNews(ev.Packet, mark, news, kept.CitizenKey, counter); err != nil {
		return ev, nil, err
	}
	for i := range cards {
		if cards[i].Class == store.ClassCounter {
			cards[i].File = file
			cards[i].Code = in.codeIndex(ev.Code)
		}
	}
	return ev, cards, nil
}

// mark is the same for the same event and tells nothing about it.
func (in *Inbox) mark(e dossier.Event) (string, error) {
	plain, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("failed to encode an event: %w", err)
	}
	m := hmac.New(sha256.New, in.markKey)
	m.Write(plain)
	return hex.EncodeToString(m.Sum(nil)[:markBytes]), nil
}

// lookAtTrust fetches the trust bundle now and then: keys change before they end.
func (in *Inbox) lookAtTrust(ctx context.Context, portal Portal) error {
	every := trustEvery
	if in.c.Province.CanSeal() != nil || in.doubt {
		every = trustSoon
	}
	if in.c.Province.Trust() != nil && !in.trustAt.IsZero() && time.Since(in.trustAt) < every {
		return nil
	}
	doc, err := in.c.Province.document(ctx, store.DocTrust)
	if err != nil {
		return err
	}
	f, err := portal.Trust(ctx, doc.Tag)
	if err != nil {
		return err
	}
	if f.Fresh {
		if err := in.c.Province.takeTrust(ctx, f); err != nil {
			return err
		}
	}
	in.trustAt = time.Now()
	return nil
}

// lookAtStaff fetches a staff list that was lost: without its counter key no event
// can be applied.
func (in *Inbox) lookAtStaff(ctx context.Context, portal Portal) error {
	if _, err := in.c.Province.Staff(); err == nil {
		return nil
	}
	f, err := portal.Staff(ctx, "")
	if err != nil {
		return err
	}
	if err := in.c.Province.takeStaff(ctx, f); err != nil {
		return err
	}
	in.tell(Note{Kind: NoteStaff})
	return nil
}

// refresh fetches what the portal hints at.
func (in *Inbox) refresh(ctx context.Context, portal Portal, known, hints wire.Hints) (fetched bool, err error) {
	if hints.Catalogue > known.Catalogue && !in.c.Quiet() {
		if fetched, err = in.fetchCatalogue(ctx, portal, known.Catalogue); err != nil {
			return false, err
		}
		if fetched {
			in.tell(Note{Kind: NoteCatalogue})
		}
	}
	if hints.Staff != "" && hints.Staff != known.Staff {
		f, err := portal.Staff(ctx, known.Staff)
		if err != nil {
			return fetched, err
		}
		if f.Fresh {
			if err := in.c.Province.takeStaff(ctx, f); err != nil {
				return fetched, err
			}
			fetched = true
			in.tell(Note{Kind: NoteStaff})
		}
	}
	return fetched, nil
}
