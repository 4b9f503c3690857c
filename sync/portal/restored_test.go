package portal

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/sync/portal/ledger"
)

// A backup from before a sweep brings back what that destroyed; the first sweep of
// the portal that goes on from it, which is its first act when it serves, destroys
// the same again.
func TestARestoredPortalDestroysAgain(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	pp := s.paper(t, 1000, 9)
	ended := s.dossier(t, naming(pp))
	f.send(t, s, ended)
	for _, code := range []int{f.post(t, s, ended.Head.ID, pp).Code, f.patch(t, s, ended.Head.ID, pp, 0, pp.sealed).Code} {
		if code >= http.StatusBadRequest {
			t.Fatal(code)
		}
	}
	f.desk(t, "POST", "/desk/dossiers/"+ended.Head.ID+"/refuse", `{"text":"x"}`, nil)
	backup, err := f.Backup(t.Context())
	must(t, err)
	f.clock.Add(keepContent + time.Hour)
	gone := func() bool {
		_, err := f.files.Open(t.Context(), ended.Head.ID, pp.SHA256)
		return len(f.packet(t, ended.Head.ID).Body) == 0 && errors.Is(err, ledger.ErrNotFound)
	}
	if _, err := f.Sweep(t.Context()); err != nil || !gone() {
		t.Fatalf("not destroyed: %v", err)
	}
	must(t, f.Close())
	copied, err := os.ReadFile(backup)
	must(t, err)
	path := filepath.Join(f.dir, "ledger.db")
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	must(t, os.WriteFile(path, copied, 0o600))
	must(t, os.RemoveAll(filepath.Join(f.dir, "files")))
	must(t, os.CopyFS(filepath.Join(f.dir, "files"), os.DirFS(filepath.Join(f.dir, "backup", "files"))))
	f.open(t)
	if gone() {
		t.Fatal("the backup held nothing: the test proves nothing")
	}
	if done, err := f.Sweep(t.Context()); err != nil || done.Packets != 1 || done.Files != 1 || !gone() {
		t.Errorf("%+v, %v", done, err)
	}
}
