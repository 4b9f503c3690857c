package store

import (
	"context"
	"fmt"
)

// The database's log is moved into the database beside the commits: whoever taps
// "submit" waits for the log's sync and never for a thousand pages.
const (
	// movePages is how long the log is when it is moved: SQLite's own measure,
	// 4 MB, is much more than a day of visits and little to read at a start.
	movePages = 1000
	// moveAtCommit is where a commit does move it after all, because the log grew
	// faster than it was moved or something reads for long. What was moved before
	// is not moved again, so this waits for little.
	moveAtCommit = 4 * movePages
	// lookEvery is how many transactions pass before the log's length is looked at:
	// a submit takes some eight pages.
	lookEvery = 32
)

// mover moves the log on a goroutine of its own.
type mover struct {
	nudge chan struct{}
	done  chan struct{}
	end   context.CancelFunc
}

// startMover has the log moved from now on.
func (s *Store) startMover() {
	ctx, end := context.WithCancel(context.Background())
	m := &mover{nudge: make(chan struct{}, 1), done: make(chan struct{}), end: end}
	s.mover = m
	go func() {
		defer close(m.done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-m.nudge:
			}
			if err := s.moveLong(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("the database's log was not moved", "err", err)
			}
		}
	}()
}

func (m *mover) stop() {
	m.end()
	<-m.done
}

// committed counts a transaction and has the log looked at now and then.
func (s *Store) committed() {
	if s.commits.Add(1)%lookEvery != 0 || s.mover == nil {
		return
	}
	select {
	case s.mover.nudge <- struct{}{}:
	default: // it has not looked since the last time
	}
}

// moveLong moves the log if it has grown long.
func (s *Store) moveLong(ctx context.Context) error {
	pages, moved, err := s.logLength(ctx)
	if err != nil || pages-moved < movePages {
		return err
	}
	return s.MoveLog(ctx)
}

// logLength says how many pages the log holds and how many of them the database
// has already.
func (s *Store) logLength(ctx context.Context) (pages, moved int, err error) {
	return s.moveMode(ctx, "NOOP")
}

// MoveLog brings what the log holds into the database, as far as nobody reads it,
// without keeping anybody from committing meanwhile.
func (s *Store) MoveLog(ctx context.Context) error {
	_, _, err := s.moveMode(ctx, "PASSIVE")
	return err
}

// moveMode uses a reader: a checkpoint is none of the writer's statements.
func (s *Store) moveMode(ctx context.Context, mode string) (pages, moved int, err error) {
	var busy int
	if err := s.read.QueryRowContext(ctx, `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &pages, &moved); err != nil {
		return 0, 0, coded(fmt.Errorf("failed to move the log: %w", err))
	}
	return pages, moved, nil
}

// clearLog empties the database's log: what was overwritten in the database
// would live on in it. Where somebody reads for too long it is left for the next
// time.
func (s *Store) clearLog(ctx context.Context) error {
	// Most of it beside the commits; the rest keeps them waiting.
	if err := s.MoveLog(ctx); err != nil {
		return err
	}
	var busy, frames, moved int
	if err := s.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved); err != nil {
		return coded(fmt.Errorf("failed to clear the log: %w", err))
	}
	s.lingers.Store(busy != 0)
	if busy != 0 {
		s.log.Warn("the database's log is in use and could not be cleared")
	}
	return nil
}
