package power

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"

	"tramhoso/sync/dossier"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// commitWith keeps a packet that names attachments.
func (s station) commitWith(t *testing.T, to seal.Recipient, files ...dossier.Attachment) (store.Committed, error) {
	t.Helper()
	id, err := uuid.NewV7()
	must(t, err)
	return s.Store.Commit(t.Context(), store.Submission{Token: "tap", Build: func(seq, _ uint64) (store.Rows, error) {
		p, err := seal.Freeze(dossier.Head{ID: id.String(), Kind: dossier.KindDossier, Station: prove.StationCode, Seq: seq,
			Attachments: files}, []byte("{}"), to, s.Keys.PacketSigner())
		return store.Rows{Packet: p, Digest: seal.Digest(p.JWS, p.Body), Priority: store.PriorityPacket}, err
	}})
}

// A citizen's paper: once it was taken in, its ciphertext is whole on the disk
// under its name; once a packet names it, both are there. What was cut leaves
// nothing behind that counts.
func TestAttachment(t *testing.T) {
	k := newDesk(t)
	ctx := t.Context()
	plain := bytes.Repeat([]byte("a page of a paper. "), 2_000)
	add := func(s station) (dossier.Attachment, error) {
		return s.Store.AddFile(ctx, "visit", "p1", func(w io.Writer) (dossier.Attachment, error) {
			return seal.SealAttachment(w, bytes.NewReader(plain), k.prov.Trust.Recipients[0])
		})
	}
	whole := func(t *testing.T, s station, a dossier.Attachment) {
		t.Helper()
		f, err := s.Store.OpenFile(a.SHA256)
		if err != nil {
			t.Errorf("the paper is lost: %v", err)
			return
		}
		defer func() { must(t, f.Close()) }()
		r, err := seal.OpenAttachment(f, a, []age.Identity{k.prov.Identity}...)
		if err == nil {
			var got []byte
			if got, err = io.ReadAll(r); err == nil && !bytes.Equal(got, plain) {
				err = errors.New("it is another")
			}
		}
		if err != nil {
			t.Errorf("the paper is not whole: %v", err)
		}
	}
	var heard struct {
		file   dossier.Attachment // zero: nobody was told that it is here
		packet store.Committed    // likewise
	}
	cuts[station]{
		base: k.disk, end: station.end, stride: 2,
		open: func(t *testing.T, dir string) station {
			heard.file, heard.packet = dossier.Attachment{}, store.Committed{}
			return boot(t, dir)
		},
		act: func(s station) (_ any, err error) {
			a, err := add(s)
			if err != nil {
				return nil, err
			}
			heard.file = a
			c, err := s.commitWith(t, k.prov.Trust.Recipients[0], a)
			if err != nil {
				return nil, err
			}
			heard.packet = c
			return true, nil
		},
		check: func(t *testing.T, dir string, _ any) {
			s := k.reboot(t, dir)
			if heard.file.SHA256 != "" {
				whole(t, s, heard.file)
			}
			list, err := s.Store.DraftFiles(ctx, "visit")
			must(t, err)
			for _, a := range list { // told or not
				whole(t, s, a)
			}
			committed, err := s.commitWith(t, k.prov.Trust.Recipients[0], list...) // the citizen taps again
			must(t, err)
			if heard.packet.Packet != "" && (!committed.Again || committed.Packet != heard.packet.Packet) {
				t.Errorf("told %+v, now %+v", heard.packet, committed)
			}
			h, err := s.Store.Head(ctx, committed.Packet)
			must(t, err)
			if heard.file.SHA256 != "" && !slices.Contains(h.Attachments, heard.file) {
				t.Errorf("the packet names %v, not %v", h.Attachments, heard.file)
			}
			for _, a := range h.Attachments {
				whole(t, s, a)
			}
			s.waiting(t, 2)
		},
	}.everywhere(t)
}
