package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	lib "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"tramhoso/sync/portal/ledger"
)

// mostKept bounds the statements that are kept for each pool: a list with many
// filters has many texts.
const mostKept = 200

// kept are the statements of one pool. SQLite takes longer to read a small query
// than to answer it, so a text that comes again is prepared once for each
// connection.
type kept struct {
	db *sql.DB

	mu    sync.Mutex
	stmts map[string]*sql.Stmt // nil: asked for once
}

// session is one transaction with the statements of its pool.
type session struct {
	*sql.Tx
	kept   *kept
	wanted []string // asked for and not kept yet
}

// find is the kept statement of a text; without one, known says whether the text
// was asked for before.
func (k *kept) find(query string) (s *sql.Stmt, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s, known = k.stmts[query]
	if !known && len(k.stmts) < mostKept {
		if k.stmts == nil {
			k.stmts = map[string]*sql.Stmt{}
		}
		k.stmts[query] = nil
	}
	return s, known
}

// learn prepares what a transaction wanted. It comes after the transaction: within
// one it would wait for a second connection, of which there may be none.
func (k *kept) learn(ctx context.Context, wanted []string) error {
	for _, q := range wanted {
		s, err := k.db.PrepareContext(ctx, q) // unlocked: it may wait for who asks us
		if err != nil {
			return fmt.Errorf("failed to prepare a statement: %w", err)
		}
		if !k.keep(q, s) {
			if err := s.Close(); err != nil {
				return fmt.Errorf("failed to forget a statement: %w", err)
			}
		}
	}
	return nil
}

// keep reports whether s is the statement of its text from now on.
func (k *kept) keep(query string, s *sql.Stmt) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stmts[query] != nil { // somebody else was faster
		return false
	}
	k.stmts[query] = s
	return true
}

// stmt is the kept statement of a text on this transaction's connection, or nil.
func (s *session) stmt(ctx context.Context, query string) *sql.Stmt {
	st, known := s.kept.find(query)
	if st != nil {
		return s.StmtContext(ctx, st)
	}
	if known && !slices.Contains(s.wanted, query) {
		s.wanted = append(s.wanted, query)
	}
	return nil
}

func (s *session) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if st := s.stmt(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return s.QueryContext(ctx, query, args...)
}

func (s *session) row(ctx context.Context, query string, args []any) *sql.Row {
	if st := s.stmt(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return s.QueryRowContext(ctx, query, args...)
}

func (s *session) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	if st := s.stmt(ctx, query); st != nil {
		return st.ExecContext(ctx, args...)
	}
	return s.ExecContext(ctx, query, args...)
}

// run runs fn in one transaction.
func (k *kept) run(ctx context.Context, o *sql.TxOptions, fn func(*session) error) (err error) {
	t, err := k.db.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("failed to begin: %w", err)
	}
	s := &session{Tx: t, kept: k}
	done := false
	defer func() {
		if !done { // fn panicked or failed
			if rerr := t.Rollback(); rerr != nil && !errors.Is(rerr, sql.ErrTxDone) {
				err = errors.Join(err, fmt.Errorf("failed to roll back: %w", rerr))
			}
		}
	}()
	if err := fn(s); err != nil {
		return roomy(err)
	}
	done = true
	if err := t.Commit(); err != nil {
		return fmt.Errorf("failed to commit: %w", roomy(err))
	}
	// What was committed is committed: a statement that cannot be kept now is read
	// again the next time.
	_ = k.learn(ctx, s.wanted)
	return nil
}

// roomy marks a full disk.
func roomy(err error) error {
	var se *lib.Error
	if errors.As(err, &se) && se.Code() == codes.SQLITE_FULL {
		return fmt.Errorf("%w: %w", ledger.ErrNoRoom, err)
	}
	return err
}
