package sim

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing/synctest"
	"time"

	"tramhoso/sync/portal"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/portal/sqlite"
)

// portalSim is the portal as a machine: a disk, and a program that runs or not.
type portalSim struct {
	w       *World
	dir     string // its disk
	next    string // what its disk was when it died; "" while it lives
	starts  int
	running *portalRun
	full    bool // its disk takes nothing more
	history int  // how often it was set back
}

// portalRun is one run of the program.
type portalRun struct {
	*portal.Portal
	led    *points
	server *http.Server
	served chan error

	mu   sync.Mutex
	dead bool // it was killed: nothing that it says is heard any more
}

func (r *portalRun) gone() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dead
}

func (p *portalSim) name() string { return "the portal" }

func (p *portalSim) install(from string) error {
	p.dir = p.w.disk("portal")
	return copyDisk(p.dir, from)
}

// start runs the program on its disk.
func (p *portalSim) start() (err error) {
	p.starts++
	c := machineClock{w: p.w, boot: p.w.now(), skew: func() time.Duration { return 0 }}.
		system(fmt.Sprintf("portal-%d", p.starts), nil)
	inner, err := sqlite.Open(p.w.ctx, filepath.Join(p.dir, "ledger.db"))
	if err != nil {
		return fmt.Errorf("failed to start the portal: %w", err)
	}
	r := &portalRun{led: &points{Store: inner, p: p}, served: make(chan error, 1)}
	p.running = r // from here on it can die
	defer func() {
		if err != nil {
			p.running = nil
		}
	}()
	o := portalOptions(p.dir, c, p.w.log)
	o.Store = r.led
	if r.Portal, err = portal.Open(p.w.ctx, o); err != nil {
		return errors.Join(fmt.Errorf("failed to start the portal: %w", err), inner.Close())
	}
	conf, err := r.TLSConfig()
	if err != nil {
		return errors.Join(err, inner.Close())
	}
	conf.NextProtos = nil
	ln := p.w.net.listen()
	r.server = &http.Server{Handler: p.w.carry(r), ReadHeaderTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(p.w.log.Handler(), slog.LevelDebug)}
	go func() { r.served <- r.server.Serve(tls.NewListener(ln, conf)) }()
	return nil
}

// stop ends the program in order.
func (p *portalSim) stop() error {
	r := p.running
	if r == nil {
		return nil
	}
	p.running = nil
	r.Stop()
	err := r.server.Close()
	p.w.net.unplug()
	if serr := <-r.served; !errors.Is(serr, http.ErrServerClosed) {
		err = errors.Join(err, serr)
	}
	synctest.Wait()
	return errors.Join(err, r.Portal.Close(), r.led.Close())
}

// die kills the program at this moment: what its disk holds now is all that it
// will know. The goroutines that are left talk to nobody.
func (p *portalSim) die(point string) {
	r := p.running
	r.mu.Lock()
	r.dead = true
	r.mu.Unlock()
	p.next = p.w.disk("portal")
	p.w.story.tell("the portal dies %s", point)
	if err := errors.Join(copyDisk(p.next, p.dir), p.w.freeze()); err != nil {
		p.w.story.wrong("%v", err)
	}
}

// bury clears away what was killed; the disk is as it was at that moment.
func (p *portalSim) bury() error {
	if p.next == "" {
		return nil
	}
	err := p.stop()
	p.w.scrap(p.dir)
	p.dir, p.next = p.next, ""
	return err
}

// restore sets the portal up anew from a backup and from its keys.
// Its files may be lost with it: then they come from the backup as well.
func (p *portalSim) restore(copied string, filesToo bool) error {
	if err := p.stop(); err != nil {
		return err
	}
	data, err := os.ReadFile(copied)
	if err != nil {
		return err
	}
	for _, name := range []string{"ledger.db", "ledger.db-wal", "ledger.db-shm"} {
		if err := os.Remove(filepath.Join(p.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(p.dir, "ledger.db"), data, 0o600); err != nil {
		return err
	}
	if filesToo {
		if err := os.RemoveAll(filepath.Join(p.dir, "files")); err != nil {
			return err
		}
		from := filepath.Join(p.dir, "backup", "files")
		if _, err := os.Stat(from); err == nil {
			if err := copyDisk(filepath.Join(p.dir, "files"), from); err != nil {
				return err
			}
		}
	}
	if err := p.start(); err != nil {
		return err
	}
	p.history++
	return p.relearn()
}

// relearn forgets the receipts that the portal does not have any more.
func (p *portalSim) relearn() error {
	return p.running.led.Store.View(p.w.ctx, func(r ledger.Reader) error {
		p.w.mu.Lock()
		defer p.w.mu.Unlock()
		for id := range p.w.signed {
			pk, err := r.Packet(id)
			if err != nil && !errors.Is(err, ledger.ErrNotFound) {
				return err
			}
			if err != nil || pk.State != p.w.signed[id].state {
				delete(p.w.signed, id)
			}
		}
		return nil
	})
}

// points is the portal's ledger with a named point around each write.
type points struct {
	ledger.Store
	p *portalSim
}

func (s *points) Update(ctx context.Context, fn func(ledger.Tx) error) error {
	s.p.w.pass(s.p, "before a transaction of the portal")
	err := s.Store.Update(ctx, func(tx ledger.Tx) error {
		at := &pointTx{Tx: tx, p: s.p}
		if err := fn(at); err != nil {
			return err
		}
		s.p.w.pass(s.p, "inside a transaction of the portal, before its commit")
		if s.p.full && at.wrote {
			return fmt.Errorf("failed to commit: %w", syscall.ENOSPC)
		}
		return nil
	})
	if err == nil {
		s.p.w.pass(s.p, "after a transaction of the portal")
	}
	return err
}

type pointTx struct {
	ledger.Tx
	p     *portalSim
	wrote bool
}

func (t *pointTx) at(what string, err error) error {
	if err == nil {
		t.wrote = true
		t.p.w.pass(t.p, "inside a transaction of the portal, after "+what)
	}
	return err
}

func (t *pointTx) NextReceipt(e int64) (uint64, error) {
	n, err := t.Tx.NextReceipt(e)
	return n, t.at("a receipt's number", err)
}

func (t *pointTx) AddPacket(pk ledger.Packet) error {
	return t.at("a packet", t.Tx.AddPacket(pk))
}

func (t *pointTx) PutDossier(d ledger.Dossier) error {
	return t.at("a dossier", t.Tx.PutDossier(d))
}

func (t *pointTx) AddStep(s ledger.Step) error { return t.at("a step", t.Tx.AddStep(s)) }

func (t *pointTx) AddEvent(e int64, sealed []byte, at time.Time) (uint64, error) {
	n, err := t.Tx.AddEvent(e, sealed, at)
	return n, t.at("an event", err)
}

func (t *pointTx) SetShelved(id string, shelved bool) error {
	return t.at("a shelf", t.Tx.SetShelved(id, shelved))
}

func (t *pointTx) SetDurable(e int64, n uint64) error {
	return t.at("a backup's mark", t.Tx.SetDurable(e, n))
}

func (t *pointTx) AddCatalogue(c ledger.Catalogue) error {
	return t.at("a catalogue", t.Tx.AddCatalogue(c))
}
