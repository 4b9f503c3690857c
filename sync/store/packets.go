package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tramhoso/sync/dossier"
)

// PacketState is what the station knows about a packet's way.
type PacketState struct {
	ID       string
	Seq      uint64
	Kind     dossier.PacketKind
	Created  time.Time
	Held     time.Time // zero: the portal has not said so
	Receipt  string    // compact JWS or ""
	Purged   time.Time // zero: the body is still here
	Mirrored time.Time // zero: not on the second medium
}

// State tells how far a packet came.
func (s *Store) State(ctx context.Context, id string) (PacketState, error) {
	var (
		p                               PacketState
		created, held, purged, mirrored sql.NullInt64
		receipt                         sql.NullString
	)
	err := s.read.QueryRowContext(ctx, `SELECT id, seq, kind, created_ms, held_ms, receipt, purged_ms, mirrored_ms
		FROM packets WHERE id = ?`, id).Scan(&p.ID, &p.Seq, &p.Kind, &created, &held, &receipt, &purged, &mirrored)
	if errors.Is(err, sql.ErrNoRows) {
		return p, dossier.E(dossier.CodeNotFound, nil)
	}
	if err != nil {
		return p, coded(fmt.Errorf("failed to read a packet's state: %w", err))
	}
	p.Created, p.Held, p.Purged, p.Mirrored = fromMs(created), fromMs(held), fromMs(purged), fromMs(mirrored)
	p.Receipt = receipt.String
	return p, nil
}

// Packet returns the frozen bytes. After the purge it is CodeNotFound.
func (s *Store) Packet(ctx context.Context, id string) (dossier.Packet, error) {
	var jws, body []byte
	err := s.read.QueryRowContext(ctx, `SELECT jws, body FROM packets WHERE id = ? AND body IS NOT NULL`, id).
		Scan(&jws, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return dossier.Packet{}, dossier.E(dossier.CodeNotFound, nil)
	}
	if err != nil {
		return dossier.Packet{}, coded(fmt.Errorf("failed to read a packet: %w", err))
	}
	return thaw(jws, body)
}

// Head returns a packet's head, also after the purge.
func (s *Store) Head(ctx context.Context, id string) (dossier.Head, error) {
	var jws []byte
	err := s.read.QueryRowContext(ctx, `SELECT jws FROM packets WHERE id = ?`, id).Scan(&jws)
	if errors.Is(err, sql.ErrNoRows) {
		return dossier.Head{}, dossier.E(dossier.CodeNotFound, nil)
	}
	if err != nil {
		return dossier.Head{}, coded(fmt.Errorf("failed to read a packet's head: %w", err))
	}
	p, err := thaw(jws, nil)
	return p.Head, err
}

// thaw reads the head that the frozen bytes carry, so that it is kept only once.
// The signature was made here and is checked by whoever receives the packet.
func thaw(jws, body []byte) (dossier.Packet, error) {
	p := dossier.Packet{JWS: jws, Body: body}
	parts := strings.Split(string(jws), ".")
	if len(parts) != 3 {
		return p, dossier.Errorf(dossier.CodeInvalid, "a frozen head of %d parts", len(parts))
	}
	head, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return p, dossier.Errorf(dossier.CodeInvalid, "failed to decode a frozen head: %w", err)
	}
	if err := json.Unmarshal(head, &p.Head); err != nil {
		return p, dossier.Errorf(dossier.CodeInvalid, "failed to read a frozen head: %w", err)
	}
	return p, nil
}

// Unmirrored returns up to limit packets, oldest first, that are not yet on
// the second medium.
func (s *Store) Unmirrored(ctx context.Context, limit int) ([]dossier.Packet, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT jws, body FROM packets
		WHERE mirrored_ms IS NULL AND body IS NOT NULL ORDER BY seq LIMIT ?`, limit)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list what is not mirrored: %w", err))
	}
	return scanPackets(rows)
}

// Mirrored notes that a packet's ciphertext lies on the second medium.
func (s *Store) Mirrored(ctx context.Context, id string) error {
	_, err := s.write.ExecContext(ctx, `UPDATE packets SET mirrored_ms = ? WHERE id = ?`, s.ms(), id)
	if err != nil {
		return coded(fmt.Errorf("failed to note a mirrored packet: %w", err))
	}
	return nil
}

// MirroredPurged returns up to limit heads of packets whose ciphertext may leave
// the second medium: the portal keeps them.
func (s *Store) MirroredPurged(ctx context.Context, limit int) ([]dossier.Packet, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT jws, body FROM packets
		WHERE mirrored_ms IS NOT NULL AND body IS NULL ORDER BY seq LIMIT ?`, limit)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list what was mirrored: %w", err))
	}
	return scanPackets(rows)
}

// Unmirror notes that a packet's ciphertext left the second medium.
func (s *Store) Unmirror(ctx context.Context, id string) error {
	if _, err := s.write.ExecContext(ctx, `UPDATE packets SET mirrored_ms = NULL WHERE id = ?`, id); err != nil {
		return coded(fmt.Errorf("failed to note a packet that left the second medium: %w", err))
	}
	return nil
}

func scanPackets(rows *sql.Rows) (list []dossier.Packet, err error) {
	defer func() { err = coded(errors.Join(err, rows.Close())) }()
	for rows.Next() {
		var jws, body []byte
		if err := rows.Scan(&jws, &body); err != nil {
			return nil, fmt.Errorf("failed to read a packet: %w", err)
		}
		p, err := thaw(jws, body)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}
