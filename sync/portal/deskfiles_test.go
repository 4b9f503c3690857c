package portal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// A supplement's files are part of the dossier: it is not accepted without them.
func TestSupplementsFiles(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	root := s.dossier(t)
	f.send(t, s, root)
	if code := f.desk(t, "POST", "/desk/dossiers/last/supplement", `{"text":"x"}`, nil); code != http.StatusOK {
		t.Fatal(code)
	}
	pp := s.paper(t, 1000, 5)
	more := s.packet(t, dossier.KindSupplement, root.Head.ID, map[string]string{}, naming(pp))
	f.send(t, s, more)
	if code := f.desk(t, "POST", "/desk/dossiers/last/accept", "{}", nil); code != http.StatusConflict {
		t.Errorf("accepted without the supplement's file: %d", code)
	}
	if f.post(t, s, more.Head.ID, pp).Code != http.StatusCreated || f.patch(t, s, more.Head.ID, pp, 0, pp.sealed).Code != http.StatusNoContent {
		t.Fatal("not carried")
	}
	var d DeskDossier
	if f.desk(t, "GET", "/desk/dossiers/last", "", &d); len(d.Files) != 1 || d.Files[0].Packet != more.Head.ID {
		t.Errorf("%+v", d.Files)
	}
	if code := f.desk(t, "POST", "/desk/dossiers/last/accept", "{}", nil); code != http.StatusOK {
		t.Errorf("a whole dossier: %d", code)
	}
}

// The watermark rises only over what the backup has, files and all.
func TestBackupHasTheFiles(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	id, pp := begun(t, f, s, 1000, 0)
	if rec := f.patch(t, s, id, pp, 0, pp.sealed); rec.Code != http.StatusNoContent {
		t.Fatal(rec.Code)
	}
	good := f.files
	f.files = &rotten{Files: good}
	if _, err := f.Backup(t.Context()); err == nil {
		t.Error("a backup without its files succeeded")
	}
	_, a := f.poll(t, s, wire.Cursor{})
	var mark wire.Watermark
	must(t, seal.VerifyJSONAny(a.Watermark, wire.TypWatermark, f.keys().trust.KeysFor(seal.UseReceipt, f.now()), &mark))
	if mark.Durable != 0 || mark.Counter != 2 {
		t.Errorf("%+v", mark)
	}
	f.files = good
	f.clock.Add(time.Second)
	_, err := f.Backup(t.Context())
	must(t, err)
	_, a = f.poll(t, s, wire.Cursor{})
	must(t, seal.VerifyJSONAny(a.Watermark, wire.TypWatermark, f.keys().trust.KeysFor(seal.UseReceipt, f.now()), &mark))
	if mark.Durable != 2 {
		t.Errorf("%+v", mark)
	}
}

type rotten struct{ ledger.Files }

func (rotten) Backup(context.Context, string, []ledger.HeldFile) error { return errors.New("rotten") }

// A file that was changed on the portal's disk never looks whole at the desk.
func TestDeskFileThatWasChanged(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	id, pp := begun(t, f, s, 200_000, 0)
	if rec := f.patch(t, s, id, pp, 0, pp.sealed); rec.Code != http.StatusNoContent {
		t.Fatal(rec.Code)
	}
	desk := httptest.NewServer(f.Desk())
	defer desk.Close()
	get := func() ([]byte, error) {
		res, err := http.Get(desk.URL + "/desk/packets/" + id + "/files/" + pp.SHA256)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(res.Body)
		return b, errors.Join(err, res.Body.Close())
	}
	if b, err := get(); err != nil || !bytes.Equal(b, pp.plain) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	bad := bytes.Clone(pp.sealed)
	bad[len(bad)-1] ^= 1
	_, err := f.files.Write(t.Context(), id, pp.SHA256, 0, bytes.NewReader(bad))
	must(t, err)
	if b, err := get(); err == nil || !bytes.HasPrefix(pp.plain, b) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}
