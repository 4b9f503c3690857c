package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"tramhoso/sync/portal"
)

// backupFlags say where backups go, what they may promise and how many stay.
type backupFlags struct {
	Backup           string `help:"Folder of the backups, on another disk than the portal; else the folder backup in the portal's own, after which stations keep their copies." type:"path" placeholder:"DIR"`
	BackupOnSameDisk bool   `help:"Stations let go of what a backup holds even where it lies on the portal's own disk. For demonstrations and tests: one dead disk then takes the last copy of dossiers that people hold slips for."`
	KeepBackups      int    `help:"Copies of the ledger that stay when another is made, the new one among them; older ones are removed." default:"14"`
}

// set refuses a number that would leave none.
func (b backupFlags) set(o *portal.Options) error {
	if b.KeepBackups < 1 {
		return fmt.Errorf("--keep-backups must be at least 1, not %d", b.KeepBackups)
	}
	o.Keep.Backups = b.KeepBackups
	o.Backup = portal.BackupTo{Dir: b.Backup, SameDisk: b.BackupOnSameDisk}
	return nil
}

type backupCmd struct {
	common
	backupFlags
}

// Help is the long help.
func (backupCmd) Help() string {
	return `Stations let go of what a backup holds, and so of nothing while its folder is not on another disk than the portal: a mount that is missing shows, two partitions of one disk do not. Only copies that were made so are ever removed. The portal may be running; give serve the same --backup.`
}

// Run makes a backup beside a portal that may be running.
func (c *backupCmd) Run(ctx context.Context) (err error) {
	o := portal.Options{Log: slog.New(slog.NewJSONHandler(os.Stderr, nil))}
	if err := c.set(&o); err != nil {
		return err
	}
	p, err := c.besideWith(ctx, o)
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
