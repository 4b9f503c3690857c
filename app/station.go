package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/config"
	"tramhoso/app/devices"
	"tramhoso/app/paper"
	"tramhoso/app/visit"
	"tramhoso/assets"
	"tramhoso/device/printer"
	"tramhoso/device/scanner"
	"tramhoso/sync/audit"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/drafts"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/seal/tpm"
	"tramhoso/sync/staff"
	"tramhoso/sync/store"
)

// station is everything but the screen. Without storage it still shows what it
// cannot do and why: then kept is nil and broken says the reason.
type station struct {
	cfg    config.Config
	log    *slog.Logger
	clock  *clock.Adjustable
	system *clock.System
	broken error
	*kept

	post     func(func()) // runs on the user interface's goroutine
	printing paper.Observer
	paging   func(paper.Event)          // what becomes of pages
	drafted  func(code string, ok bool) // what becomes of a visit's draft
	idle     *visit.Idle
	devices  serial
	pages    devices.Pages
	power    supply
	quit     func()      // ends the program as closing its window does
	anew     atomic.Bool // and it begins again, with another storage
	scan     *scanner.Scanner
	room     room
	diskFull atomic.Bool // tours: the disk is said to be full
	calls    calls
	reopen   time.Duration // between two tries to open the storage
	work     sync.WaitGroup
	mistakes mistakes
	ctx      context.Context
	cancel   context.CancelFunc
}

// kept is what needs storage.
type kept struct {
	store    *store.Store
	keys     *seal.Keys
	province *inbox.Province
	inbox    *inbox.Inbox
	link     *inbox.Link
	outbox   *outbox.Outbox
	queue    *outbox.Queue
	files    *outbox.Files
	pause    *outbox.Pause // of sending, by hand
	mirror   *outbox.Mirror
	press    *paper.Press
	sheets   *paper.Press // the page printer's
	door     *staff.Door
	journal  *audit.Log
	drafts   *drafts.Keeper
	guarded  bool // the keys are wrapped by a TPM
	closed   bool // there is a TPM, and the program may not open it
}

// openStation opens the storage and what stands on it. It never fails: a
// station that cannot keep anything says so on its screen.
func openStation(ctx context.Context, cfg config.Config, log *slog.Logger) *station {
	s := &station{cfg: cfg, log: log, post: fyne.Do, reopen: reopenEvery, paging: func(paper.Event) {}, drafted: func(string, bool) {}, printing: paper.Observer{Job: func(paper.Event) {}, Status: func(printer.Status) {}}}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.quit = s.cancel
	s.devices.Init(cfg)
	s.power.Init()
	s.openPages()
	var floor, sure time.Time
	st, err := store.Open(s.ctx, cfg.Storage, store.Options{Log: log, Free: s.freeBytes, Now: s.now, Sure: s.sure})
	if err == nil {
		floor = storedFloor(s.ctx, st)
		if sure, err = st.Sure(s.ctx); err != nil {
			_ = st.Close()
		}
	}
	s.system = clock.NewSystem(clock.Options{Floor: floor, Sure: sure, OnFloor: func(t time.Time) {
		if s.kept != nil {
			storeFloor(s.ctx, s.store, t, log)
		}
	}})
	s.clock = clock.NewAdjustable(s.system)
	s.scan = newScanner(cfg.Scanner, s.clock, log)
	if err == nil {
		s.kept, err = s.keep(st)
		if err != nil {
			_ = st.Close()
		}
	}
	if err != nil {
		s.kept, s.broken = nil, err
		log.Error("the station cannot keep anything", "code", dossier.CodeOf(err), "err", err)
		if errors.Is(err, store.ErrDamaged) {
			s.salvage()
		}
	}
	return s
}

// now is the station's time, and the machine's until the floor has been read.
func (s *station) now() time.Time {
	if s.clock == nil {
		return time.Now()
	}
	return s.clock.Now()
}

// sure is the latest time that has come for certain; none until the floor has been
// read.
func (s *station) sure() (time.Time, bool) {
	if s.clock == nil {
		return time.Time{}, false
	}
	at, exact := s.system.Sure()
	if !at.IsZero() {
		at = at.Add(s.clock.Offset())
	}
	return at, exact
}

func (s *station) keep(st *store.Store) (*kept, error) {
	keys, guarded, why, err := s.openKeys(filepath.Join(s.cfg.Storage, "keys"))
	if err != nil {
		return nil, dossier.E(dossier.CodeStorageReadOnly, err)
	}
	province, err := inbox.OpenProvince(s.ctx, st, s.clock.Now)
	if err != nil {
		return nil, err
	}
	s.system.Floor(province.Signed()) // before the first receipt nothing else tells a lost clock
	pause, err := outbox.OpenPause(s.ctx, st, s.clock, s.log)
	if err != nil {
		return nil, err
	}
	in, err := inbox.New(s.ctx, inbox.Config{Store: st, Keys: keys, Province: province, Now: s.clock.Now, Log: s.log,
		Quiet: func() bool { return pause.Left() > 0 }})
	if err != nil {
		return nil, err
	}
	k := &kept{store: st, keys: keys, guarded: guarded, closed: errors.Is(why, tpm.ErrAccess), province: province, inbox: in, door: staff.NewDoor(s.clock)}
	k.link = &inbox.Link{Province: province, Keys: keys, Now: s.clock.Now, Signed: s.system.Floor}
	k.outbox = outbox.New(outbox.Config{Store: st, Keys: keys, Clock: s.clock, Station: province.Station,
		Recipient: province.Recipient, Counter: province.Counter, Log: s.log})
	k.queue = outbox.NewQueue(st, s.log, nil)
	k.files = outbox.NewFiles(st, k.queue, s.log, nil)
	k.pause = pause
	k.queue.Obey(pause)
	k.files.Obey(pause)
	if err := s.spareNetwork(k); err != nil {
		return nil, err
	}
	k.journal = newJournal(k, s)
	k.drafts = s.openDrafts(k)
	k.press = paper.NewPress(jobs{k.outbox, st}, paper.Observer{
		Job:    func(e paper.Event) { s.printing.Job(e) },
		Status: func(now printer.Status) { s.printing.Status(now) },
	})
	k.sheets = paper.NewPress(jobs{k.outbox, st}, paper.Observer{Job: func(e paper.Event) { s.paging(e) }})
	k.sheets.Pauses.Status, k.sheets.Pauses.Ready = pageEvery, pageHelp
	k.mirror = outbox.NewMirror(st, s.cfg.Mirror, province.Station, s.log)
	return k, nil
}

// close waits for everything that start began, then closes the storage.
func (s *station) close() {
	s.cancel()
	s.work.Wait()
	if s.kept != nil {
		s.link.Close()
		if err := s.store.Close(); err != nil {
			s.log.Error("failed to close the storage", "err", err)
		}
	}
}

// goes runs work that close waits for. What is not meant to end is logged when
// it does.
func (s *station) goes(name string, f func(context.Context) error) {
	s.beside(name, func() {
		if err := f(s.ctx); err != nil && !errors.Is(err, context.Canceled) {
			s.log.Error("ended", "what", name, "err", err)
		}
	})
}

// catalogue is the newest one, or nil.
func (s *station) catalogue() *catalogue.Catalogue {
	if s.kept == nil {
		return nil
	}
	c, err := s.province.Catalogue()
	if err != nil {
		return nil
	}
	return c
}

// name is what the station is called; before it is enrolled, the program's name.
func (s *station) name(lang string) string {
	if s.kept != nil {
		if e, err := s.province.Enrolment(); err == nil {
			return e.Station.Name
		}
	}
	return words(lang).T("app.name")
}

// nameOf is what a station of the province is called; one that the catalogue
// does not know is named by its code.
func (s *station) nameOf(code, lang string) string {
	if c := s.catalogue(); c != nil {
		if st, ok := c.Station(code); ok {
			return st.Name.In(lang)
		}
	}
	if code == s.code() {
		return s.name(lang)
	}
	return code
}

func (s *station) code() string {
	if s.kept != nil {
		if e, err := s.province.Enrolment(); err == nil {
			return e.Station.Code
		}
	}
	return ""
}

// facts decide whether a visit that starts can finish.
func (s *station) facts() visit.Facts {
	printerNow, _ := s.devices.States()
	f := visit.Facts{Time: s.clock.Now(), Printer: printerForVisit[printerNow], OnBattery: s.power.OnBattery()}
	if s.kept == nil {
		f.Enrolled, f.StorageClosed = true, true // whether it is enrolled lies in there
		switch dossier.CodeOf(s.broken) {
		case dossier.CodeStorageDamaged:
			f.StorageDamaged = true
		case dossier.CodeStorageInUse:
			f.StorageInUse = true
		case dossier.CodeStorageNewer:
			f.StorageNewer = true
		case dossier.CodeStorageFull: // no room for a visit
		default:
			f.StorageReadOnly = true
		}
		return f
	}
	_, err := s.province.Enrolment()
	f.Enrolled, f.NoKey = err == nil, s.province.CanSeal() != nil
	f.StorageReadOnly, f.VisitsLeft = s.room.look(s.ctx, s.store, s.diskFull.Load())
	if c := s.catalogue(); c != nil {
		f.CatalogueVersion = c.Version()
		f.CatalogueAge = s.clock.Now().Sub(s.catalogueSeen())
	}
	return f
}

// catalogueSeen is when the portal last confirmed the catalogue, by whatever way.
func (s *station) catalogueSeen() time.Time {
	seen := time.Time{}
	if d, err := s.store.Document(s.ctx, store.DocCatalogue); err == nil {
		seen = d.At
	}
	if last := s.inbox.AsOf(); last.After(seen) {
		seen = last
	}
	return seen
}

func (s *station) freeBytes(dir string) (int64, error) {
	if s.diskFull.Load() {
		return 0, nil
	}
	return store.FreeBytes(dir)
}

func storedFloor(ctx context.Context, st *store.Store) time.Time {
	d, err := st.Document(ctx, store.DocTime)
	if err != nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, string(d.Content))
	if err != nil {
		return time.Time{}
	}
	return t
}

func storeFloor(ctx context.Context, st *store.Store, t time.Time, log *slog.Logger) {
	if err := st.PutDocument(ctx, store.DocTime, "", []byte(t.UTC().Format(time.RFC3339Nano))); err != nil && ctx.Err() == nil {
		log.Warn("failed to keep the trusted floor", "err", err)
	}
}

// words are the embedded texts.
func words(lang string) *assets.Words { return assets.Must(lang) }

func randomToken() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}
