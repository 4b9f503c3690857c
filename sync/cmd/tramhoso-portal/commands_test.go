package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// The commands that work on a portal's folder, with what they print and what they
// leave behind.
func TestCommands(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	dir := filepath.Join(t.TempDir(), "portal")
	leave, err := portal.Hold(dir) // as whoever serves does: the commands are not kept out
	must(t, err)
	defer func() { must(t, leave()) }()
	p, err := portal.Open(ctx, portal.Options{Dir: dir, Catalogue: demo.Snapshot()})
	must(t, err)
	srv, err := p.Listen(ctx, "127.0.0.1:0", "127.0.0.1:0")
	must(t, err)
	serving, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- srv.Run(serving) }()
	defer func() {
		stop()
		must(t, errors.Join(<-served, p.Close()))
	}()
	run := func(args ...string) (out, failed string) {
		t.Helper()
		cmd := program(ctx, append(args, "--dir", dir)...)
		text, err := cmd.Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return string(text), string(exit.Stderr)
		}
		must(t, err)
		return string(text), ""
	}

	next := demo.Snapshot()
	next.Procedures = next.Procedures[:3]
	file := func(name string, s catalogue.Snapshot) string {
		data, err := json.Marshal(s)
		must(t, err)
		path := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(path, data, 0o600))
		return path
	}
	if out, failed := run("publish", "--catalogue", file("next.json", next)); failed != "" || out != "catalogue 2\n" {
		t.Errorf("publish: %q, %s", out, failed)
	}
	broken := next
	broken.Procedures = append(broken.Procedures[:2:2], broken.Procedures[0])
	if _, failed := run("publish", "--catalogue", file("broken.json", broken)); failed == "" {
		t.Error("a catalogue with one procedure twice was published")
	}
	if _, failed := run("publish", "--catalogue", filepath.Join(dir, "nothing.json")); failed == "" {
		t.Error("a file that is not there was published")
	}

	if _, failed := run("revoke", "--code", demoStation.Code); !strings.Contains(failed, "no station DL27 is enrolled") {
		t.Errorf("revoke before it is enrolled: %q", failed)
	}
	tok, err := p.IssueToken(ctx, demoStation, srv.URL())
	must(t, err)
	keys, err := seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	_, err = client.Enrol(ctx, tok, keys, time.Now)
	must(t, err)
	if out, failed := run("revoke", "--code", demoStation.Code); failed != "" || out != "revoked DL27\n" {
		t.Errorf("revoke: %q %s", out, failed)
	}
	another, err := p.IssueToken(ctx, demoStation, srv.URL())
	must(t, err)
	if _, err := client.Enrol(ctx, another, keys, time.Now); dossier.CodeOf(err) != wire.CodeRevoked {
		t.Errorf("a revoked station enrols: %v", err)
	}

	for _, key := range []string{"receipt key", "catalogue key", "staff key", "time key", "authority"} {
		if out, failed := run("rotate", strings.TrimSuffix(key, " key")); failed != "" || !strings.HasPrefix(out, "the new "+key+" holds from ") {
			t.Errorf("rotate %s: %q %s", key, out, failed)
		}
	}
	if out, failed := run("rotate"); failed != "" || !strings.HasPrefix(out, "recipient-2 holds from ") {
		t.Errorf("rotate: %q %s", out, failed)
	}
	if out, failed := run("rotate", "due"); failed != "" || out != "nothing is due\n" {
		t.Errorf("rotate due: %q %s", out, failed)
	}
	if out, failed := run("keys"); failed != "" || strings.Count(out, " holds, ") != 7 {
		t.Errorf("keys: %q %s", out, failed)
	}
	if _, failed := run("rotate", "root"); failed == "" {
		t.Error("rotated the root")
	}
	if out, failed := run("alarms"); failed != "" || out != "0 open\n" {
		t.Errorf("alarms: %q %s", out, failed)
	}
	if _, failed := run("alarms", "--acknowledge", "7", "--officer", "CB-1"); !strings.Contains(failed, "not in the ledger") {
		t.Errorf("an alarm that is not there: %q", failed)
	}
	if out, failed := run("sweep", "--keep-days", "1"); failed != "" || out != "destroyed 0 bodies and 0 attachments; forgot 0 uploads, 0 tokens, 0 events; destroyed 0 retired keys\n" {
		t.Errorf("sweep: %q %s", out, failed)
	}
	for range 3 {
		out, failed := run("backup", "--keep-backups", "2")
		if _, err := os.Stat(strings.TrimSpace(out)); failed != "" || err != nil {
			t.Errorf("backup: %q %s, %v", out, failed, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "backup", "ledger-*.db")); err != nil || len(left) != 2 {
		t.Errorf("%q, %v", left, err)
	}
	// Where a backup counts; the portal that serves hears of it.
	shm, err := os.MkdirTemp("/dev/shm", "backup")
	must(t, err)
	defer func() { must(t, os.RemoveAll(shm)) }()
	for _, c := range []struct {
		args   []string
		counts bool
	}{
		{[]string{"--backup", filepath.Join(shm, "portal")}, true}, {nil, false},
		{[]string{"--backup-on-same-disk"}, true}, {[]string{"--backup", filepath.Join(t.TempDir(), "elsewhere")}, false},
	} {
		out, failed := run(append([]string{"backup"}, c.args...)...)
		b, err := p.BackupStanding(ctx)
		if must(t, err); failed != "" || b.Counted != c.counts || b.Dir != filepath.Dir(out) {
			t.Errorf("backup %q: %s; %+v", c.args, failed, b)
		}
	}
	if _, failed := run("backup", "--backup", dir); !strings.Contains(failed, "the files in "+dir+" are the portal's own: name another folder") {
		t.Errorf("a backup into the portal's folder: %q", failed)
	}
}
