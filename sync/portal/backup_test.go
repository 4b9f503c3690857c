package portal

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// The newest copies stay, the one just made among them though the clock was set back;
// what the portal did not make is not its to remove.
func TestOldBackupsAreRemoved(t *testing.T) {
	f := newFixture(t)
	f.o.Keep.Backups = 3
	dir := filepath.Join(f.dir, "backup")
	must(t, os.MkdirAll(dir, 0o700))
	kept := filepath.Join(f.dir, "elsewhere.db")
	must(t, os.WriteFile(kept, nil, 0o600))
	others := []string{"ledger-20200101T000000.000000000Z.db.txt", "ledger-20200101T000000Z.db", "ledger-of-my-own.db",
		"ledger-20201301T000000.000000000Z.db", "copy-20200101T000000.000000000Z.db", "ledger-20200102T000000.000000000Z.db", "ledger-20200103T000000.000000000Z.db"}
	for _, name := range others[:5] {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600))
	}
	must(t, os.Symlink(kept, filepath.Join(dir, others[5])))
	must(t, os.Mkdir(filepath.Join(dir, others[6]), 0o700))
	backup := func() string {
		path, err := f.Backup(t.Context())
		must(t, err)
		return filepath.Base(path)
	}
	copies := func() (names []string) {
		entries, err := os.ReadDir(dir)
		must(t, err)
		for _, e := range entries {
			if n := e.Name(); n != "files" && n != "lock" && !slices.Contains(others, n) {
				names = append(names, n)
			}
		}
		return names
	}
	var made []string
	for range 5 {
		made = append(made, backup())
		f.clock.Add(24 * time.Hour)
	}
	if got := copies(); !slices.Equal(got, made[2:]) {
		t.Errorf("left %q of %q", got, made)
	}
	f.clock.Set(start.AddDate(-1, 0, 0))
	back := backup()
	if got := copies(); !slices.Equal(got, []string{back, made[3], made[4]}) {
		t.Errorf("after the clock was set back: %q", got)
	}
	f.o.Keep.Backups = 1
	f.clock.Set(start.AddDate(1, 0, 0))
	if last := backup(); !slices.Equal(copies(), []string{last}) {
		t.Errorf("%q, and the last is %s", copies(), last)
	}
	for _, name := range others {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// Two at once would write over one another's copy.
func TestOneBackupAtATime(t *testing.T) {
	f := newFixture(t)
	_, err := f.Backup(t.Context())
	must(t, err)
	leave, err := lockBackups(filepath.Join(f.dir, "backup"))
	must(t, err)
	if _, err := f.Backup(t.Context()); dossier.CodeOf(err) != wire.CodeBusy {
		t.Errorf("%v", err)
	}
	leave()
	f.clock.Add(time.Second)
	_, err = f.Backup(t.Context())
	must(t, err)
}
