package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// The limits of attachments, beside dossier's for one packet.
const (
	maxFileCalls     = 256                // calls of /files/ at once: slow ones do not hold up packets
	maxOpenUploads   = 32                 // of one station: ours has one at a time
	maxOpenBytes     = 1 << 30            // of one station, as announced
	maxOpenEverybody = 16384              // a province's stations with a few each
	filesReserve     = 256 << 20          // bytes that files leave free: packets and receipts need them
	uploadLife       = 7 * 24 * time.Hour // a station without a network for a week
	expireBatch      = 32                 // stale uploads that one new upload clears away
)

// fileRoutes are the calls of tus 1.0.
func (p *Portal) fileRoutes() []route {
	one := wire.PathFiles + "{station}/{packet}/{sha256}"
	return []route{
		{pattern: "OPTIONS " + wire.PathFiles, open: p.optionsFiles},
		{pattern: "POST " + wire.PathFiles, limit: dossier.MaxAttachmentBytes, slots: p.fileCalls, file: true, mtls: tus(p.postFile)},
		{pattern: "HEAD " + one, slots: p.fileCalls, file: true, mtls: tus(p.headFile)},
		{pattern: "PATCH " + one, limit: dossier.MaxAttachmentBytes, slots: p.fileCalls, file: true, mtls: tus(p.patchFile)},
		{pattern: "DELETE " + one, slots: p.fileCalls, file: true, mtls: tus(p.deleteFile)},
		{pattern: "POST " + one, limit: dossier.MaxAttachmentBytes, slots: p.fileCalls, file: true, mtls: tus(p.overrideFile)},
	}
}

// tus holds a call to the protocol's version.
func tus(f call) call {
	return func(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
		w.Header().Set(wire.HeaderTusResumable, wire.TusVersion)
		if r.Header.Get(wire.HeaderTusResumable) != wire.TusVersion {
			w.Header().Set(wire.HeaderTusVersion, wire.TusVersion)
			return dossier.Errorf(wire.CodeTusVersion, "only tus %s is spoken here", wire.TusVersion)
		}
		return f(w, r, e)
	}
}

func (p *Portal) optionsFiles(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Path != wire.PathFiles {
		return dossier.Errorf(dossier.CodeNotFound, "no such call")
	}
	h := w.Header()
	h.Set(wire.HeaderTusResumable, wire.TusVersion)
	h.Set(wire.HeaderTusVersion, wire.TusVersion)
	h.Set(wire.HeaderTusExtension, wire.TusExtensions)
	h.Set(wire.HeaderTusChecksums, wire.TusChecksums)
	h.Set(wire.HeaderTusMaxSize, strconv.FormatInt(dossier.MaxAttachmentBytes, 10))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// overrideFile serves clients whose network lets only GET and POST through.
func (p *Portal) overrideFile(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	switch r.Header.Get(wire.HeaderMethodOverride) {
	case http.MethodPatch:
		return p.patchFile(w, r, e)
	case http.MethodDelete:
		return p.deleteFile(w, r, e)
	case http.MethodHead:
		return p.headFile(w, r, e)
	}
	return dossier.Errorf(dossier.CodeNotFound, "no such call")
}

// postFile begins an upload, or finds it again: the answer to a replay names the
// same place and how far it is.
func (p *Portal) postFile(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	if r.URL.Path != wire.PathFiles {
		return dossier.Errorf(dossier.CodeNotFound, "no such call")
	}
	if r.Header.Get(wire.HeaderUploadDefer) != "" {
		return dossier.Errorf(dossier.CodeInvalid, "an upload's length is known when it begins")
	}
	size, err := wire.ParseSize(wire.HeaderUploadLength, r.Header.Get(wire.HeaderUploadLength))
	if err != nil {
		return err
	}
	if size > dossier.MaxAttachmentBytes {
		return dossier.Errorf(wire.CodeTooLarge, "a file of %d bytes, at most %d", size, dossier.MaxAttachmentBytes)
	}
	name, err := wire.ParseMetadata(r.Header.Get(wire.HeaderUploadMetadata))
	if err != nil {
		return err
	}
	name.Station = e.Station
	if _, err := p.expire(r.Context()); err != nil {
		return err
	}
	body := newArriving(r)
	release, err := p.writing.take(r.Context(), name, body.end)
	if err != nil {
		return err
	}
	defer release()
	u, err := p.begin(r.Context(), name, size, e)
	if err != nil {
		return err
	}
	// A replay's bytes are those of the beginning: they are here.
	if r.Header.Get("Content-Type") == wire.TypeChunk && u.Offset == 0 {
		r.Body = body
		if u, err = p.chunk(w, r, name, u); err != nil {
			return err
		}
	}
	w.Header().Set("Location", name.Path())
	state(w, u)
	w.WriteHeader(http.StatusCreated)
	return nil
}

func (p *Portal) headFile(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	name, err := nameOf(r, e)
	if err != nil {
		return err
	}
	// Whoever asks how far it is has given up what ran before; only then does the
	// answer stay true.
	release, err := p.writing.take(r.Context(), name, nil)
	if err != nil {
		return err
	}
	defer release()
	u, err := p.upload(r.Context(), name, e)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set(wire.HeaderUploadLength, strconv.FormatInt(u.Size, 10))
	w.Header().Set(wire.HeaderUploadMetadata, name.Metadata())
	state(w, u)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (p *Portal) patchFile(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	name, err := nameOf(r, e)
	if err != nil {
		return err
	}
	if r.Header.Get("Content-Type") != wire.TypeChunk {
		return dossier.Errorf(wire.CodeNotAChunk, "a chunk comes as %s", wire.TypeChunk)
	}
	offset, err := wire.ParseSize(wire.HeaderUploadOffset, r.Header.Get(wire.HeaderUploadOffset))
	if err != nil {
		return err
	}
	body := newArriving(r)
	release, err := p.writing.take(r.Context(), name, body.end)
	if err != nil {
		return err
	}
	defer release()
	u, err := p.upload(r.Context(), name, e)
	if err != nil {
		return err
	}
	if u.Offset != offset {
		return dossier.Errorf(dossier.CodeConflict, "%d bytes are here, not %d", u.Offset, offset)
	}
	r.Body = body
	if u, err = p.chunk(w, r, name, u); err != nil {
		return err
	}
	state(w, u)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (p *Portal) deleteFile(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	name, err := nameOf(r, e)
	if err != nil {
		return err
	}
	release, err := p.writing.take(r.Context(), name, nil)
	if err != nil {
		return err
	}
	defer release()
	u, err := p.upload(r.Context(), name, e)
	if err != nil && dossier.CodeOf(err) != wire.CodeExpired {
		return err
	}
	if u.MadeAt.IsZero() {
		return dossier.Errorf(dossier.CodeConflict, "the file is whole: it belongs to its packet")
	}
	// The bytes first: a row without bytes begins anew, bytes without a row stay
	// for ever.
	if err := p.files.Remove(r.Context(), name.Packet, name.SHA256); err != nil {
		return err
	}
	if err := p.store.Update(r.Context(), func(tx ledger.Tx) error { return tx.RemoveUpload(name.Packet, name.SHA256) }); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// state says how far an upload is, and until when it may go on.
func state(w http.ResponseWriter, u ledger.Upload) {
	w.Header().Set(wire.HeaderUploadOffset, strconv.FormatInt(u.Offset, 10))
	if u.Offset < u.Size {
		w.Header().Set(wire.HeaderUploadExpires, u.ChangedAt.Add(uploadLife).UTC().Format(http.TimeFormat))
	}
}

func nameOf(r *http.Request, e ledger.Enrolment) (wire.FileName, error) {
	n := wire.FileName{Station: r.PathValue("station"), Packet: r.PathValue("packet"), SHA256: r.PathValue("sha256")}
	if err := n.Check(); err != nil {
		return n, err
	}
	if n.Station != e.Station {
		return n, dossier.Errorf(wire.CodeNotYours, "another station's file")
	}
	return n, nil
}

// fileOf finds the file in the head of a packet that is here.
func fileOf(v ledger.Reader, name wire.FileName, e ledger.Enrolment) (ledger.File, error) {
	pk, err := v.Packet(name.Packet)
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.File{}, dossier.Errorf(wire.CodePacketFirst, "the packet is not here: it goes before its files")
	}
	if err != nil {
		return ledger.File{}, err
	}
	if pk.Enrolment != e.ID {
		return ledger.File{}, dossier.Errorf(wire.CodeNotYours, "another station's packet")
	}
	for _, f := range pk.Files {
		if f.SHA256 == name.SHA256 {
			if !f.Held && !pk.DestroyedAt.IsZero() {
				return f, dossier.Errorf(wire.CodeExpired, "the packet was destroyed, after the time it is kept")
			}
			return f, nil
		}
	}
	return ledger.File{}, dossier.Errorf(dossier.CodeInvalid, "the packet names no such file")
}

// whole is an upload that has ended: it has no row any more.
func whole(name wire.FileName, f ledger.File) ledger.Upload {
	return ledger.Upload{Packet: name.Packet, SHA256: name.SHA256, Size: f.Size, Offset: f.Size}
}

// upload finds an upload that was begun; one that expired is returned with its
// error.
func (p *Portal) upload(ctx context.Context, name wire.FileName, e ledger.Enrolment) (u ledger.Upload, err error) {
	err = p.store.View(ctx, func(v ledger.Reader) error {
		f, err := fileOf(v, name, e)
		if err != nil {
			return err
		}
		if f.Held {
			u = whole(name, f)
			return nil
		}
		u, err = v.Upload(name.Packet, name.SHA256)
		if err != nil {
			return notFound(err)
		}
		if u.Expired || u.ChangedAt.Before(p.now().Add(-uploadLife)) {
			return dossier.Errorf(wire.CodeExpired, "nobody went on with it for %d days", uploadLife/(24*time.Hour))
		}
		return nil
	})
	return u, err
}

// begin finds an upload or makes it.
func (p *Portal) begin(ctx context.Context, name wire.FileName, size int64, e ledger.Enrolment) (u ledger.Upload, err error) {
	free, err := p.files.Free()
	if err != nil {
		return u, err
	}
	err = p.store.Update(ctx, func(tx ledger.Tx) error {
		f, err := fileOf(tx, name, e)
		if err != nil {
			return err
		}
		if f.Size != size {
			return dossier.Errorf(dossier.CodeConflict, "the packet's head names %d bytes, not %d", f.Size, size)
		}
		if f.Held {
			u = whole(name, f)
			return nil
		}
		now := p.now()
		u, err = tx.Upload(name.Packet, name.SHA256)
		switch {
		case err == nil && !u.Expired && !u.ChangedAt.Before(now.Add(-uploadLife)):
			return nil
		case err != nil && !errors.Is(err, ledger.ErrNotFound):
			return err
		}
		if err := quota(tx, e, size, free); err != nil {
			return err
		}
		u = ledger.Upload{Packet: name.Packet, SHA256: name.SHA256, Enrolment: e.ID, Size: size, MadeAt: now, ChangedAt: now}
		return tx.PutUpload(u)
	})
	return u, err
}

// quota refuses to begin what could not end, or what is too much for one.
func quota(tx ledger.Reader, e ledger.Enrolment, size, free int64) error {
	mine, err := tx.OpenUploads(e.ID)
	if err != nil {
		return err
	}
	if mine.Count >= maxOpenUploads || mine.Bytes+size > maxOpenBytes {
		return dossier.Errorf(wire.CodeTooMany, "%d uploads of %d bytes have begun and not ended", mine.Count, mine.Bytes)
	}
	all, err := tx.OpenUploads(0)
	if err != nil {
		return err
	}
	if all.Count >= maxOpenEverybody {
		return dossier.Errorf(wire.CodeBusy, "too many uploads at once")
	}
	if free-filesReserve < size {
		return dossier.Errorf(wire.CodeNoRoom, "no room for %d bytes", size)
	}
	return nil
}

// expire clears away what nobody goes on with: the bytes go, the row stays to
// say why.
func (p *Portal) expire(ctx context.Context) (n int, err error) {
	var stale []ledger.Upload
	err = p.store.View(ctx, func(v ledger.Reader) (err error) {
		stale, err = v.StaleUploads(p.now().Add(-uploadLife), expireBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, u := range stale {
		if err := p.expireOne(ctx, u); err != nil {
			return 0, fmt.Errorf("failed to expire an upload: %w", err)
		}
	}
	return len(stale), nil
}

func (p *Portal) expireOne(ctx context.Context, stale ledger.Upload) error {
	release, err := p.writing.take(ctx, wire.FileName{Packet: stale.Packet, SHA256: stale.SHA256}, nil)
	if err != nil {
		return err
	}
	defer release()
	return p.store.Update(ctx, func(tx ledger.Tx) error {
		u, err := tx.Upload(stale.Packet, stale.SHA256)
		if errors.Is(err, ledger.ErrNotFound) || err == nil && u.ChangedAt != stale.ChangedAt {
			return nil // somebody went on with it
		}
		if err != nil {
			return err
		}
		if err := p.files.Remove(ctx, u.Packet, u.SHA256); err != nil {
			return err
		}
		u.Offset, u.Expired = 0, true
		p.log.Info("upload expired", "packet", u.Packet, "sha256", u.SHA256)
		return tx.PutUpload(u)
	})
}
