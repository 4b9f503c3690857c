package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"tramhoso/sync/portal"
)

// What a portal's folder has, whoever asks.
var (
	fileLedger = "ledger.db"
	fileRoot   = filepath.Join("keys", "root.der")
)

// there refuses a folder without a portal: most commands would begin a new one in
// a folder whose name was mistyped.
func (c *common) there(made string) error {
	_, err := os.Stat(filepath.Join(c.Dir, made))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("there is no portal in %s: --dir names its folder, and serve makes one", c.Dir)
	case err != nil:
		return fmt.Errorf("failed to look at the portal's folder: %w", err)
	}
	return nil
}

// readable refuses what serve would only stumble over once it has made a portal.
func (c *serveCmd) readable(ctx context.Context) error {
	if info, err := os.Stat(c.Dir); err == nil && !info.IsDir() {
		return fmt.Errorf("--dir must name a folder: %s is a file", c.Dir)
	} else if err == nil { // before its own addresses are found taken
		leave, err := c.hold()
		if err != nil {
			return err
		}
		if err := leave(); err != nil {
			return err
		}
	}
	if c.there(fileLedger) == nil && c.there(fileRoot) != nil { // it would begin another province in its place
		return fmt.Errorf("the portal in %s has lost its keys: put them back into %s", c.Dir, filepath.Join(c.Dir, "keys"))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("--listen must be an address with a port, such as :8443, not %q", c.Listen)
	}
	host, _, err := net.SplitHostPort(c.DeskListen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("--desk-listen must be a loopback address with a port, not %q", c.DeskListen)
	}
	return errors.Join(free(ctx, "--listen", c.Listen), free(ctx, "--desk-listen", c.DeskListen))
}

// free refuses an address that cannot be listened at.
func free(ctx context.Context, flag, address string) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("%s: nothing can listen at %s: %w", flag, address, err)
	}
	return l.Close()
}

// hold refuses a folder that another portal serves from, and keeps others out.
func (c *serveCmd) hold() (leave func() error, err error) {
	leave, err = portal.Hold(c.Dir)
	if errors.Is(err, portal.ErrServed) {
		return nil, fmt.Errorf("another portal serves from %s: stop that one first, or name another folder with --dir", c.Dir)
	}
	return leave, err
}
