package power

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/folder"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// upload is one attachment on its way to the portal, in three chunks.
type upload struct {
	*office
	packet dossier.Packet
	name   wire.FileName
	sealed []byte
}

const chunks = 3

func (u *upload) tus(t *testing.T, p program, method, path string, body []byte, headers map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body))
	r.TLS = u.office.tls
	r.Header.Set(wire.HeaderTusResumable, wire.TusVersion)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	p.Handler().ServeHTTP(rec, r)
	return rec
}

// send carries the file from where the portal says it is, and hears every offset
// that the portal states.
func (u *upload) send(t *testing.T, p program, stated func(offset int)) error {
	t.Helper()
	offset := func(rec *httptest.ResponseRecorder, want int) (int, error) {
		if rec.Code != want {
			return 0, fmt.Errorf("answered %d: %s", rec.Code, rec.Body)
		}
		n, err := strconv.Atoi(rec.Header().Get(wire.HeaderUploadOffset))
		if err == nil {
			stated(n)
		}
		return n, err
	}
	at, err := offset(u.tus(t, p, http.MethodPost, wire.PathFiles, nil, map[string]string{
		wire.HeaderUploadLength: strconv.Itoa(len(u.sealed)), wire.HeaderUploadMetadata: u.name.Metadata()}), http.StatusCreated)
	for err == nil && at < len(u.sealed) {
		end := min(len(u.sealed), at+len(u.sealed)/chunks+1)
		at, err = offset(u.tus(t, p, http.MethodPatch, u.name.Path(), u.sealed[at:end], map[string]string{
			"Content-Type": wire.TypeChunk, wire.HeaderUploadOffset: strconv.Itoa(at),
			wire.HeaderUploadChecksum: wire.ChecksumOf(u.sealed[at:end]).String()}), http.StatusNoContent)
	}
	return err
}

// The upload of an attachment: no stated offset is taken back, every byte below
// it is there, and once the portal said that the file is whole, its packet is.
func TestUpload(t *testing.T) {
	u := &upload{office: newOffice(t)}
	var out bytes.Buffer
	a, err := seal.SealAttachment(&out, bytes.NewReader(bytes.Repeat([]byte("a page. "), 1_500)), u.to)
	must(t, err)
	a.Role, u.sealed = "declaration", out.Bytes()
	u.packet = u.office.packet(t, 2, dossier.KindDossier, "", a)
	u.name = wire.FileName{Station: prove.StationCode, Packet: u.packet.Head.ID, SHA256: a.SHA256}
	p := openPortal(t, u.disk.Path())
	status, _ := u.put(t, p, u.packet)
	must(t, created(status))
	base, err := u.disk.Copy()
	must(t, err)
	p.end()
	heard := 0
	hear := func(offset int) { heard = max(heard, offset) }
	cuts[program]{
		base: base, end: program.end, stride: 4, again: true,
		open: func(t *testing.T, dir string) program {
			heard = 0
			return openPortal(t, dir)
		},
		act: func(p program) (any, error) {
			if err := u.send(t, p, hear); err != nil {
				return nil, err
			}
			_, receipt := u.put(t, p, u.packet)
			if counter(t, receipt) != 3 {
				return nil, errors.New("no receipt says that it is whole")
			}
			return receipt, nil
		},
		check: func(t *testing.T, dir string, said any) {
			p := openPortal(t, dir)
			rec := u.tus(t, p, http.MethodHead, u.name.Path(), nil, nil)
			if at, _ := strconv.Atoi(rec.Header().Get(wire.HeaderUploadOffset)); rec.Code != http.StatusOK && heard > 0 || at < heard {
				t.Errorf("%d bytes were stated, now %d (%d)", heard, at, rec.Code)
			}
			lowest := len(u.sealed)
			if err := u.send(t, p, func(offset int) { lowest = min(lowest, offset) }); err != nil || lowest < heard {
				t.Errorf("going on after %d: from %d, %v", heard, lowest, err)
			}
			status, receipt := u.put(t, p, u.packet)
			if status != http.StatusOK || counter(t, receipt) != 3 || said != nil && receipt != said {
				t.Errorf("the whole: %d, receipt %d, the identical one %v", status, counter(t, receipt), receipt == said)
			}
			must(t, p.Close())
			files, err := folder.Open(filepath.Join(dir, "portal", "files"))
			must(t, err)
			f, err := files.Open(t.Context(), u.name.Packet, u.name.SHA256)
			must(t, err)
			got, err := io.ReadAll(f)
			must(t, errors.Join(err, f.Close()))
			if !bytes.Equal(got, u.sealed) {
				t.Errorf("%d bytes lie there that nobody sent", len(got))
			}
		},
	}.everywhere(t)
}
