// Package drafts keeps the answers of a visit that may be interrupted: by a
// power cut, or by a screen that wiped itself.
//
// It promises
//   - that a draft opens only at this station, with the same card and the code
//     that was shown, that every try is counted on the disk before the code is
//     looked at, and that the third wrong one destroys the draft;
//   - that a draft grows old only while the station is on and its visit is over;
//   - that what was submitted cannot be opened to be submitted again;
//   - that [Keeper.Keep] and the other words of a visit wait for nothing.
//
// It refuses to know what is in a draft. It must not import anything of ours but
// sync/dossier and sync/seal.
package drafts

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

// AgeEvery is how often the drafts grow older: a station that is switched off in
// between gives them at most that much.
const AgeEvery = 10 * time.Second

// Store is where drafts lie, as sync/store has it.
type Store interface {
	PutDraft(ctx context.Context, id string, sealed []byte) error
	HasDraft(ctx context.Context, id string) (bool, error)
	TryDraft(ctx context.Context, id string) (sealed []byte, left int, err error)
	DropDraft(ctx context.Context, id string) error
	AgeDrafts(ctx context.Context, by time.Duration, but string) error
	Submitted(ctx context.Context, token string) (bool, error)
	DropFiles(ctx context.Context, draft string, only ...string) error
	LeaveFiles(draft string)
}

// Config is what a keeper needs.
type Config struct {
	Store   Store
	Storage []byte                     // the station's storage key
	Kept    func(code string, ok bool) // hears whether the last words of the visit with that code are on the disk
	Log     *slog.Logger               // nil: slog.Default()
}

// Draft is what a visit wants kept.
type Draft struct {
	Card string // what of the card must come again
	Code string // what is shown
	Text []byte // JSON
}

// Keeper keeps drafts. Its methods may be called from any goroutine.
type Keeper struct {
	c    Config
	wake chan struct{}

	mu      sync.Mutex
	pending []deed
	live    string // draft of the visit that goes on
}

// deed is something to do in order: keep, drop, or leave the visit's draft.
type deed struct {
	id          string
	keep        *Draft
	drop, leave bool
}

// New makes a keeper; Run does its work.
func New(c Config) *Keeper {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Kept == nil {
		c.Kept = func(string, bool) {}
	}
	return &Keeper{c: c, wake: make(chan struct{}, 1)}
}

// ID is the name under which a card's draft and its attachments lie.
func (k *Keeper) ID(card string) string { return seal.DraftID(k.c.Storage, card) }

// Keep keeps a draft soon; of several that wait only the newest is written.
func (k *Keeper) Keep(d Draft) {
	id := k.ID(d.Card)
	k.mu.Lock()
	k.live = id
	k.mu.Unlock()
	k.add(deed{id: id, keep: &d})
}

// Leave says that the visit is over: from now on its draft grows old.
func (k *Keeper) Leave(card string) {
	id := k.ID(card)
	k.mu.Lock()
	if k.live == id {
		k.live = ""
	}
	k.mu.Unlock()
	k.add(deed{id: id, leave: true})
}

// Drop destroys a card's draft soon.
func (k *Keeper) Drop(card string) { k.add(deed{id: k.ID(card), drop: true}) }

// add queues a deed. What waits for the same draft and cannot be seen any more
// is left out.
func (k *Keeper) add(d deed) {
	k.mu.Lock()
	rest := k.pending[:0]
	for _, p := range k.pending {
		if p.id != d.id || d.leave && !p.leave {
			rest = append(rest, p)
		}
	}
	k.pending = append(rest, d)
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Has reports whether a card's draft can be tried.
func (k *Keeper) Has(ctx context.Context, card string) bool {
	id := k.ID(card)
	k.mu.Lock()
	for _, p := range k.pending {
		if p.id == id && !p.leave {
			k.mu.Unlock()
			return p.keep != nil
		}
	}
	k.mu.Unlock()
	has, err := k.c.Store.HasDraft(ctx, id)
	if err != nil {
		k.c.Log.Warn("failed to look for a draft", "code", dossier.CodeOf(err), "err", err)
	}
	return has
}

// ErrSubmitted is a draft whose visit got its slip before the power failed.
var ErrSubmitted = errors.New("the draft was submitted already")

// Open opens a card's draft. token reads the submit token out of its text. A
// wrong code is dossier.CodeInvalid with the tries left; with none left, or when
// there is no draft, it is dossier.CodeNotFound.
func (k *Keeper) Open(ctx context.Context, card, typed string, token func(text []byte) string) (text []byte, left int, err error) {
	code, ok := seal.DraftCode(typed)
	if !ok { // not what any code looks like: no guess
		code = ""
	}
	id := k.ID(card)
	sealed, left, err := k.c.Store.TryDraft(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	text, _, err = seal.OpenDraft(k.c.Storage, card, code, sealed)
	if err == nil {
		if t := token(text); t != "" {
			done, err := k.c.Store.Submitted(ctx, t)
			if err != nil {
				return nil, left, err
			}
			if done {
				return nil, 0, errors.Join(ErrSubmitted, k.destroy(ctx, id))
			}
		}
		return text, left, nil
	}
	if left > 0 {
		return nil, left, err
	}
	return nil, 0, errors.Join(dossier.E(dossier.CodeNotFound, err), k.destroy(ctx, id))
}

func (k *Keeper) destroy(ctx context.Context, id string) error {
	return errors.Join(k.c.Store.DropDraft(ctx, id), k.c.Store.DropFiles(ctx, id))
}

// Run writes what is to be kept and lets the drafts grow old until ctx ends;
// then it writes what waits still.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(AgeEvery)
	defer tick.Stop()
	w := work{Keeper: k}
	last := time.Now() // monotonic: no corrected clock ages a draft
	for {
		select {
		case <-ctx.Done():
			w.all(context.WithoutCancel(ctx))
			return ctx.Err()
		case <-k.wake:
			w.all(ctx)
		case <-tick.C:
			k.mu.Lock()
			live := k.live
			k.mu.Unlock()
			now := time.Now()
			if err := k.c.Store.AgeDrafts(ctx, now.Sub(last), live); err != nil && ctx.Err() == nil {
				k.c.Log.Warn("failed to let drafts grow old", "code", dossier.CodeOf(err), "err", err)
				continue // the time is added next time
			}
			last = now
		}
	}
}

// work is one goroutine's: it remembers the lock of the present visit.
type work struct {
	*Keeper
	lock       *seal.DraftLock
	card, code string
}

func (w *work) all(ctx context.Context) {
	for {
		w.mu.Lock()
		if len(w.pending) == 0 {
			w.mu.Unlock()
			return
		}
		d := w.pending[0]
		w.mu.Unlock()
		w.do(ctx, d)
		w.mu.Lock()
		if len(w.pending) > 0 && w.pending[0] == d { // else something newer took its place
			w.pending = w.pending[1:]
		}
		w.mu.Unlock()
	}
}

func (w *work) do(ctx context.Context, d deed) {
	var err error
	switch {
	case d.leave:
		if w.lock != nil && w.lock.ID() == d.id {
			*w = work{Keeper: w.Keeper}
		}
		w.c.Store.LeaveFiles(d.id)
	case d.drop:
		err = w.destroy(ctx, d.id)
	default:
		err = w.keep(ctx, *d.keep)
		w.c.Kept(d.keep.Code, err == nil)
	}
	if err != nil {
		w.c.Log.Warn("failed to keep or to drop a draft", "code", dossier.CodeOf(err), "err", err)
	}
}

func (w *work) keep(ctx context.Context, d Draft) (err error) {
	if w.lock == nil || w.card != d.Card || w.code != d.Code {
		if w.lock, err = seal.NewDraftLock(w.c.Storage, d.Card, d.Code); err != nil {
			return err
		}
		w.card, w.code = d.Card, d.Code
	}
	sealed, err := w.lock.Seal(d.Text)
	if err != nil {
		return err
	}
	return w.c.Store.PutDraft(ctx, w.lock.ID(), sealed)
}
