package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tramhoso/sync/dossier"
)

// Carriage is one attachment on its way, or a packet that only the word "whole"
// is missing of.
type Carriage struct {
	Packet dossier.Packet
	File   dossier.Attachment // zero: every file was carried, the receipt is to be asked for
}

// NextFile is what goes next of the attachments: files go after the packet that
// names them is held, oldest packet first. ok is false when nothing may go.
func (s *Store) NextFile(ctx context.Context) (c Carriage, ok bool, err error) {
	var (
		jws, body []byte
		n         sql.NullInt64
	)
	// A packet's open files before its receipt; a refused or lost file holds the
	// receipt back and nothing else.
	err = s.read.QueryRowContext(ctx, `SELECT p.jws, p.body,
			(SELECT min(n) FROM packet_files g WHERE g.seq = p.seq AND g.state = ?1 AND g.refused = '')
		FROM packets p WHERE p.held_ms IS NOT NULL AND p.body IS NOT NULL
			AND p.seq IN (SELECT seq FROM packet_files WHERE state < ?3)
			AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.seq = p.seq)
			AND (EXISTS (SELECT 1 FROM packet_files g WHERE g.seq = p.seq AND g.state = ?1 AND g.refused = '')
				OR NOT EXISTS (SELECT 1 FROM packet_files g WHERE g.seq = p.seq AND g.state <> ?2))
		ORDER BY p.seq LIMIT 1`, fileOpen, fileCarried, fileWhole).Scan(&jws, &body, &n)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, coded(fmt.Errorf("failed to look for an attachment to carry: %w", err))
	}
	if c.Packet, err = thaw(jws, body); err != nil {
		return c, false, err
	}
	if n.Valid {
		if n.Int64 >= int64(len(c.Packet.Head.Attachments)) {
			return c, false, dossier.Errorf(dossier.CodeInvalid, "a file that its packet does not name")
		}
		c.File = c.Packet.Head.Attachments[n.Int64]
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
func (s *Store) WaitingFiles(ctx context.Context) (w WaitingFiles, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT coalesce(sum(f.state = ?1), 0), coalesce(sum(g.size * (f.state = ?1)), 0),
		coalesce(sum(f.state = ?1 AND f.refused <> ''), 0), coalesce(sum(f.state = ?2), 0)
		FROM packet_files f JOIN files g ON g.sha256 = f.sha256 WHERE f.state <> ?3`, fileOpen, fileLost, fileWhole).
		Scan(&w.Files, &w.Bytes, &w.Refused, &w.Lost)
	if err != nil {
		return w, coded(fmt.Errorf("failed to sum up the attachments: %w", err))
	}
	return w, nil
}

// Carried notes that the portal has all bytes of a file.
func (s *Store) Carried(ctx context.Context, packet, sha256 string) error {
	return s.noteFile(ctx, packet, sha256, `state = 1, refused = ''`)
}

// RefusedFile notes why the portal will not take a file; a person has to look.
func (s *Store) RefusedFile(ctx context.Context, packet, sha256 string, why dossier.Code) error {
	return s.noteFile(ctx, packet, sha256, `refused = ?3`, string(why))
}

// RetryFiles lets refused files go again.
func (s *Store) RetryFiles(ctx context.Context) error {
	res, err := s.write.ExecContext(ctx, `UPDATE packet_files SET refused = '' WHERE refused <> '' AND state = ?`, fileOpen)
	if err != nil {
		return coded(fmt.Errorf("failed to let refused attachments go again: %w", err))
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		s.change.tell()
	}
	return nil
}

func (s *Store) noteFile(ctx context.Context, packet, sha256, set string, args ...any) error {
	_, err := s.write.ExecContext(ctx, `UPDATE packet_files SET `+set+` WHERE state < 2 AND sha256 = ?1
		AND seq = (SELECT seq FROM packets WHERE id = ?2)`, append([]any{sha256, packet}, args...)...)
	if err != nil {
		return coded(fmt.Errorf("failed to note an attachment's way: %w", err))
	}
	s.change.tell()
	return nil
}

// MissingFiles notes that the portal still misses files of a packet that were
// taken for carried.
func (s *Store) MissingFiles(ctx context.Context, packet string, missing []string) error {
	return s.tx(ctx, "note missing files", func(tx *sql.Tx) error { return setMissing(ctx, tx, packet, missing) })
}

func setMissing(ctx context.Context, tx *sql.Tx, packet string, missing []string) error {
	for _, sum := range missing {
		if _, err := tx.ExecContext(ctx, `UPDATE packet_files SET state = ? WHERE sha256 = ? AND state IN (?, ?)
			AND seq = (SELECT seq FROM packets WHERE id = ?)`, fileOpen, sum, fileCarried, fileWhole, packet); err != nil {
			return err
		}
	}
	return nil
}

// takeFiles notes what a receipt says about a packet's files.
func takeFiles(ctx context.Context, tx *sql.Tx, r dossier.Receipt) error {
	if r.State != "whole" {
		return setMissing(ctx, tx, r.Packet, r.Missing)
	}
	_, err := tx.ExecContext(ctx, `UPDATE packet_files SET state = ?, refused = '' WHERE seq = (SELECT seq FROM packets WHERE id = ?)`,
		fileWhole, r.Packet)
	return err
}

// OfferAgain puts one packet back into the outbox: the portal does not know it
// any more.
func (s *Store) OfferAgain(ctx context.Context, packet string) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO outbox (seq, priority) SELECT seq, CASE kind WHEN 'handover' THEN ? ELSE ? END
		FROM packets WHERE id = ? AND body IS NOT NULL ON CONFLICT (seq) DO NOTHING`,
		int(PriorityHandover), int(PriorityPacket), packet)
	if err != nil {
		return coded(fmt.Errorf("failed to offer a packet again: %w", err))
	}
	s.change.tell()
	return nil
}
