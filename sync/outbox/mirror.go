package outbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

const (
	mirrorEvery = 15 * time.Second // how soon a stick that came back is noticed
	mirrorBatch = 20               // packets between two looks at the context
)

// Why a second medium is not written to, besides what its file system says.
var (
	ErrNoMedium    = errors.New("the second medium is not there")
	ErrSameMedium  = errors.New("the second medium's folder lies on the first medium: its stick is not mounted")
	ErrOtherMedium = errors.New("the second medium is another station's")
	ErrForeign     = errors.New("the second medium holds other files and is not for this")
	ErrSetBack     = errors.New("the second medium holds packets of this station that the storage does not know: it was set back")
	errReadBack    = errors.New("it does not read back as it was written")
)

// Mirror copies ciphertext to a second medium, such as a stick in the counter.
// It works behind the commit and never holds it up. A packet counts as mirrored
// once it was read back from the medium. A medium that comes back, or another
// one in its place, gets everything that is not on it.
//
// It takes a folder that is empty, or that it began itself; it never makes one.
type Mirror struct {
	store   *store.Store
	dir     string
	station func() (Station, error)
	log     *slog.Logger
	// Device numbers the disk that a folder lies on; tests, whose folders lie on
	// one disk, put another in its place before Run.
	Device func(dir string) (uint64, error)

	ready bool // what lies on the medium was looked through since it came
	mu    sync.Mutex
	state MirrorState
}

// MirrorState is what a screen may say about the second medium.
type MirrorState struct {
	Configured bool
	Present    bool // the folder was there at the last look, and is for this
	Behind     int  // packets that are not on it yet, as far as counted
	Err        error
}

// NewMirror makes a mirror into dir, which must lie on the second medium itself
// and is never made: on a missing stick's mount point it would fill the first.
// An empty dir is a mirror that does nothing.
func NewMirror(s *store.Store, dir string, station func() (Station, error), log *slog.Logger) *Mirror {
	if log == nil {
		log = slog.Default()
	}
	return &Mirror{store: s, dir: dir, station: station, log: log, Device: deviceOf, state: MirrorState{Configured: dir != ""}}
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

// Pass brings the second medium up to date once, as Run does again and again. It
// must not be called while Run runs.
func (m *Mirror) Pass(ctx context.Context) error {
	err := m.pass(ctx)
	m.settle(err)
	return err
}

func (m *Mirror) settle(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.state.Err
	m.state.Present = err == nil || !errors.Is(err, ErrNoMedium) && !errors.Is(err, ErrSameMedium) && !errors.Is(err, ErrOtherMedium) && !errors.Is(err, ErrForeign)
	m.state.Err = err
	if err != nil && (was == nil || was.Error() != err.Error()) {
		m.log.Warn("second medium", "err", err)
	}
	if err == nil && was != nil {
		m.log.Info("second medium", "behind", m.state.Behind)
	}
}

// pass brings the second medium up to date. Whatever goes wrong, the next pass
// looks it through anew.
func (m *Mirror) pass(ctx context.Context) (err error) {
	defer func() { m.ready = err == nil }()
	st, err := m.station()
	if dossier.CodeOf(err) == dossier.CodeNotEnrolled {
		return nil // nothing to mirror yet
	}
	if err != nil {
		return err
	}
	if err := m.fits(st.Code); err != nil {
		return err
	}
	if !m.ready {
		if err := m.compare(ctx, st.Code); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		list, err := m.store.Unmirrored(ctx, mirrorBatch)
		if err != nil {
			return err
		}
		m.behind(len(list))
		if len(list) == 0 {
			return m.prune(ctx)
		}
		for _, p := range list {
			if err := keepFiles(m.dir, p.Head, m.store.OpenFile); err != nil {
				return err
			}
			if err := keepPacket(m.dir, p); err != nil {
				return err
			}
			if err := m.store.Mirrored(ctx, p.Head.ID); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (m *Mirror) behind(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state.Behind = n
}

// prune takes away what the portal keeps by now.
func (m *Mirror) prune(ctx context.Context) error {
	list, err := m.store.MirroredPurged(ctx, mirrorBatch)
	if err != nil {
		return err
	}
	for _, p := range list {
		if err := dropPacket(m.dir, p.Head); err != nil {
			return err
		}
		if err := m.store.Unmirror(ctx, p.Head.ID); err != nil {
			return err
		}
	}
	return nil
}
