package portal

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// disks are what paths lie on: those below a name that is here on its device, the
// longest name counts; nothing is a path that cannot be seen.
type disks map[string]uint64

const unseen = 0

func (d *disks) device(path string) (uint64, error) {
	longest, on := "", uint64(unseen)
	for below, n := range *d {
		if strings.HasPrefix(path, below) && len(below) > len(longest) {
			longest, on = below, n
		}
	}
	if on == unseen {
		return 0, errors.New("nothing is seen there")
	}
	return on, nil
}

// onDisks is a portal whose folders lie on disks, with a station.
func onDisks(t *testing.T, sameDisk bool) (f *fixture, s *station, d *disks, to string) {
	t.Helper()
	f = newFixture(t)
	must(t, f.Close())
	to, d = t.TempDir(), &disks{}
	f.backup = BackupTo{Dir: to, SameDisk: sameDisk, Device: d.device}
	f.open(t)
	return f, f.enrolStation(t, "DL27"), d, to
}

// durable is what a station is told of backups.
func (f *fixture) durable(t *testing.T, s *station) uint64 {
	t.Helper()
	var mark wire.Watermark
	_, a := f.poll(t, s, wire.Cursor{})
	must(t, seal.VerifyJSONAny(a.Watermark, wire.TypWatermark, f.keys().trust.KeysFor(seal.UseReceipt, f.now()), &mark))
	return mark.Durable
}

// during is what happens while files are copied.
type during struct {
	ledger.Files
	what func()
}

func (d during) Backup(ctx context.Context, dir string, list []ledger.HeldFile) error {
	d.what()
	return d.Files.Backup(ctx, dir, list)
}

// A backup lets stations let go only where one dead disk cannot take both copies of
// the ledger, nor both of a file; it is made in any case.
func TestOnlyABackupOnAnotherDiskPromises(t *testing.T) {
	const portals, third, other = 1, 2, 3
	for name, c := range map[string]struct {
		files, copied, copies uint64 // what the files, the ledger's copy and the files' copies lie on; the ledger lies on the portal's
		later                 uint64 // what the copies lie on once files are copied; 0: no change
		meant                 bool   // --backup-on-same-disk
		promises              bool
	}{
		"on the portal's disk":                         {files: portals, copied: portals, copies: portals},
		"on the portal's disk, and that is meant":      {files: portals, copied: portals, copies: portals, meant: true, promises: true},
		"on another disk":                              {files: portals, copied: other, copies: other, promises: true},
		"the files' copies on the portal's disk":       {files: portals, copied: other, copies: portals},
		"the ledger's copy on the portal's disk":       {files: portals, copied: portals, copies: other},
		"on the disk that the files have":              {files: third, copied: third, copies: third},
		"crosswise":                                    {files: third, copied: third, copies: portals, promises: true},
		"each on its own":                              {files: third, copied: other, copies: portals, promises: true},
		"the ledger's copy is not seen":                {files: portals, copied: unseen, copies: other},
		"the files are not seen":                       {files: unseen, copied: other, copies: other},
		"not seen, and the portal's disk is meant":     {files: portals, copied: unseen, copies: unseen, meant: true, promises: true},
		"the mount is lost while files are copied":     {files: portals, copied: other, copies: other, later: portals},
		"the mount comes only while files are copied":  {files: portals, copied: portals, copies: portals, later: other},
		"another disk is mounted while it is made too": {files: portals, copied: other, copies: other, later: third, promises: true},
	} {
		t.Run(name, func(t *testing.T) {
			f, s, d, to := onDisks(t, c.meant)
			*d = disks{f.dir: portals, filepath.Join(f.dir, filesName): c.files, to: c.copied, filepath.Join(to, filesName): c.copies}
			pp := s.paper(t, 1000, 9)
			p := s.dossier(t, naming(pp))
			f.send(t, s, p)
			for _, code := range []int{f.post(t, s, p.Head.ID, pp).Code, f.patch(t, s, p.Head.ID, pp, 0, pp.sealed).Code} {
				if code >= http.StatusBadRequest {
					t.Fatal(code)
				}
			}
			copied := false
			f.files = during{f.files, func() {
				if copied = true; c.later != 0 {
					(*d)[to], (*d)[filepath.Join(to, filesName)] = c.later, c.later
				}
			}}
			path, err := f.Backup(t.Context())
			must(t, err)
			if st, err := os.Stat(path); err != nil || st.Size() == 0 || filepath.Dir(path) != to || !copied {
				t.Errorf("the backup is not made: %s, %v", path, err)
			}
			if got := f.durable(t, s); got == 2 != c.promises || got != 0 && got != 2 {
				t.Errorf("durable through %d of 2", got)
			}
			b, err := f.BackupStanding(t.Context())
			must(t, err)
			if b.Counted != c.promises || b.Dir != to || !b.At.Equal(start) {
				t.Errorf("%+v", b)
			}
		})
	}
}

// A mount that is missing at one backup ends the promises from there on, once in the
// log and in a sentence on the desk's page, and those before still hold.
func TestAMountIsLostBetweenTwoBackups(t *testing.T) {
	const portals, other = 1, 2
	const here, waits, again = "127.0.0.1:8090", "hiện không nằm trên ổ đĩa khác với cổng", "hãy sao lưu lại"
	f, s, d, to := onDisks(t, false)
	mounted := func(on uint64) { *d = disks{f.dir: portals, to: on} }
	told := func(level string) int {
		return strings.Count(f.log.String(), `"level":"`+level+`","msg":"`+backupWord(level))
	}
	for i, c := range []struct {
		mounted     uint64
		durable     uint64 // after one more packet and a backup
		warns, well int    // of the log, so far
		afterwards  uint64
		says        string // on the page after that
	}{
		{mounted: other, durable: 1, well: 1, afterwards: other},
		{mounted: other, durable: 2, well: 1, afterwards: portals, says: waits}, // seen before the next backup
		{mounted: portals, durable: 2, warns: 1, well: 1, afterwards: portals, says: waits},
		{mounted: portals, durable: 2, warns: 1, well: 1, afterwards: other, says: again},
		{mounted: other, durable: 5, warns: 1, well: 2, afterwards: other},
		{mounted: portals, durable: 5, warns: 2, well: 2, afterwards: portals, says: waits},
	} {
		f.send(t, s, s.dossier(t))
		f.clock.Add(time.Hour)
		mounted(c.mounted)
		var said struct {
			Backup string
			Counts bool
		}
		if code := f.desk(t, "POST", "/desk/backup", "", &said); code != http.StatusOK || said.Counts != (c.mounted == other) || filepath.Dir(said.Backup) != to {
			t.Errorf("backup %d: %d %+v", i, code, said)
		}
		if got := f.durable(t, s); got != c.durable {
			t.Errorf("backup %d: durable through %d, want %d", i, got, c.durable)
		}
		if warns, well := told("WARN"), told("INFO"); warns != c.warns || well != c.well {
			t.Errorf("backup %d: %d warnings and %d all-clears in the log", i, warns, well)
		}
		mounted(c.afterwards)
		body := f.page(t, "GET", "/desk/", here, "", nil).Body.String()
		for _, sentence := range []string{waits, again} {
			if strings.Contains(body, sentence) != (sentence == c.says) {
				t.Errorf("after backup %d the page says %q: %v", i, sentence, strings.Contains(body, sentence))
			}
		}
		if !strings.Contains(body, clockOf(f.now())) || !strings.Contains(body, to) {
			t.Errorf("the page does not name backup %d", i)
		}
	}
}

// backupWord begins what the log is told of backups.
func backupWord(level string) string {
	if level == "WARN" {
		return "the backup is made, and stations keep their copies"
	}
	return "stations let go of what the backup holds"
}

// What the page says before there is a backup, and where one disk is meant.
func TestDeskPageOfBackups(t *testing.T) {
	const here = "127.0.0.1:8090"
	f, s, d, to := onDisks(t, true)
	*d = disks{f.dir: 1, to: 1}
	f.send(t, s, s.dossier(t))
	for _, made := range []bool{false, true} {
		if made {
			_, err := f.Backup(t.Context())
			must(t, err)
		}
		body := f.page(t, "GET", "/desk/", here, "", nil).Body.String()
		if strings.Contains(body, "Chưa có bản sao lưu nào.") == made || !strings.Contains(body, "ổ đĩa ấy hỏng là mất cả hai") {
			t.Errorf("made: %v; %s", made, body)
		}
	}
	if n := strings.Count(f.log.String(), "one dead disk takes both"); n != 1 {
		t.Errorf("%d warnings", n)
	}
}

// Whoever goes on from a copy may have it on the backup's own disk: what its ledger
// was told of others is not said again before a backup of its own counts.
func TestARestoredPortalPromisesNothingYet(t *testing.T) {
	const portals, other = 1, 2
	f, s, d, to := onDisks(t, false)
	*d = disks{f.dir: portals, to: other}
	var path string
	for range 2 {
		f.send(t, s, s.dossier(t))
		f.clock.Add(time.Hour)
		var err error
		path, err = f.Backup(t.Context())
		must(t, err)
	}
	if got := f.durable(t, s); got != 2 {
		t.Fatalf("durable through %d", got)
	}
	must(t, f.Close())
	copied, err := os.ReadFile(path)
	must(t, err)
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Remove(filepath.Join(f.dir, ledgerName+end)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	must(t, os.WriteFile(filepath.Join(f.dir, ledgerName), copied, 0o600))
	f.open(t)
	*d = disks{f.dir: other, to: other} // on the disk that is left
	backup := func(want uint64) {
		t.Helper()
		f.clock.Add(time.Hour)
		_, err := f.Backup(t.Context())
		must(t, err)
		if got := f.durable(t, s); got != want {
			t.Errorf("durable through %d, want %d", got, want)
		}
	}
	if got := f.durable(t, s); got != 0 {
		t.Errorf("durable through %d before any backup of its own", got)
	}
	backup(0)
	*d = disks{f.dir: other, to: portals} // and a new one comes
	backup(2)
}

// The portal's own files are no copies of themselves.
func TestTheFilesAreNoCopies(t *testing.T) {
	for name, to := range map[string]func(f *fixture) string{
		"its own folder": func(f *fixture) string { return f.dir },
		"a link to its files": func(f *fixture) string {
			dir := t.TempDir()
			must(t, os.Symlink(filepath.Join(f.dir, filesName), filepath.Join(dir, filesName)))
			return dir
		},
	} {
		f := newFixture(t)
		f.o.Backup = BackupTo{Dir: to(f), SameDisk: true, Device: device}
		if _, err := f.Backup(t.Context()); err == nil || !strings.Contains(err.Error(), "are the portal's own") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two devices of this machine, as the system tells them apart.
func TestABackupOnAnotherDevice(t *testing.T) {
	shm, err := os.MkdirTemp("/dev/shm", "backup")
	must(t, err)
	defer func() { must(t, os.RemoveAll(shm)) }()
	f := newFixture(t)
	on, err := device(f.dir)
	must(t, err)
	if away, err := device(shm); err != nil || away == on {
		t.Fatalf("/dev/shm and the folder of tests lie on one device (%v): TMPDIR must name a folder elsewhere", err)
	}
	s := f.enrolStation(t, "DL27")
	f.send(t, s, s.dossier(t))
	for i, c := range []struct {
		to   string
		want uint64
	}{
		{t.TempDir(), 0}, {filepath.Join(shm, "a", "b"), 2}, {filepath.Join(f.dir, "backup"), 2},
	} {
		f.o.Backup = BackupTo{Dir: c.to, Device: device}
		_, err := f.Backup(t.Context())
		must(t, err)
		if got := f.durable(t, s); got != c.want {
			t.Errorf("backup %d: durable through %d, want %d", i, got, c.want)
		}
		f.send(t, s, s.dossier(t))
		f.clock.Add(time.Second)
	}
}
