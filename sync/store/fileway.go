package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

// Carriage is one attachment on its way, or a packet that only the word "whole"
// is missing of.
type Carriage struct {
	Packet dossier.Packet
	File   dossier.Attachment // zero: every file was carried, the receipt is to be asked for
}

// NextFile is what goes next of the attachments: files go after the packet that
// names them is held, oldest packet first, from the one after the sequence number on.
// ok is false when nothing may go.
func (s *Store) NextFile(ctx context.Context, after uint64) (c Carriage, ok bool, err error) {
	f, err := s.r.NextFile(ctx, int64(after))
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, coded(fmt.Errorf("failed to look for an attachment to carry: %w", err))
	}
	if c.Packet, err = thaw(f.Jws, f.Body); err != nil {
		return c, false, err
	}
	if f.N >= 0 {
		if f.N >= int64(len(c.Packet.Head.Attachments)) {
			return c, false, dossier.Errorf(dossier.CodeInvalid, "a file that its packet does not name")
		}
		c.File = c.Packet.Head.Attachments[f.N]
	}
	return c, true, nil
}

// WaitingFiles sums up the attachments that are still to be carried.
type WaitingFiles struct {
	Files   int
	Bytes   int64
	Refused int // of these, refused by the portal
	Lost    int // beside these, not on this disk any more
}

// WaitingFiles sums up what NextFile gives, and what it does not.
func (s *Store) WaitingFiles(ctx context.Context) (WaitingFiles, error) {
	w, err := s.r.WaitingFiles(ctx)
	if err != nil {
		return WaitingFiles{}, coded(fmt.Errorf("failed to sum up the attachments: %w", err))
	}
	return WaitingFiles{Files: int(w.Files), Bytes: w.Bytes, Refused: int(w.Refused), Lost: int(w.Lost)}, nil
}

// ToCarry is an attachment that the portal does not have yet.
type ToCarry struct {
	Packet, SHA256 string
	Size           int64
}

// FilesToCarry lists up to limit attachments that the portal may still miss and
// has not refused, oldest packet first, whether or not their packets are held: a
// stick takes both.
func (s *Store) FilesToCarry(ctx context.Context, limit int) ([]ToCarry, error) {
	found, err := s.r.FilesToCarry(ctx, int64(limit))
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list the attachments: %w", err))
	}
	list := make([]ToCarry, len(found))
	for i, f := range found {
		list[i] = ToCarry{Packet: f.ID, SHA256: f.Sha256, Size: f.Size}
	}
	return list, nil
}

// OpenFiles counts a packet's attachments for which its receipt does not say
// whole.
func (s *Store) OpenFiles(ctx context.Context, packet string) (int, error) {
	n, err := s.r.OpenFilesOf(ctx, packet)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to count a packet's attachments: %w", err))
	}
	return int(n), nil
}

// Carried notes that the portal has all bytes of a file.
func (s *Store) Carried(ctx context.Context, packet, sha256 string) error {
	return s.noted(s.w.CarriedFile(ctx, rows.CarriedFileParams{Sha256: sha256, ID: packet}))
}

// RefusedFile notes why the portal will not take a file; a person has to look.
func (s *Store) RefusedFile(ctx context.Context, packet, sha256 string, why dossier.Code) error {
	return s.noted(s.w.RefusedFile(ctx, rows.RefusedFileParams{Refused: string(why), Sha256: sha256, ID: packet}))
}

// RetryFiles lets refused files go again.
func (s *Store) RetryFiles(ctx context.Context) error {
	n, err := s.w.RetryFiles(ctx)
	if err != nil {
		return coded(fmt.Errorf("failed to let refused attachments go again: %w", err))
	}
	if n > 0 {
		s.change.tell()
	}
	return nil
}

func (s *Store) noted(err error) error {
	if err != nil {
		return coded(fmt.Errorf("failed to note an attachment's way: %w", err))
	}
	s.change.tell()
	return nil
}

// MissingFiles notes that the portal still misses files of a packet that were
// taken for carried.
func (s *Store) MissingFiles(ctx context.Context, packet string, missing []string) error {
	return s.tx(ctx, "note missing files", func(tx *sql.Tx) error { return setMissing(ctx, s.w.WithTx(tx), packet, missing) })
}

func setMissing(ctx context.Context, q *rows.Queries, packet string, missing []string) error {
	for _, sum := range missing {
		if err := q.MissingFile(ctx, rows.MissingFileParams{Sha256: sum, ID: packet}); err != nil {
			return err
		}
	}
	return nil
}

// takeFiles notes what a receipt says about a packet's files.
func takeFiles(ctx context.Context, q *rows.Queries, r dossier.Receipt) error {
	if r.State != "whole" {
		return setMissing(ctx, q, r.Packet, r.Missing)
	}
	return q.WholeFiles(ctx, r.Packet)
}

// OfferAgain puts one packet back into the outbox: the portal does not know it
// any more.
func (s *Store) OfferAgain(ctx context.Context, packet string) error {
	if err := s.w.OfferAgain(ctx, packet); err != nil {
		return coded(fmt.Errorf("failed to offer a packet again: %w", err))
	}
	s.change.tell()
	return nil
}
