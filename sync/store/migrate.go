package store

import (
	"context"
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

// migrate brings the schema up to this program's. A schema from the future is
// refused before Up, which would say nothing about it.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("failed to read the migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return coded(fmt.Errorf("failed to prepare the migrations: %w", err))
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return coded(fmt.Errorf("failed to read the schema's version: %w", err))
	}
	if have > want {
		return dossier.E(dossier.CodeStorageReadOnly, fmt.Errorf("%w: schema %d, this program knows %d", ErrFuture, have, want))
	}
	if _, err := p.Up(ctx); err != nil {
		return coded(fmt.Errorf("failed to migrate the schema: %w", err))
	}
	return nil
}
