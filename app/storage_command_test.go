package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"tramhoso/app/devices/bench"
	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

// storage runs one of the technician's commands over a storage folder.
func storage(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "station.toml")
	must(t, os.WriteFile(file, fmt.Appendf(nil, "storage = %q\nmirror = %q\n", dir, filepath.Join(dir, "no-stick")), 0o600))
	var out bytes.Buffer
	var c commands
	k, err := kong.New(&c, append(commandLine(bench.ThisTerminal()), kong.BindTo(&out, (*io.Writer)(nil)))...)
	must(t, err)
	parsed, err := k.Parse(append([]string{"storage", "--config", file}, args...))
	must(t, err)
	err = parsed.Run()
	return out.String(), err
}

func TestStorageCommands(t *testing.T) {
	dir, stick := filepath.Join(t.TempDir(), "data"), t.TempDir()
	keep := func(n int) {
		s, err := store.Open(t.Context(), dir, store.Options{})
		must(t, err)
		for i := range n {
			_, err := s.Commit(t.Context(), store.Submission{Token: fmt.Sprint(i), Build: func(seq, _ uint64) (store.Rows, error) {
				h := dossier.Head{ID: fmt.Sprint("p-", seq), Kind: dossier.KindMessage, Station: "DL27", Seq: seq}
				return store.Rows{Packet: dossier.Packet{Head: h, JWS: frozen(t, h), Body: []byte("sealed")}, Digest: "d", Priority: store.PriorityPacket}, nil
			}})
			must(t, err)
		}
		must(t, s.Close())
	}
	keep(3)
	out, err := storage(t, dir, "check")
	if err != nil || !strings.HasPrefix(out, "second medium: 3 packets are not on it, last written never; it cannot be written: the second medium is not there\npackets 3, waiting 3, refused 0") {
		t.Errorf("%q, %v", out, err)
	}
	if out, err = storage(t, dir, "export", "--any", stick); err != nil || out != "3 packets exported of 3\n" {
		t.Errorf("%q, %v", out, err)
	}
	disk := t.TempDir()
	for _, args := range [][]string{{"export", disk}, {"renew", "--yes", disk}} {
		if _, err = storage(t, dir, args...); !errors.Is(err, courier.ErrNoStick) {
			t.Errorf("%v on the station's own disk: %v", args, err)
		}
	}
	if left, err := os.ReadDir(disk); err != nil || len(left) != 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	if _, err = storage(t, dir, "export", "--any", filepath.Join(stick, "missing")); err == nil {
		t.Error("exported into a stick that is not there")
	}
	if out, err = storage(t, dir, "renew", "--yes", "--any", stick); err != nil || !strings.Contains(out, "the old station ended") {
		t.Errorf("%q, %v", out, err)
	}
	if _, err = storage(t, dir, "check"); err == nil || err.Error() != "there is no station in "+dir+": --config names the configuration of one" {
		t.Errorf("between the stations: %v", err)
	}
	begin(t, dir)
	if out, err = storage(t, dir, "check"); err != nil || !strings.Contains(out, "\npackets 0,") {
		t.Errorf("the new station: %q, %v", out, err)
	}
	must(t, os.Remove(filepath.Join(dir, "station.db")))
	if out, err = storage(t, dir, "check"); err == nil || !strings.HasPrefix(out, "damaged:") {
		t.Errorf("a station that lost its database: %q, %v", out, err)
	}
}

// A damaged storage is salvaged at the start, and the screen says what it is.
func TestDamagedStorageIsSalvaged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := store.Open(t.Context(), dir, store.Options{})
	must(t, err)
	h := dossier.Head{ID: "p-1", Kind: dossier.KindMessage, Station: "DL27", Seq: 1}
	_, err = s.Commit(t.Context(), store.Submission{Token: "t", Build: func(uint64, uint64) (store.Rows, error) {
		return store.Rows{Packet: dossier.Packet{Head: h, JWS: frozen(t, h), Body: []byte("sealed")}, Digest: "d", Priority: store.PriorityPacket}, nil
	}})
	must(t, err)
	must(t, s.Close())
	raw, err := os.ReadFile(filepath.Join(dir, "station.db"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "station.db"), raw[:len(raw)-2*4096], 0o600)) // the card lost the end
	b := openBooth(t, quiet(t, dir))
	if b.kept != nil || dossier.CodeOf(b.broken) != dossier.CodeStorageDamaged {
		t.Fatalf("broken by %v", b.broken)
	}
	w := words("vi")
	b.tap(w.T("home.submit"))
	b.see(w.T("visit.reason-storage-damaged"))
	got, err := filepath.Glob(filepath.Join(dir, salvagedName, "DL27-*.packet"))
	must(t, err)
	if len(got) != 1 {
		t.Errorf("salvaged %v; the log:\n%s", got, b.log)
	}
}

func frozen(t *testing.T, h dossier.Head) []byte {
	t.Helper()
	head, err := json.Marshal(h)
	must(t, err)
	return []byte("e30." + base64.RawURLEncoding.EncodeToString(head) + ".AA")
}
