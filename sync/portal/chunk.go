package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// flushBytes is how much of a long chunk may be lost when the portal dies: it
// is written down in such steps.
const flushBytes = 4 << 20

// chunk takes the body of r in at the upload's offset. What it returns, and what
// the ledger says from then on, is on the disk. Where the connection breaks, what
// came is kept: every byte came authenticated by TLS, and the whole is checked
// against its digest. A chunk that was to hash to something else leaves nothing.
func (p *Portal) chunk(w http.ResponseWriter, r *http.Request, name wire.FileName, u ledger.Upload) (ledger.Upload, error) {
	if r.ContentLength > u.Size-u.Offset {
		return u, dossier.Errorf(wire.CodeTooLarge, "%d bytes, %d are missing", r.ContentLength, u.Size-u.Offset)
	}
	body, step, check, err := checked(r, u)
	if err != nil {
		return u, err
	}
	// What was received is written down even though the station is gone.
	ctx := context.WithoutCancel(r.Context())
	at := u
	for at.Offset < at.Size {
		most := min(step, at.Size-at.Offset)
		n, err := p.files.Write(ctx, name.Packet, name.SHA256, at.Offset, io.LimitReader(body, most))
		at.Offset += n
		if err != nil {
			return u, p.brokenOff(ctx, u, at, err)
		}
		if n < most || at.Offset == at.Size {
			break
		}
		if err := p.note(ctx, at); err != nil {
			return u, err
		}
	}
	if err := rest(body); err != nil {
		return u, err
	}
	if err := check(); err != nil {
		return u, err
	}
	return p.settle(ctx, name, u, at)
}

// brokenOff writes down what came before err, and says whose trouble that is.
func (p *Portal) brokenOff(ctx context.Context, was, at ledger.Upload, err error) error {
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		p.log.Warn("an upload's bytes are gone", "packet", at.Packet, "sha256", at.SHA256)
		at.Offset, err = 0, dossier.Errorf(dossier.CodeConflict, "0 bytes are here")
	case errors.Is(err, ledger.ErrNoRoom):
		err = dossier.E(wire.CodeNoRoom, err)
	}
	if at.Offset == at.Size { // the last bytes count with the check of the whole only
		at.Offset = was.Offset
	}
	if nerr := p.note(ctx, at); nerr != nil {
		p.log.Error("failed to note how far an upload is", "packet", at.Packet, "err", nerr)
	}
	return err
}

// checked is the body with what Upload-Checksum asks of it, and how much of it
// may be written down before all of it was seen.
func checked(r *http.Request, u ledger.Upload) (body io.Reader, step int64, check func() error, err error) {
	header := r.Header.Get(wire.HeaderUploadChecksum)
	if header == "" {
		return r.Body, flushBytes, func() error { return nil }, nil
	}
	want, err := wire.ParseChecksum(header)
	if err != nil {
		return nil, 0, nil, err
	}
	h := want.New()
	return io.TeeReader(r.Body, h), u.Size, func() error { return matches(want, h) }, nil
}

func matches(want wire.Checksum, h hash.Hash) error {
	if !want.Is(h) {
		return dossier.Errorf(wire.CodeChecksum, "the chunk is not what its checksum says")
	}
	return nil
}

// rest refuses a body that goes on after the upload's end.
func rest(body io.Reader) error {
	n, err := io.CopyN(io.Discard, body, 1)
	if n > 0 {
		return dossier.Errorf(wire.CodeTooLarge, "more bytes than are missing")
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("failed to read a chunk's end: %w", err)
	}
	return nil
}

// note writes down how far an upload is.
func (p *Portal) note(ctx context.Context, u ledger.Upload) error {
	u.ChangedAt = p.now()
	return p.store.Update(ctx, func(tx ledger.Tx) error { return tx.PutUpload(u) })
}

// settle ends a chunk: after the last one the whole must be what its digest says,
// or the upload begins anew.
func (p *Portal) settle(ctx context.Context, name wire.FileName, was, u ledger.Upload) (ledger.Upload, error) {
	u.ChangedAt = p.now()
	switch {
	case u.Offset == was.Offset: // nothing came, or the file was whole before
		return was, nil
	case u.Offset < u.Size:
		return u, p.note(ctx, u)
	}
	sum, err := p.sum(ctx, name)
	if err != nil {
		return was, err
	}
	if sum != name.SHA256 {
		u.Offset = 0
		p.log.Warn("an upload is not what its digest says", "packet", name.Packet, "sha256", name.SHA256)
		return was, errors.Join(dossier.Errorf(wire.CodeChecksum, "the whole is not what its digest says: it begins anew"), p.note(ctx, u))
	}
	return u, p.complete(ctx, name)
}

func (p *Portal) sum(ctx context.Context, name wire.FileName) (sum string, err error) {
	f, err := p.files.Open(ctx, name.Packet, name.SHA256)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("failed to read a file: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// complete says that a file is here; with the last one its packet is whole, and
// the receipt says so from then on.
func (p *Portal) complete(ctx context.Context, name wire.FileName) error {
	var pk ledger.Packet
	err := p.store.Update(ctx, func(tx ledger.Tx) error {
		if err := errors.Join(tx.SetFileHeld(name.Packet, name.SHA256), tx.RemoveUpload(name.Packet, name.SHA256)); err != nil {
			return err
		}
		var err error
		if pk, err = tx.Packet(name.Packet); err != nil || len(pk.Missing()) > 0 || pk.State == wire.StateWhole { // came twice at once
			return err
		}
		from, err := tx.Enrolment(pk.Enrolment)
		if err != nil {
			return err
		}
		if pk.Counter, err = tx.NextReceipt(pk.Enrolment); err != nil {
			return err
		}
		pk.State = wire.StateWhole
		if pk.Receipt, err = p.sign(pk, from); err != nil {
			return err
		}
		return tx.SetWhole(pk.ID, pk.Counter, pk.Receipt)
	})
	if err == nil {
		p.log.Info("file", "packet", pk.ID, "station", pk.Station, "missing", len(pk.Missing()), "counter", pk.Counter)
	}
	return err
}

// sign makes the receipt of a packet in its present state.
func (p *Portal) sign(pk ledger.Packet, from ledger.Enrolment) (string, error) {
	at := p.now()
	return p.keys().sign(seal.UseReceipt, at, dossier.Receipt{
		Packet: pk.ID, Station: pk.Station, Digest: pk.Digest, Counter: pk.Counter, State: pk.State, Missing: pk.Missing(),
		At: at, Quarantined: pk.Quarantine != "", Why: dossier.AsideWhy(pk.Quarantine), Durable: from.Durable,
	}, wire.TypReceipt)
}
