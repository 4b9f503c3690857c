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
	"tramhoso/sync/store/internal/rows"
)

// PacketState is what the station knows about a packet's way.
type PacketState struct {
	ID       string
	Seq      uint64
	Kind     dossier.PacketKind
	Created  time.Time
	Held     time.Time // when its receipt came here; zero: the portal has not said so
	Taken    time.Time // when the portal took it, as the receipt signs it; zero: the portal has not said so
	Receipt  string    // compact JWS or ""
	Purged   time.Time // zero: the body is still here
	Mirrored time.Time // zero: not on the second medium
}

// State tells how far a packet came.
func (s *Store) State(ctx context.Context, id string) (PacketState, error) {
	p, err := s.r.PacketState(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return PacketState{}, dossier.E(dossier.CodeNotFound, nil)
	}
	if err != nil {
		return PacketState{}, coded(fmt.Errorf("failed to read a packet's state: %w", err))
	}
	state := PacketState{ID: p.ID, Seq: uint64(p.Seq), Kind: dossier.PacketKind(p.Kind), Created: time.UnixMilli(p.CreatedMs), Held: fromMs(p.HeldMs),
		Receipt: p.Receipt.String, Purged: fromMs(p.PurgedMs), Mirrored: fromMs(p.MirroredMs)}
	if !state.Held.IsZero() {
		state.Taken = taken(state)
	}
	return state, nil
}

// taken is when the portal took a packet of which it was heard. A receipt was
// verified when it came. Of one that says no time it is known only that it came.
func taken(s PacketState) time.Time {
	var r dossier.Receipt
	if payload(s.Receipt, &r) != nil || r.At.IsZero() {
		return s.Held
	}
	return r.At
}

// Packet returns the frozen bytes. After the purge it is CodeNotFound.
func (s *Store) Packet(ctx context.Context, id string) (dossier.Packet, error) {
	p, err := s.r.PacketBytes(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return dossier.Packet{}, dossier.E(dossier.CodeNotFound, nil)
	}
	if err != nil {
		return dossier.Packet{}, coded(fmt.Errorf("failed to read a packet: %w", err))
	}
	return thaw(p.Jws, p.Body)
}

// Head returns a packet's head, also after the purge.
func (s *Store) Head(ctx context.Context, id string) (dossier.Head, error) {
	jws, err := s.r.PacketHead(ctx, id)
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
	err := payload(string(jws), &p.Head)
	return p, err
}

// payload reads what a compact JWS says, of which it was made sure when it was kept.
func payload(compact string, into any) error {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return dossier.Errorf(dossier.CodeInvalid, "a signed text of %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "failed to decode a signed text: %w", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "failed to read a signed text: %w", err)
	}
	return nil
}

// Unmirrored returns up to limit packets, oldest first, that are not yet on
// the second medium.
func (s *Store) Unmirrored(ctx context.Context, limit int) ([]dossier.Packet, error) {
	found, err := s.r.Unmirrored(ctx, int64(limit))
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list what is not mirrored: %w", err))
	}
	list := make([]dossier.Packet, len(found))
	for i, f := range found {
		if list[i], err = thaw(f.Jws, f.Body); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Mirrored notes that a packet's ciphertext lies on the second medium.
func (s *Store) Mirrored(ctx context.Context, id string) error {
	if err := s.w.Mirrored(ctx, rows.MirroredParams{MirroredMs: sql.NullInt64{Int64: s.ms(), Valid: true}, ID: id}); err != nil {
		return coded(fmt.Errorf("failed to note a mirrored packet: %w", err))
	}
	return nil
}

// MirrorWritten notes that the second medium was written to just now, for people
// to read; a power cut may take it back.
func (s *Store) MirrorWritten(ctx context.Context) error {
	if err := s.w.SetCounter(ctx, rows.SetCounterParams{Name: counterMirror, Value: s.ms()}); err != nil {
		return coded(fmt.Errorf("failed to note when the second medium was written: %w", err))
	}
	return nil
}

// Behind says how many packets are not on the second medium, and when one was last
// written there; zero: never.
func (s *Store) Behind(ctx context.Context) (packets int, written time.Time, err error) {
	n, err := s.r.CountUnmirrored(ctx)
	if err != nil {
		return 0, time.Time{}, coded(fmt.Errorf("failed to count what is not mirrored: %w", err))
	}
	at, err := s.r.Counter(ctx, counterMirror)
	if err != nil {
		return 0, time.Time{}, coded(fmt.Errorf("failed to read when the second medium was written: %w", err))
	}
	return int(n), fromMs(sql.NullInt64{Int64: at, Valid: at != 0}), nil
}

// MirroredPurged returns up to limit heads of packets whose ciphertext may leave
// the second medium: the portal keeps them.
func (s *Store) MirroredPurged(ctx context.Context, limit int) ([]dossier.Packet, error) {
	found, err := s.r.MirroredPurged(ctx, int64(limit))
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list what was mirrored: %w", err))
	}
	list := make([]dossier.Packet, len(found))
	for i, f := range found {
		if list[i], err = thaw(f.Jws, f.Body); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Unmirror notes that a packet's ciphertext left the second medium.
func (s *Store) Unmirror(ctx context.Context, id string) error {
	if err := s.w.Unmirror(ctx, id); err != nil {
		return coded(fmt.Errorf("failed to note a packet that left the second medium: %w", err))
	}
	return nil
}

// MirroredHeads returns the heads of what is held for mirrored and has its body
// here.
func (s *Store) MirroredHeads(ctx context.Context) ([]dossier.Head, error) {
	found, err := s.r.MirroredHeads(ctx)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list what is mirrored: %w", err))
	}
	list := make([]dossier.Head, len(found))
	for i, jws := range found {
		p, err := thaw(jws, nil)
		if err != nil {
			return nil, err
		}
		list[i] = p.Head
	}
	return list, nil
}

// LastSeq is the last sequence number that was given.
func (s *Store) LastSeq(ctx context.Context) (uint64, error) {
	n, err := s.r.Counter(ctx, counterSeq)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to read the last sequence number: %w", err))
	}
	return uint64(n), nil
}

// Bodies returns up to limit packets past a sequence number, in their order, that
// have their body here: all of them, or those that the portal does not hold
// whole.
func (s *Store) Bodies(ctx context.Context, after uint64, all bool, limit int) ([]dossier.Packet, error) {
	q := rows.BodiesParams{After: int64(after), Most: int64(limit)}
	if all {
		q.AllBodies = 1
	}
	found, err := s.r.Bodies(ctx, q)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list what is here: %w", err))
	}
	list := make([]dossier.Packet, len(found))
	for i, f := range found {
		if list[i], err = thaw(f.Jws, f.Body); err != nil {
			return nil, err
		}
	}
	return list, nil
}
