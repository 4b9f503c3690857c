package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"tramhoso/sync/dossier"
)

// migrations are append-only: a file that was once released never changes.
//
//go:embed migrations/*.sql
var migrations embed.FS

func migrator(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("failed to read the migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, coded(fmt.Errorf("failed to prepare the migrations: %w", err))
	}
	return p, nil
}

// migrate brings the schema up to this program's. A schema from the future is
// refused before Up, which would say nothing about it; so is none at all where
// there was one.
func (s *Store) migrate(ctx context.Context, was bool) error {
	p, err := migrator(s.write)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return coded(fmt.Errorf("failed to read the schema's version: %w", err))
	}
	if have > want {
		return dossier.E(dossier.CodeStorageNewer, fmt.Errorf("%w: schema %d, this program knows %d", ErrFuture, have, want))
	}
	if was && have == 0 {
		return damaged("its tables are gone")
	}
	if _, err := p.Up(ctx); err != nil {
		return coded(fmt.Errorf("failed to migrate the schema: %w", err))
	}
	return nil
}

// migrateTo makes the schema of a version.
func migrateTo(ctx context.Context, db *sql.DB, version int64) error {
	p, err := migrator(db)
	if err != nil {
		return err
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return coded(fmt.Errorf("failed to make schema %d: %w", version, err))
	}
	return nil
}
