package sqlite

import (
	"time"

	"tramhoso/sync/portal/ledger"
)

func (r *reader) EndedDossiers(before time.Time, limit int) ([]string, error) {
	return list(r, "dossiers", `SELECT d.packet FROM dossiers d JOIN packets p ON p.id = d.packet
		WHERE d.status IN (3, 8, 10) AND d.updated_us < ? AND p.destroyed_us IS NULL ORDER BY d.updated_us, d.n LIMIT 0+?`,
		[]any{before.UnixMicro(), min(limit, ledger.MaxList)}, scanString)
}

func (r *reader) StrayPackets(before time.Time, limit int) ([]string, error) {
	return list(r, "packets", `SELECT id FROM packets p WHERE destroyed_us IS NULL AND received_us < ? AND quarantine = '' AND shelved = 0
		AND NOT EXISTS (SELECT 1 FROM dossiers WHERE packet = p.id)
		AND (NOT EXISTS (SELECT 1 FROM steps WHERE cause = p.id)
			OR EXISTS (SELECT 1 FROM packets o WHERE o.id = p.parent AND o.destroyed_us IS NOT NULL)) ORDER BY received_us LIMIT 0+?`,
		[]any{before.UnixMicro(), min(limit, ledger.MaxList)}, scanString)
}

func (r *reader) NeedsRecipient(id string, before time.Time) (needed bool, err error) {
	err = r.row("packets", "SELECT EXISTS (SELECT 1 FROM packets WHERE destroyed_us IS NULL AND (recipient = ? OR received_us < ?))",
		[]any{id, before.UnixMicro()}, &needed)
	return needed, err
}

func (t *tx) Destroy(packet string, when time.Time) error {
	if err := t.one("packet", "UPDATE packets SET body = x'', destroyed_us = COALESCE(destroyed_us, ?) WHERE id = ?", when.UnixMicro(), packet); err != nil {
		return err
	}
	if _, err := t.exec("steps", "UPDATE steps SET sealed = NULL WHERE packet = ? AND sealed IS NOT NULL", packet); err != nil {
		return err
	}
	_, err := t.exec("uploads", "DELETE FROM uploads WHERE packet = ?", packet)
	return err
}

func (t *tx) drop(what, query string, before time.Time) (int, error) {
	n, err := t.exec(what, query, before.UnixMicro())
	return int(n), err
}

func (t *tx) DropUploads(before time.Time) (int, error) {
	return t.drop("uploads", "DELETE FROM uploads WHERE expired = 1 AND changed_us < ?", before)
}

func (t *tx) DropTokens(before time.Time) (int, error) {
	return t.drop("tokens", "DELETE FROM tokens WHERE expires_us < ?", before)
}

func (t *tx) DropEvents(before time.Time) (int, error) {
	return t.drop("events", "DELETE FROM events WHERE enrolment IN (SELECT enrolment FROM revocations WHERE at_us < ?)", before)
}

func (r *reader) OpenAlarms(station string) (n int, err error) {
	err = r.row("alarms", "SELECT COUNT(*) FROM alarms WHERE acknowledged_us IS NULL AND (?1 = '' OR station = ?1)", []any{station}, &n)
	return n, err
}

func (t *tx) AcknowledgeAlarm(n int64, by string, when time.Time) error {
	return t.one("alarm", `UPDATE alarms SET acknowledged_by = CASE WHEN acknowledged_us IS NULL THEN ? ELSE acknowledged_by END,
		acknowledged_us = COALESCE(acknowledged_us, ?) WHERE n = ?`, by, when.UnixMicro(), n)
}
