package portal

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"tramhoso/sync/wire"
)

// A portal whose disk has less than its ledger says takes an attachment from its
// first byte on, all of which lie with the packet.
func TestLooseFileWhoseBytesAreGone(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	pp := s.paper(t, 1000, 9)
	p := s.dossier(t, naming(pp))
	f.send(t, s, p)
	for _, code := range []int{f.post(t, s, p.Head.ID, pp).Code, f.patch(t, s, p.Head.ID, pp, 0, pp.sealed[:100]).Code} {
		if code >= http.StatusBadRequest {
			t.Fatal(code)
		}
	}
	shards, err := filepath.Glob(filepath.Join(f.dir, "files", "*"))
	must(t, err)
	for _, shard := range shards {
		must(t, os.RemoveAll(shard))
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, p.Head.ID+loosePacket), wire.EncodePacket(p), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, pp.SHA256+looseFile), pp.sealed, 0o600))
	done, err := f.ImportLoose(t.Context(), dir)
	if err != nil || done.Packets != 1 || done.New != 0 || done.Files != 1 || len(done.Refused) != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if files := f.packet(t, p.Head.ID).Files; len(files) != 1 || !files[0].Held {
		t.Errorf("%+v", files)
	}
}
