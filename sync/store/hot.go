package store

import (
	"context"
	"database/sql"
	"fmt"
)

// The statements of a commit. They are prepared once: parsing them anew took
// two fifths of a commit's time.
const (
	sqlFirstResult = `SELECT s.packet, p.seq, s.slip, s.slip_serial, s.print_job
		FROM submits s JOIN packets p ON p.id = s.packet WHERE s.token = ?`
	sqlNextNumber = `INSERT INTO counters (name, value) VALUES (?, 1)
		ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`
	sqlInsertPacket = `INSERT INTO packets (id, seq, kind, parent, jws, body, digest, created_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	sqlInsertOutbox  = `INSERT INTO outbox (seq, priority) VALUES (?, ?)`
	sqlInsertDossier = `INSERT INTO dossiers (packet, slip, citizen_key, id_index, created_ms) VALUES (?, ?, ?, ?, ?)`
	sqlInsertCard    = `INSERT INTO cards (packet, class, mark, sealed, at_ms) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (packet, class, mark) DO NOTHING`
	sqlInsertPrint = `INSERT INTO print_jobs (packet, kind, sealed, key, state, created_ms, changed_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?)`
	sqlInsertSubmit = `INSERT INTO submits (token, packet, slip, slip_serial, print_job, created_ms)
		VALUES (?, ?, ?, ?, ?, ?)`
)

// prepare readies the statements on the only writing connection.
func (s *Store) prepare(ctx context.Context) error {
	s.hot = map[string]*sql.Stmt{}
	for _, q := range []string{sqlFirstResult, sqlNextNumber, sqlInsertPacket, sqlInsertOutbox, sqlInsertDossier,
		sqlInsertCard, sqlInsertPrint, sqlInsertSubmit} {
		st, err := s.write.PrepareContext(ctx, q)
		if err != nil {
			return coded(fmt.Errorf("failed to prepare a statement: %w", err))
		}
		s.hot[q] = st
	}
	return nil
}

// in is a prepared statement inside a transaction.
func (s *Store) in(ctx context.Context, tx *sql.Tx, query string) *sql.Stmt {
	return tx.StmtContext(ctx, s.hot[query])
}
