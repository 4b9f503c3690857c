package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

const (
	mirrorEvery = 15 * time.Second // how soon a stick that came back is noticed
	mirrorBatch = 20               // packets between two looks at the context
	mirrorExt   = ".packet"
)

// Mirror copies ciphertext to a second medium, such as a stick in the counter.
// It works behind the commit and never holds it up.
type Mirror struct {
	store *store.Store
	dir   string
	log   *slog.Logger

	mu    sync.Mutex
	state MirrorState
}

// MirrorState is what a screen may say about the second medium.
type MirrorState struct {
	Configured bool
	Present    bool // the folder was there at the last look
	Behind     int  // packets that are not on it yet, as far as counted
	Err        error
}

// NewMirror makes a mirror into dir, which must lie on the second medium itself
// and is never made: on a missing stick's mount point it would fill the first.
// An empty dir is a mirror that does nothing.
func NewMirror(s *store.Store, dir string, log *slog.Logger) *Mirror {
	if log == nil {
		log = slog.Default()
	}
	return &Mirror{store: s, dir: dir, log: log, state: MirrorState{Configured: dir != ""}}
}

// State says how the second medium is.
func (m *Mirror) State() MirrorState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state
}

// Run mirrors until ctx ends.
func (m *Mirror) Run(ctx context.Context) error {
	if m.dir == "" {
		<-ctx.Done()
		return ctx.Err()
	}
	news, stop := m.store.Changed()
	defer stop()
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-news:
		case <-t.C:
		}
		err := m.pass(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m.settle(err)
		t.Reset(mirrorEvery)
	}
}

func (m *Mirror) settle(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.state.Err
	m.state.Present = !errors.Is(err, errNoMedium)
	m.state.Err = err
	if err != nil && (was == nil || was.Error() != err.Error()) {
		m.log.Warn("second medium", "err", err)
	}
}

var errNoMedium = errors.New("the second medium is not there")

// pass brings the second medium up to date.
func (m *Mirror) pass(ctx context.Context) error {
	info, err := os.Stat(m.dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		err = errNoMedium
	}
	for err == nil && ctx.Err() == nil {
		var list []dossier.Packet
		if list, err = m.store.Unmirrored(ctx, mirrorBatch); err != nil || len(list) == 0 {
			break
		}
		m.behind(len(list))
		for _, p := range list {
			if err = m.write(ctx, p); err != nil {
				return err
			}
		}
	}
	if err != nil {
		return err
	}
	m.behind(0)
	return m.prune(ctx)
}

func (m *Mirror) behind(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state.Behind = n
}

func (m *Mirror) name(h dossier.Head) string {
	return filepath.Join(m.dir, fmt.Sprintf("%s-%010d-%s%s", h.Station, h.Seq, h.ID, mirrorExt))
}

// write notes a packet only once it is whole on the medium.
func (m *Mirror) write(ctx context.Context, p dossier.Packet) error {
	if err := writeWhole(m.dir, m.name(p.Head), wire.EncodePacket(p)); err != nil {
		return fmt.Errorf("failed to mirror packet %d: %w", p.Head.Seq, err)
	}
	return m.store.Mirrored(ctx, p.Head.ID)
}

// writeWhole leaves a file that is whole or absent after a power cut: file and
// folder are synced, and the name is given last. Sticks have file systems
// without links, so it renames; the same packet again replaces equal bytes.
func writeWhole(dir, name string, data []byte) (err error) {
	tmp := name + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, name); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// prune takes away what the portal keeps by now.
func (m *Mirror) prune(ctx context.Context) error {
	list, err := m.store.MirroredPurged(ctx, mirrorBatch)
	if err != nil {
		return err
	}
	for _, p := range list {
		if err := os.Remove(m.name(p.Head)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("failed to remove a mirrored packet: %w", err)
		}
		if err := m.store.Unmirror(ctx, p.Head.ID); err != nil {
			return err
		}
	}
	return nil
}
