package sqlite

import (
	"time"

	"tramhoso/sync/portal/ledger"
)

const uploadCols = "packet, sha256, enrolment, size, upto, made_us, changed_us, expired"

func uploadDst(u *ledger.Upload) []any {
	return []any{&u.Packet, &u.SHA256, &u.Enrolment, &u.Size, &u.Offset, at{&u.MadeAt}, at{&u.ChangedAt}, &u.Expired}
}

func (r *reader) Upload(packet, sha256 string) (u ledger.Upload, err error) {
	err = r.row("upload", "SELECT "+uploadCols+" FROM uploads WHERE packet = ? AND sha256 = ?", []any{packet, sha256}, uploadDst(&u)...)
	return u, err
}

func (r *reader) OpenUploads(enrolment int64) (o ledger.Open, err error) {
	err = r.row("uploads", "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM uploads WHERE expired = 0 AND (?1 = 0 OR enrolment = ?1)",
		[]any{enrolment}, &o.Count, &o.Bytes)
	return o, err
}

func (r *reader) StaleUploads(since time.Time, limit int) ([]ledger.Upload, error) {
	return list(r, "uploads", "SELECT "+uploadCols+" FROM uploads WHERE expired = 0 AND changed_us < ? ORDER BY changed_us LIMIT 0+?",
		[]any{since.UnixMicro(), min(limit, ledger.MaxList)}, func(row interface{ Scan(...any) error }, u *ledger.Upload) error {
			return row.Scan(uploadDst(u)...)
		})
}

func (r *reader) HeldFiles(after ledger.HeldFile, limit int) ([]ledger.HeldFile, error) {
	return list(r, "files", `SELECT packet, n, sha256, size FROM files WHERE held = 1 AND (packet, n) > (?, ?)
		AND (SELECT destroyed_us FROM packets WHERE id = packet) IS NULL ORDER BY packet, n LIMIT 0+?`,
		[]any{after.Packet, after.N, min(limit, ledger.MaxList)}, func(row interface{ Scan(...any) error }, f *ledger.HeldFile) error {
			return row.Scan(&f.Packet, &f.N, &f.SHA256, &f.Size)
		})
}

func (t *tx) PutUpload(u ledger.Upload) error {
	_, err := t.exec("upload", `INSERT INTO uploads (`+uploadCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (packet, sha256) DO UPDATE SET
		enrolment = excluded.enrolment, size = excluded.size, upto = excluded.upto, made_us = excluded.made_us,
		changed_us = excluded.changed_us, expired = excluded.expired`,
		u.Packet, u.SHA256, u.Enrolment, u.Size, u.Offset, u.MadeAt.UnixMicro(), u.ChangedAt.UnixMicro(), u.Expired)
	return err
}

func (t *tx) RemoveUpload(packet, sha256 string) error {
	return t.one("upload", "DELETE FROM uploads WHERE packet = ? AND sha256 = ?", packet, sha256)
}

func (t *tx) SetFileHeld(packet, sha256 string) error {
	return t.one("file", "UPDATE files SET held = 1 WHERE packet = ? AND sha256 = ?", packet, sha256)
}

func (t *tx) SetWhole(packet string, counter uint64, receipt string) error {
	return t.one("packet", "UPDATE packets SET state = 'whole', counter = ?, receipt = ? WHERE id = ?", int64(counter), receipt, packet)
}
