package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// The limits of couriers' files that lie here before they are answered. They
// count against whoever carries them.
const (
	maxCarriedBytes  = wire.MaxBundleFileBytes + int64(stick.EnvelopeBytes)
	maxCarried       = 64 // of one carrier: a full stick
	maxCarriedSum    = 4 << 30
	carriedLife      = 7 * 24 * time.Hour
	carriedDir       = "carried"
	carriedMost      = 16384 // names looked at: every station of a province with a few
	carriedNameParts = 3     // enrolment, digest, size
)

// bundleRoutes are tus 1.0 for a courier's file, and the question for its answer.
func (p *Portal) bundleRoutes() []route {
	const one = wire.PathBundles + "/{sha256}"
	return []route{
		{pattern: "POST " + wire.PathBundles, limit: maxCarriedBytes, slots: p.fileCalls, file: true, mtls: tus(p.postBundle)},
		{pattern: "HEAD " + one, slots: p.fileCalls, file: true, mtls: tus(p.headBundle)},
		{pattern: "PATCH " + one, limit: maxCarriedBytes, slots: p.fileCalls, file: true, mtls: tus(p.patchBundle)},
		{pattern: "DELETE " + one, slots: p.fileCalls, file: true, mtls: tus(p.deleteBundle)},
		{pattern: "POST " + one, slots: p.uploads, file: true, mtls: p.answerBundle},
	}
}

// carried is a courier's file on its way in: a file of the folder whose length is
// how much of it is here, and whose name says whose it is and how long it will be.
// The ledger knows nothing of it.
type carried struct {
	path string
	name wire.BundleName
	size int64
	at   int64
}

func (c carried) upload() ledger.Upload { return ledger.Upload{Size: c.size, Offset: c.at} }

// carriedOf finds a courier's file, or ledger.ErrNotFound.
func (p *Portal) carriedOf(e ledger.Enrolment, name wire.BundleName) (c carried, err error) {
	list, err := p.listCarried(e.ID)
	if err != nil {
		return c, err
	}
	for _, one := range list {
		if one.name == name {
			return one, nil
		}
	}
	return c, fmt.Errorf("a courier's file: %w", ledger.ErrNotFound)
}

// listCarried lists what one carrier brought; files that nobody went on with are
// taken away as they are met, by a sweep at the latest.
func (p *Portal) listCarried(enrolment int64) (list []carried, err error) {
	dir := filepath.Join(p.o.Dir, carriedDir)
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("failed to list couriers' files: %w", err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	entries, err := d.ReadDir(carriedMost)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("failed to list couriers' files: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			continue // gone meanwhile
		}
		if info.ModTime().Before(p.now().Add(-carriedLife)) {
			p.log.Info("a courier's file expired", "bytes", info.Size())
			if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("failed to expire a courier's file: %w", err)
			}
			continue
		}
		part := strings.Split(entry.Name(), "-")
		if len(part) != carriedNameParts || part[0] != strconv.FormatInt(enrolment, 10) {
			continue
		}
		size, err := strconv.ParseInt(part[2], 10, 64)
		if err != nil || size < info.Size() {
			continue
		}
		list = append(list, carried{path: filepath.Join(dir, entry.Name()), name: wire.BundleName{SHA256: part[1]}, size: size, at: info.Size()})
	}
	return list, nil
}

// beginCarried finds a courier's file or makes room for it.
func (p *Portal) beginCarried(e ledger.Enrolment, name wire.BundleName, size int64) (c carried, err error) {
	free, err := p.files.Free()
	if err != nil {
		return c, err
	}
	list, err := p.listCarried(e.ID)
	if err != nil {
		return c, err
	}
	sum := size
	for _, one := range list {
		if one.name == name && one.size == size {
			return one, nil
		}
		if one.name == name {
			return c, dossier.Errorf(dossier.CodeConflict, "begun with %d bytes, not %d", one.size, size)
		}
		sum += one.size
	}
	if len(list) >= maxCarried || sum > maxCarriedSum {
		return c, dossier.Errorf(wire.CodeTooMany, "%d couriers' files of %d bytes lie here", len(list), sum)
	}
	if free-filesReserve < size {
		return c, dossier.Errorf(wire.CodeNoRoom, "no room for %d bytes", size)
	}
	dir := filepath.Join(p.o.Dir, carriedDir)
	if err := durable.MakeFolder(dir, 0o700); err != nil {
		return c, err
	}
	c = carried{path: filepath.Join(dir, fmt.Sprintf("%d-%s-%d", e.ID, name.SHA256, size)), name: name, size: size}
	f, err := os.OpenFile(c.path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return c, fmt.Errorf("failed to keep a courier's file: %w", err)
	}
	return c, errors.Join(f.Close(), durable.SyncFolder(dir), os.Chtimes(c.path, p.now(), p.now()))
}

// holdCarried keeps other calls from a carrier's file.
func (p *Portal) holdCarried(r *http.Request, e ledger.Enrolment, name wire.BundleName, end func()) (release func(), err error) {
	return p.writing.take(r.Context(), wire.FileName{Packet: "carrier " + strconv.FormatInt(e.ID, 10), SHA256: name.SHA256}, end)
}

func (p *Portal) postBundle(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	if r.Header.Get(wire.HeaderUploadDefer) != "" {
		return dossier.Errorf(dossier.CodeInvalid, "an upload's length is known when it begins")
	}
	size, err := wire.ParseSize(wire.HeaderUploadLength, r.Header.Get(wire.HeaderUploadLength))
	if err != nil {
		return err
	}
	if size > maxCarriedBytes {
		return dossier.Errorf(wire.CodeTooLarge, "a file of %d bytes, at most %d", size, maxCarriedBytes)
	}
	if size < int64(stick.EnvelopeBytes) {
		return dossier.Errorf(dossier.CodeInvalid, "no file of ours has %d bytes", size)
	}
	name, err := wire.ParseBundleMetadata(r.Header.Get(wire.HeaderUploadMetadata))
	if err != nil {
		return err
	}
	body := newArriving(r)
	release, err := p.holdCarried(r, e, name, body.end)
	if err != nil {
		return err
	}
	defer release()
	c, err := p.beginCarried(e, name, size)
	if err != nil {
		return err
	}
	if r.Header.Get("Content-Type") == wire.TypeChunk && c.at == 0 {
		r.Body = body
		if c, err = p.appendCarried(r, c); err != nil {
			return err
		}
	}
	w.Header().Set("Location", name.Path())
	w.Header().Set(wire.HeaderUploadOffset, strconv.FormatInt(c.at, 10))
	w.WriteHeader(http.StatusCreated)
	return nil
}

func (p *Portal) headBundle(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	return p.withCarried(r, e, nil, func(c carried) error {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set(wire.HeaderUploadLength, strconv.FormatInt(c.size, 10))
		w.Header().Set(wire.HeaderUploadMetadata, c.name.Metadata())
		w.Header().Set(wire.HeaderUploadOffset, strconv.FormatInt(c.at, 10))
		w.WriteHeader(http.StatusOK)
		return nil
	})
}

func (p *Portal) patchBundle(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	if r.Header.Get("Content-Type") != wire.TypeChunk {
		return dossier.Errorf(wire.CodeNotAChunk, "a chunk comes as %s", wire.TypeChunk)
	}
	offset, err := wire.ParseSize(wire.HeaderUploadOffset, r.Header.Get(wire.HeaderUploadOffset))
	if err != nil {
		return err
	}
	body := newArriving(r)
	return p.withCarried(r, e, body.end, func(c carried) error {
		if c.at != offset {
			return dossier.Errorf(dossier.CodeConflict, "%d bytes are here, not %d", c.at, offset)
		}
		r.Body = body
		c, err := p.appendCarried(r, c)
		if err != nil {
			return err
		}
		w.Header().Set(wire.HeaderUploadOffset, strconv.FormatInt(c.at, 10))
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

func (p *Portal) deleteBundle(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	return p.withCarried(r, e, nil, func(c carried) error {
		if err := os.Remove(c.path); err != nil {
			return fmt.Errorf("failed to remove a courier's file: %w", err)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// withCarried finds the courier's file that a call is about and keeps others from
// it meanwhile.
func (p *Portal) withCarried(r *http.Request, e ledger.Enrolment, end func(), f func(carried) error) error {
	name := wire.BundleName{SHA256: r.PathValue("sha256")}
	if err := name.Check(); err != nil {
		return err
	}
	release, err := p.holdCarried(r, e, name, end)
	if err != nil {
		return err
	}
	defer release()
	c, err := p.carriedOf(e, name)
	if err != nil {
		return notFound(err)
	}
	return f(c)
}

// appendCarried takes the body of r in at the file's end. What it returns is on
// the disk. Of a chunk that was to hash to something else nothing stays, and a
// whole that is not what its digest says begins anew.
func (p *Portal) appendCarried(r *http.Request, c carried) (_ carried, err error) {
	if r.ContentLength > c.size-c.at {
		return c, dossier.Errorf(wire.CodeTooLarge, "%d bytes, %d are missing", r.ContentLength, c.size-c.at)
	}
	body, _, check, err := checked(r, c.upload())
	if err != nil {
		return c, err
	}
	f, err := os.OpenFile(c.path, os.O_RDWR, 0)
	if err != nil {
		return c, fmt.Errorf("failed to go on with a courier's file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	n, werr := io.Copy(io.NewOffsetWriter(f, c.at), io.LimitReader(body, c.size-c.at))
	if werr == nil {
		werr = errors.Join(rest(body), check())
	}
	if werr != nil && (r.Header.Get(wire.HeaderUploadChecksum) != "" || dossier.CodeOf(werr) == wire.CodeTooLarge) {
		n = 0
	}
	at := c.at + n
	if at == c.size && n > 0 {
		hash := newSum()
		if _, err := io.Copy(hash, io.NewSectionReader(f, 0, c.size)); err != nil {
			return c, fmt.Errorf("failed to read a courier's file: %w", err)
		}
		if hash.hex() != c.name.SHA256 {
			at, werr = 0, errors.Join(dossier.Errorf(wire.CodeChecksum, "the whole is not what its digest says: it begins anew"), werr)
		}
	}
	if err := errors.Join(f.Truncate(at), f.Sync(), os.Chtimes(c.path, p.now(), p.now())); err != nil {
		return c, roomy(fmt.Errorf("failed to keep a courier's file: %w", err))
	}
	c.at = at
	return c, roomy(werr)
}

// answerBundle takes in a courier's file that is whole, and answers with the file
// for the station that made it. It stays until the carrier has the answer on the
// stick and says so: what is taken in twice has one effect.
func (p *Portal) answerBundle(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	leave, ok := p.meters.bundles.Enter(e.ID)
	if !ok {
		return slowDown(retryAfterS * time.Second)
	}
	defer leave()
	return p.withCarried(r, e, nil, func(c carried) (err error) {
		if c.at < c.size {
			return dossier.Errorf(dossier.CodeConflict, "%d bytes are here of %d", c.at, c.size)
		}
		f, err := os.Open(c.path)
		if err != nil {
			return fmt.Errorf("failed to open a courier's file: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		sealed, err := stick.UnwrapFrom(f, c.size)
		if err != nil {
			return err
		}
		pc, err := p.takeBundle(r.Context(), sealed)
		if err != nil {
			return err
		}
		_, answer, err := p.answerBundles(r.Context(), []*parcel{pc})
		if err != nil {
			return err
		}
		return write(w, http.StatusOK, wire.TypeBundle, stick.Wrap(answer))
	})
}

// summing hashes what is written to it.
type summing struct{ hash.Hash }

func newSum() summing { return summing{sha256.New()} }

func (s summing) hex() string { return hex.EncodeToString(s.Sum(nil)) }

// roomy marks a full disk.
func roomy(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return dossier.E(wire.CodeNoRoom, err)
	}
	return err
}
