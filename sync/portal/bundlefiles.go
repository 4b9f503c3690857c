package portal

import (
	"context"
	"errors"
	"io"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// takeFiles takes in the attachments of a bundle, each as an upload of its
// station would be: one that began by the network goes on from where it was. What
// cannot be taken is passed over, and its packet's receipt goes on naming it as
// missing.
func (p *Portal) takeFiles(ctx context.Context, b *wire.Bundle, pc *parcel) error {
	if len(pc.claim.Files) == 0 {
		return nil
	}
	for _, f := range pc.claim.Files {
		content := b.File(f.Size)
		err := p.takeCarried(ctx, f, content)
		switch code := dossier.CodeOf(err); {
		case err == nil:
			pc.here++
		case ours(err) && code != wire.CodeNoRoom && code != wire.CodeBusy:
			return err
		default: // it may come another way
			p.log.Warn("an attachment on a stick is not taken", "packet", f.Packet, "sha256", f.SHA256, "err", err)
		}
		if err := b.Skip(content); err != nil {
			return err
		}
	}
	return b.End(len(pc.claim.Files))
}

// takeCarried takes in one attachment. Its packet's signed head names it by its
// digest: no other authority is needed.
func (p *Portal) takeCarried(ctx context.Context, f wire.BundleFile, content io.Reader) error {
	name := wire.FileName{Packet: f.Packet, SHA256: f.SHA256}
	var from ledger.Enrolment
	if err := p.store.View(ctx, func(r ledger.Reader) error {
		pk, err := r.Packet(f.Packet)
		if err != nil {
			return notFound(err)
		}
		name.Station = pk.Station
		from, err = r.Enrolment(pk.Enrolment)
		return err
	}); err != nil {
		return err
	}
	release, err := p.writing.take(ctx, name, nil)
	if err != nil {
		return err
	}
	defer release()
	u, err := p.begin(ctx, name, f.Size, from)
	if err != nil || u.Offset == u.Size {
		return err
	}
	if _, err := io.CopyN(io.Discard, content, u.Offset); errors.Is(err, io.EOF) && dossier.CodeOf(err) == "" {
		return dossier.E(dossier.CodeInvalid, io.ErrUnexpectedEOF) // the bundle ends within it
	} else if err != nil {
		return err
	}
	at := u
	n, err := p.files.Write(ctx, name.Packet, name.SHA256, at.Offset, content)
	at.Offset += n
	if err != nil {
		return p.brokenOff(ctx, u, at, err)
	}
	at, err = p.settle(ctx, name, u, at)
	if err == nil && at.Offset != at.Size {
		return dossier.Errorf(dossier.CodeInvalid, "the attachment is cut short")
	}
	return err
}
