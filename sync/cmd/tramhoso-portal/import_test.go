package main

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// importBeside takes in a stick while the portal serves.
func importBeside(ctx context.Context, t *testing.T, dir string, keys *seal.Keys, trust *seal.Trust, now time.Time) {
	t.Helper()
	to, err := trust.Recipient(now)
	must(t, err)
	id, err := stick.NewID(rand.Reader)
	must(t, err)
	claim, err := seal.SignJSON(wire.BundleClaim{ID: id, Station: demoStation.Code, At: now}, wire.TypBundle, keys.PacketSigner())
	must(t, err)
	sealed, err := seal.SealBundle(wire.EncodeBundle(claim, nil), to.Key)
	must(t, err)
	usb := t.TempDir()
	folder, err := stick.Open(usb)
	must(t, err)
	_, err = folder.Write(stick.Up, id, sealed)
	must(t, err)
	must(t, folder.Close())
	junk := "00000000000000000000000000000000" + string(stick.Up)
	must(t, os.WriteFile(filepath.Join(usb, junk), []byte("junk"), 0o600))
	old := now.AddDate(-1, 0, 0)
	must(t, os.Chtimes(filepath.Join(usb, junk), old, old))

	out, err := program(ctx, "import", "--dir", dir, usb).Output()
	if failed := new(exec.ExitError); !errors.As(err, &failed) || failed.ExitCode() != 1 || !strings.Contains(string(failed.Stderr), "keep the stick as it is") {
		t.Errorf("what is left on the stick: %v", err)
	}
	want := "taken " + id + ".tramup: station DL27, 0 packets, 0 new, 0 refused\n" +
		"skipped " + junk + ": invalid: the file is not one of ours\n" +
		"answer " + id + ".tramdown\n"
	if string(out) != want {
		t.Errorf("%s\nwant\n%s", out, want)
	}
	if _, err := os.Stat(filepath.Join(usb, id+string(stick.Down))); err != nil {
		t.Error(err)
	}
	must(t, os.Remove(filepath.Join(usb, junk)))
	if out, err := program(ctx, "import", "--dir", dir, usb).CombinedOutput(); err != nil {
		t.Errorf("with all taken: %v: %s", err, out)
	}
}
