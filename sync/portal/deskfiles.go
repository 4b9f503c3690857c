package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// DeskFile is an attachment as the desk lists it.
type DeskFile struct {
	Packet string `json:"packet"`
	SHA256 string `json:"sha256"` // of the sealed file
	Size   int64  `json:"size"`   // likewise
	Role   string `json:"role"`
	Here   bool   `json:"here"` // false: still on its way
}

// packetsOf lists the packets that a dossier consists of: itself first, then
// what came to it, in order.
func packetsOf(v ledger.Reader, root ledger.Packet) ([]ledger.Packet, error) {
	steps, err := v.Steps(root.ID)
	if err != nil {
		return nil, err
	}
	list, seen := []ledger.Packet{root}, map[string]bool{root.ID: true, "": true}
	for _, s := range steps {
		if seen[s.Cause] {
			continue
		}
		seen[s.Cause] = true
		pk, err := v.Packet(s.Cause)
		if err != nil {
			return nil, err
		}
		list = append(list, pk)
	}
	return list, nil
}

// complete refuses a dossier whose files, or whose supplements' files, are still
// on their way.
func complete(v ledger.Reader, root ledger.Packet) error {
	list, err := packetsOf(v, root)
	if err != nil {
		return err
	}
	for _, pk := range list {
		if pk.State != wire.StateWhole {
			return dossier.Errorf(dossier.CodeConflict, "%d files are still missing", len(pk.Missing()))
		}
	}
	return nil
}

// deskFiles lists the files of a dossier.
func deskFiles(v ledger.Reader, root ledger.Packet) (out []DeskFile, err error) {
	list, err := packetsOf(v, root)
	if err != nil {
		return nil, err
	}
	for _, pk := range list {
		for _, f := range pk.Files {
			out = append(out, DeskFile{Packet: pk.ID, SHA256: f.SHA256, Size: f.Size, Role: f.Role, Here: f.Held && pk.DestroyedAt.IsZero()})
		}
	}
	return out, nil
}

// OpenFile decrypts an attachment as it is read. Only io.EOF says that what was
// read is the whole of it; see seal.OpenAttachment.
func (p *Portal) OpenFile(ctx context.Context, packet, sha256 string) (_ io.ReadCloser, err error) {
	var file dossier.Attachment
	var named string // the recipient of the packet's body
	if err := p.store.View(ctx, func(v ledger.Reader) error {
		pk, err := v.Packet(packet)
		if err != nil {
			return notFound(err)
		}
		for _, f := range pk.Files {
			if f.SHA256 == sha256 && f.Held && pk.DestroyedAt.IsZero() {
				file, named = f.Attachment, pk.Recipient
				return nil
			}
		}
		return dossier.Errorf(dossier.CodeNotFound, "no such file, or it is still on its way")
	}); err != nil {
		return nil, err
	}
	sealed, err := p.files.Open(ctx, packet, sha256)
	if err != nil {
		return nil, fmt.Errorf("failed to open an attachment: %w", err)
	}
	plain, err := seal.OpenAttachment(sealed, file, p.keys().identities(named)...)
	if err != nil {
		return nil, errors.Join(err, sealed.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, sealed}, nil
}

// deskFile gives an officer one file. What was changed on our disk ends in a
// broken connection, never in a file that looks whole.
func (p *Portal) deskFile(w http.ResponseWriter, r *http.Request) (err error) {
	f, err := p.OpenFile(r.Context(), r.PathValue("id"), r.PathValue("sha256"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream") // strangers' files are never shown as pages
	h.Set("Content-Disposition", "attachment")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if _, err := io.Copy(w, f); err != nil {
		p.log.Error("a file did not open to its end", "packet", r.PathValue("id"), "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// backupFiles copies every file that is here whole.
func (p *Portal) backupFiles(ctx context.Context, dir string) error {
	for last := (ledger.HeldFile{}); ; {
		var list []ledger.HeldFile
		if err := p.store.View(ctx, func(v ledger.Reader) (err error) {
			list, err = v.HeldFiles(last, ledger.MaxList)
			return err
		}); err != nil || len(list) == 0 {
			return err
		}
		if err := p.files.Backup(ctx, dir, list); err != nil {
			return err
		}
		last = list[len(list)-1]
	}
}
