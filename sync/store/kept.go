package store

import (
	"context"
	"database/sql"
	"sync"
)

// keeping is a pool that keeps the statements of what it was asked: SQLite takes
// longer to read a small query than to answer it. The texts are those of package
// rows, so there are not many. The statements end with their connections.
type keeping struct {
	*sql.DB

	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

func (k *keeping) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	k.mu.Lock()
	s := k.stmts[query]
	k.mu.Unlock()
	if s != nil {
		return s, nil
	}
	s, err := k.PrepareContext(ctx, query) // unlocked: it may wait for a connection
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if first := k.stmts[query]; first != nil { // somebody else was faster
		return first, s.Close()
	}
	if k.stmts == nil {
		k.stmts = map[string]*sql.Stmt{}
	}
	k.stmts[query] = s
	return s, nil
}

// QueryContext implements rows.DBTX.
func (k *keeping) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := k.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext implements rows.DBTX; a query that cannot be prepared says so
// once more, by the row.
func (k *keeping) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := k.stmt(ctx, query)
	if err != nil {
		return k.DB.QueryRowContext(ctx, query, args...)
	}
	return s.QueryRowContext(ctx, args...)
}
