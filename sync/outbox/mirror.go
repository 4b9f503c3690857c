package outbox

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

const (
	mirrorEvery = 15 * time.Second // how soon a stick that came back is noticed
	mirrorSlow  = 5 * time.Minute  // longer than a bad stick takes for one packet with its attachments
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
	took  bool // the last pass found a station whose packets it may keep
	mu    sync.Mutex
	state MirrorState
	moved time.Time // while a pass lasts: when it last came further, monotonic
	ears  []func(MirrorState)
}

// How says how the second medium is, for a screen to put into words.
type How string

// The ways. HowUnknown: nobody has looked, or there is nothing to keep on it yet.
const (
	HowUnknown  How = ""
	HowWell     How = "well"
	HowCopying  How = "copying"   // it is being brought up to date
	HowSlow     How = "slow"      // for longer than any stick should take
	HowAbsent   How = "absent"    // it is not in the station, or not mounted
	HowOther    How = "other"     // it is another station's
	HowForeign  How = "foreign"   // it holds other files
	HowSetBack  How = "set-back"  // it knows more than this storage
	HowFull     How = "full"      // nothing fits on it any more
	HowReadOnly How = "read-only" // its switch, its file system or its age lets nobody write
	HowFailing  How = "failing"   // it does not keep what is written
)

// Hows are all ways but HowUnknown.
var Hows = []How{HowWell, HowCopying, HowSlow, HowAbsent, HowOther, HowForeign, HowSetBack, HowFull, HowReadOnly, HowFailing}

// howOf names what keeps the second medium from being written.
func howOf(err error) How {
	switch {
	case errors.Is(err, ErrNoMedium), errors.Is(err, ErrSameMedium), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENOTCONN):
		return HowAbsent
	case errors.Is(err, ErrOtherMedium):
		return HowOther
	case errors.Is(err, ErrForeign):
		return HowForeign
	case errors.Is(err, ErrSetBack):
		return HowSetBack
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT), errors.Is(err, unix.EFBIG):
		return HowFull
	case errors.Is(err, unix.EROFS), errors.Is(err, fs.ErrPermission):
		return HowReadOnly
	}
	return HowFailing
}

// MirrorState is what a screen may say about the second medium.
type MirrorState struct {
	Configured bool
	Present    bool // the folder was there at the last look, and is for this
	How        How
	Behind     int       // packets that are not on it
	Written    time.Time // when one was last written to it; zero: never
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
	st := m.state
	// A file system that hangs says nothing: only that it takes so long.
	if !m.moved.IsZero() && time.Since(m.moved) > mirrorSlow {
		st.How = HowSlow
	}
	return st
}

// OnState has f called, on the goroutine that mirrors, whenever State changes. Call
// it before Run.
func (m *Mirror) OnState(f func(MirrorState)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ears = append(m.ears, f)
}

// set changes the state and tells whoever listens.
func (m *Mirror) set(change func(*MirrorState)) {
	m.mu.Lock()
	was := m.state
	change(&m.state)
	st, now, ears := m.state, m.state, m.ears
	m.mu.Unlock()
	was.Err, now.Err = nil, nil // How tells them apart
	if was != now {
		for _, f := range ears {
			f(st)
		}
	}
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
		m.settle(ctx, err)
		t.Reset(mirrorEvery)
	}
}

// Pass brings the second medium up to date once, as Run does again and again. It
// must not be called while Run runs.
func (m *Mirror) Pass(ctx context.Context) error {
	err := m.pass(ctx)
	m.settle(ctx, err)
	return err
}

func (m *Mirror) settle(ctx context.Context, err error) {
	behind, written, cerr := m.store.Behind(ctx)
	if cerr != nil && ctx.Err() == nil {
		m.log.Warn("failed to see how far the second medium is behind", "err", cerr)
	}
	was := m.State().Err
	m.set(func(st *MirrorState) {
		st.How, st.Err = howOf(err), err
		switch {
		case err == nil && !m.took:
			st.How = HowUnknown
		case err == nil && behind > 0 && cerr == nil: // committed since the pass ended; news of it are on their way
			st.How = HowCopying
		case err == nil:
			st.How = HowWell
		}
		st.Present = err == nil || st.How == HowFull || st.How == HowReadOnly || st.How == HowSetBack || st.How == HowFailing
		if cerr == nil {
			st.Behind, st.Written = behind, written
		}
	})
	if err != nil && (was == nil || was.Error() != err.Error()) {
		m.log.Warn("second medium", "how", howOf(err), "behind", behind, "err", err)
	}
	if err == nil && was != nil {
		m.log.Info("second medium", "behind", behind)
	}
}

// pass brings the second medium up to date. Whatever goes wrong, the next pass
// looks it through anew.
func (m *Mirror) pass(ctx context.Context) (err error) {
	m.moves(time.Now())
	defer func() {
		m.ready = err == nil
		m.moves(time.Time{})
	}()
	m.took = false
	st, err := m.station()
	if dossier.CodeOf(err) == dossier.CodeNotEnrolled {
		return nil // nothing to mirror yet
	}
	if err != nil {
		return err
	}
	m.took = true
	if err := m.fits(st.Code); err != nil {
		return err
	}
	if !m.ready {
		if err := m.compare(ctx, st.Code); err != nil {
			return err
		}
	}
	for wrote := false; ctx.Err() == nil; wrote = true {
		list, err := m.store.Unmirrored(ctx, mirrorBatch)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return m.prune(ctx)
		}
		if err := m.copying(ctx, wrote); err != nil {
			return err
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
			m.moves(time.Now())
		}
		if err := m.store.MirrorWritten(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (m *Mirror) moves(at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.moved = at
}

// copying tells that packets are on their way to the medium, before the first of
// them is: it may hang on it.
func (m *Mirror) copying(ctx context.Context, wrote bool) error {
	behind, written, err := m.store.Behind(ctx)
	if err != nil {
		return err
	}
	m.set(func(st *MirrorState) {
		if st.Err != nil && !wrote {
			return // the same trouble again is no news
		}
		st.Present, st.How, st.Behind, st.Written, st.Err = true, HowCopying, behind, written, nil
	})
	return nil
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
