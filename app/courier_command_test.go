package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"

	"tramhoso/app/devices/bench"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/wire/stick"
)

// carry runs `tramhoso courier` over a storage folder.
func carry(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "station.toml")
	must(t, os.WriteFile(file, fmt.Appendf(nil, "storage = %q\n", dir), 0o600))
	var out bytes.Buffer
	var c commands
	k, err := kong.New(&c, append(commandLine(bench.ThisTerminal()), kong.BindTo(&out, (*io.Writer)(nil)))...)
	must(t, err)
	parsed, err := k.Parse(append([]string{"courier", "--config", file}, args...))
	must(t, err)
	err = parsed.Run()
	return out.String(), err
}

func TestCourierWantsASafeStick(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("mounting needs root: run the tests as root")
	}
	dir, at := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "stick")
	begin(t, dir)
	must(t, os.Mkdir(at, 0o700))
	must(t, syscall.Mount("tmpfs", at, "tmpfs", 0, "size=64k"))
	t.Cleanup(func() { must(t, syscall.Unmount(at, 0)) })
	if _, err := carry(t, dir, "export", "--to", at); err == nil || !strings.Contains(err.Error(), "mount -o remount,nosuid,nodev,noexec '"+at+"'") {
		t.Errorf("a loosely mounted stick: %v", err)
	}
	if _, err := carry(t, dir, "import", "--from", "/"); err == nil || !strings.Contains(err.Error(), "not on a stick") {
		t.Errorf("the station's own disk: %v", err)
	}
	must(t, syscall.Mount("", at, "", syscall.MS_REMOUNT|syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "size=64k"))
	if _, err := carry(t, dir, "export", "--to", at); dossier.CodeOf(err) != dossier.CodeNotEnrolled {
		t.Errorf("a station that is nobody yet: %v", err)
	}
	if left, err := os.ReadDir(at); err != nil || len(left) != 0 {
		t.Errorf("left on the stick: %v, %v", left, err)
	}
}

// What waits goes to the province on a stick and its receipt comes back on it;
// an answer that was pulled out too early, and a stick without room, are told.
func TestCourierCarriesThereAndBack(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("mounting needs root: run the tests as root")
	}
	o := openOffice(t)
	cfg, at := quiet(t, filepath.Join(t.TempDir(), "data")), filepath.Join(t.TempDir(), "stick")
	s := openStation(t.Context(), cfg, slog.New(slog.DiscardHandler))
	must(t, s.enrolWith(t.Context(), o.token(t)))
	_, err := s.outbox.Submit(t.Context(), outbox.Letter{Token: "a", Kind: dossier.KindMessage,
		Body: func(string) (any, error) { return map[string]string{"text": "x"}, nil }})
	must(t, err)
	s.close()

	must(t, os.Mkdir(at, 0o700))
	must(t, syscall.Mount("tmpfs", at, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "size=256k"))
	t.Cleanup(func() { must(t, syscall.Unmount(at, 0)) })
	must(t, os.WriteFile(filepath.Join(at, "photos"), make([]byte, 250<<10), 0o600))
	if _, err := carry(t, cfg.Storage, "export", "--to", at); dossier.CodeOf(err) != dossier.CodeStorageFull {
		t.Errorf("a full stick: %v", err)
	}
	must(t, os.Remove(filepath.Join(at, "photos")))
	if left, err := os.ReadDir(at); err != nil || len(left) != 0 {
		t.Errorf("a part was left on the full stick: %v, %v", left, err)
	}
	out, err := carry(t, cfg.Storage, "export", "--to", at)
	if err != nil || !strings.Contains(out, " packets copied to ") || !strings.Contains(out, "that is not sent yet") {
		t.Fatalf("%q, %v", out, err)
	}
	_, err = o.portal.Import(t.Context(), at)
	must(t, err)
	answers, err := filepath.Glob(filepath.Join(at, "*"+string(stick.Down)))
	must(t, err)
	if len(answers) != 1 {
		t.Fatalf("answers: %v", answers)
	}
	whole, err := os.ReadFile(answers[0])
	must(t, err)
	must(t, os.WriteFile(answers[0], whole[:len(whole)-len(whole)/4], 0o600))
	if out, err = carry(t, cfg.Storage, "import", "--from", at); err != nil || !strings.Contains(out, "pulled out too early") || !strings.Contains(out, "0 receipts") {
		t.Errorf("%q, %v", out, err)
	}
	must(t, os.WriteFile(answers[0], whole, 0o600))
	if out, err = carry(t, cfg.Storage, "import", "--from", at); err != nil || !strings.Contains(out, ": taken") || strings.Contains(out, "\n0 receipts") {
		t.Errorf("%q, %v", out, err)
	}
}
