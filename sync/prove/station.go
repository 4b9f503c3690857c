package prove

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"tramhoso/sync/client"
	"tramhoso/sync/clock"
	"tramhoso/sync/courier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// Station is a station without screens and devices, wired as the program is.
type Station struct {
	Store    *store.Store
	Keys     *seal.Keys
	Province *inbox.Province
	Link     *inbox.Link
	Outbox   *outbox.Outbox
	Queue    *outbox.Queue
	Files    *outbox.Files
	Inbox    *inbox.Inbox
	Courier  *courier.Courier
	Notes    chan inbox.Note // what the screens are told; bounded, the newest are dropped
	Queued   chan struct{}   // the state of the queue or of the files changed since it was last received from
}

// notes is more than a test waits behind.
const notes = 256

// Wiring is what a test puts in place of a station's surroundings.
type Wiring struct {
	Clock  clock.Clock
	Log    *slog.Logger
	Store  store.Options             // Now and Log are filled in
	Dial   client.Dial               // nil: TCP
	Rand   func(n int64) int64       // of back-offs; nil: math/rand
	NewID  func() (uuid.UUID, error) // of packets; nil: uuid.NewV7
	Signed func(signed time.Time)    // hears every signed time; may be nil
	OnNote func(note inbox.Note)     // hears every note besides Notes; may be nil
	OnWait func(state outbox.State)  // hears every state of the queue; may be nil
	Quiet  func() bool               // whether the inbox spares the network; may be nil
}

// OpenStation opens the station in dir.
func OpenStation(ctx context.Context, dir string, c clock.Clock, log *slog.Logger) (*Station, error) {
	return OpenWith(ctx, dir, Wiring{Clock: c, Log: log})
}

// OpenWith opens the station in dir with other surroundings than the usual.
func OpenWith(ctx context.Context, dir string, w Wiring) (s *Station, err error) {
	c, log := w.Clock, w.Log
	w.Store.Now, w.Store.Log = c.Now, log
	s = &Station{Notes: make(chan inbox.Note, notes), Queued: make(chan struct{}, 1)}
	if s.Keys, err = seal.OpenKeys(filepath.Join(dir, "keys")); err != nil {
		return nil, err
	}
	if s.Store, err = store.Open(ctx, filepath.Join(dir, "store"), w.Store); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Store.Close())
		}
	}()
	if s.Province, err = inbox.OpenProvince(ctx, s.Store, c.Now); err != nil {
		return nil, err
	}
	s.Link = &inbox.Link{Province: s.Province, Keys: s.Keys, Now: c.Now, Signed: w.Signed, Dial: w.Dial}
	s.Outbox = outbox.New(outbox.Config{Store: s.Store, Keys: s.Keys, Clock: c, Log: log,
		Station: s.Province.Station, Recipient: s.Province.Recipient, Counter: s.Province.Counter, NewID: w.NewID})
	s.Queue = outbox.NewQueue(s.Store, log, w.Rand)
	s.Files = outbox.NewFiles(s.Store, s.Queue, log, w.Rand)
	changed := func() {
		select {
		case s.Queued <- struct{}{}:
		default: // one is enough: whoever hears it looks at the newest
		}
	}
	s.Queue.OnState(func(st outbox.State) {
		if w.OnWait != nil {
			w.OnWait(st)
		}
		changed()
	})
	s.Files.OnState(func(outbox.FilesState) { changed() })
	if s.Inbox, err = inbox.New(ctx, inbox.Config{Store: s.Store, Keys: s.Keys, Province: s.Province, Now: c.Now, Log: log, Rand: w.Rand, Quiet: w.Quiet}); err != nil {
		return nil, err
	}
	s.Courier = &courier.Courier{Store: s.Store, Keys: s.Keys, Province: s.Province, Inbox: s.Inbox, Now: c.Now, Signed: w.Signed, Log: log}
	s.Inbox.OnNote(func(n inbox.Note) {
		if w.OnNote != nil {
			w.OnNote(n)
		}
		if n.Kind == inbox.NoteContact {
			s.Queue.Wake()
			s.Files.Wake()
		}
		select {
		case s.Notes <- n:
		default: // nobody listens
		}
	})
	return s, nil
}

// Run sends and follows until ctx ends.
func (s *Station) Run(ctx context.Context, sender outbox.Sender, portal inbox.Portal) error {
	done := make(chan error, 3)
	go func() { done <- s.Queue.Run(ctx, sender) }()
	go func() { done <- s.Inbox.Follow(ctx, portal) }()
	go func() { done <- s.Files.Run(ctx, s.Link) }()
	return errors.Join(<-done, <-done, <-done)
}

// Close ends the station; nothing may run any more.
func (s *Station) Close() error {
	s.Link.Close()
	return s.Store.Close()
}
