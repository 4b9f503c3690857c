package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"tramhoso/sync/portal"
)

// backupFlags say how many backups stay.
type backupFlags struct {
	KeepBackups int `help:"Copies of the ledger that stay when another is made, the new one among them; older ones are removed." default:"14"`
}

// backups refuses a number that would leave none.
func (b backupFlags) backups() (int, error) {
	if b.KeepBackups < 1 {
		return 0, fmt.Errorf("--keep-backups must be at least 1, not %d", b.KeepBackups)
	}
	return b.KeepBackups, nil
}

type backupCmd struct {
	common
	backupFlags
}

// Help is the long help.
func (backupCmd) Help() string {
	return `Stations let go of what a backup holds. Only copies that were made so are ever removed.`
}

// Run makes a backup beside a portal that may be running.
func (c *backupCmd) Run(ctx context.Context) (err error) {
	keep, err := c.backups()
	if err != nil {
		return err
	}
	p, err := c.besideKeeping(ctx, slog.New(slog.NewJSONHandler(os.Stderr, nil)), portal.Keep{Backups: keep})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	path, err := p.Backup(ctx)
	if err != nil {
		return err
	}
	fmt.Println(path)
	return nil
}
