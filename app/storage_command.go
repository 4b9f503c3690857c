package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"tramhoso/assets"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// storageCommand is what a technician does with the storage while the station
// does not run.
type storageCommand struct {
	Config string `help:"Configuration file; without one ${station} if it is there, else the defaults." type:"path" placeholder:"FILE"`

	Check  storageCheck  `cmd:"" help:"Read the whole storage and say what is wrong and what waits."`
	Export storageExport `cmd:"" help:"Leave the sealed packets that the portal does not have in a folder, for tramhoso-portal import."`
	Renew  storageRenew  `cmd:"" help:"Export, then destroy this station's keys and storage: the next start is a new station that enrols."`
}

// Help is the long help.
func (storageCommand) Help() string {
	return `The station must not run. A station's state is never restored from a copy: its sealed packets are exported, the portal takes them under the old signature, and the machine enrols anew under a new code.

A damaged storage is left as it is; what can be read of it is exported, and the numbers of what cannot are named.`
}

type storageCheck struct{}

type storageExport struct {
	All    bool   `help:"Also what the portal holds already, as long as it is here."`
	Any    bool   `help:"Any folder, not only one on a stick: who uses it answers for it."`
	Folder string `arg:"" help:"A folder on the stick." type:"path"`
}

type storageRenew struct {
	Yes    bool   `help:"Do it: there is no way back." required:""`
	Any    bool   `help:"Any folder, not only one on a stick: who uses it answers for it."`
	Folder string `arg:"" help:"A folder on the stick, for the packets that the portal does not have." type:"path"`
}

func (c *storageCommand) storage() (string, error) {
	cfg, err := stopped(c.Config)
	return cfg.Storage, err
}

// aside is storage, for what leaves packets in a folder.
func (c *storageCommand) aside(folder string, anywhere bool) (string, error) {
	if err := onStick(folder, anywhere); err != nil {
		return "", err
	}
	return c.storage()
}

// stopFirst is what to do about a station that runs.
const stopFirst = "stop it first"

func quietStore() store.Options {
	return store.Options{Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
}

func (storageCheck) Run(ctx context.Context, c *storageCommand, out io.Writer) (err error) {
	dir, err := c.storage()
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, dir, quietStore())
	if errors.Is(err, store.ErrDamaged) {
		fmt.Fprintln(out, "damaged:", err)
		return errors.New("run `tramhoso storage export FOLDER`, then `tramhoso storage renew --yes FOLDER`")
	}
	if err != nil {
		return running(err, stopFirst)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, f := range s.Findings() {
		fmt.Fprintf(out, "found: %s (%s, %d times)\n", f.What, f.At.In(assets.Here).Format("15:04 on 02/01/2006"), f.Times)
	}
	w, err := s.Waiting(ctx)
	if err != nil {
		return err
	}
	last, err := s.LastSeq(ctx)
	if err != nil {
		return err
	}
	n, err := s.VisitsLeft()
	if err != nil {
		return err
	}
	if file, err := stationConfig(c.Config); err == nil && file.Mirror != "" {
		if err := tellMirror(ctx, s, file.Mirror, out); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "packets %d, waiting %d, refused %d, room for %d visits\n", last, w.Packets, w.Refused, n)
	return nil
}

// tellMirror says how the second medium is, in one line.
func tellMirror(ctx context.Context, s *store.Store, dir string, out io.Writer) error {
	behind, written, err := s.Behind(ctx)
	if err != nil {
		return err
	}
	how, last := "is there", "never"
	if err := outbox.LookForMedium(dir, s.Dir()); err != nil {
		how = "cannot be written: " + err.Error()
	}
	if !written.IsZero() {
		last = written.In(assets.Here).Format("15:04 on 02/01/2006")
	}
	fmt.Fprintf(out, "second medium: %d packets are not on it, last written %s; it %s\n", behind, last, how)
	return nil
}

func (e storageExport) Run(ctx context.Context, c *storageCommand, out io.Writer) error {
	dir, err := c.aside(e.Folder, e.Any)
	if err != nil {
		return err
	}
	done, err := outbox.ExportStorage(ctx, dir, e.Folder, e.All, quietStore())
	if errors.Is(err, store.ErrInUse) {
		return running(err, stopFirst)
	}
	tellExport(out, done)
	return err
}

func (r storageRenew) Run(ctx context.Context, c *storageCommand, out io.Writer) error {
	dir, err := c.aside(r.Folder, r.Any)
	if err != nil {
		return err
	}
	done, err := outbox.RenewStorage(ctx, dir, r.Folder, time.Now(), quietStore())
	if errors.Is(err, store.ErrInUse) {
		return running(err, stopFirst)
	}
	tellExport(out, done.Exported)
	if err == nil {
		fmt.Fprintf(out, "the old station ended; what is left of it lies in %s; start the station and enrol it under a new code\n", done.Aside)
	}
	return err
}

func tellExport(out io.Writer, done outbox.Exported) {
	fmt.Fprintf(out, "%d packets exported of %d\n", done.Packets, done.Last)
	if done.Damaged {
		fmt.Fprintln(out, "the storage is damaged; packets that cannot be read:", orNone(outbox.Runs(done.Missing)))
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
