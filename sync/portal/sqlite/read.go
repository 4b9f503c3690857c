package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/portal/ledger"
)

type reader struct {
	ctx context.Context
	t   *session
}

// row scans one row; none is ErrNotFound.
func (r *reader) row(what, query string, args []any, dst ...any) error {
	err := r.t.row(r.ctx, query, args).Scan(dst...)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", what, ledger.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("failed to read %s: %w", what, err)
	}
	return nil
}

// list scans every row with scan. Its limits are sums: SQLite reads a statement
// anew whenever another bare parameter is put behind LIMIT, and then it is in vain
// that it was kept.
func list[T any](r *reader, what, query string, args []any, scan func(row interface{ Scan(...any) error }, v *T) error) (out []T, err error) {
	rows, err := r.t.query(r.ctx, query, args)
	if err != nil {
		return nil, fmt.Errorf("failed to list %s: %w", what, err)
	}
	defer func() {
		if cerr := rows.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("failed to list %s: %w", what, cerr)
		}
	}()
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return nil, fmt.Errorf("failed to read %s: %w", what, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("failed to list %s: %w", what, err)
	}
	return out, nil
}

func scanString(row interface{ Scan(...any) error }, v *string) error { return row.Scan(v) }

// at reads a time kept as microseconds; 0 and NULL are the zero time.
type at struct{ t *time.Time }

func (a at) Scan(v any) error {
	switch n := v.(type) {
	case nil:
		*a.t = time.Time{}
	case int64:
		*a.t = time.UnixMicro(n).UTC()
	default:
		return fmt.Errorf("a time kept as %T", v)
	}
	return nil
}

// us writes a time; the zero time is NULL.
func us(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

func (r *reader) Epoch() (string, error) {
	b, err := r.Document(docEpoch)
	return string(b), err
}

func (r *reader) Document(name string) (b []byte, err error) {
	err = r.row("document "+name, "SELECT value FROM documents WHERE name = ?", []any{name}, &b)
	return b, err
}

const stationCols = "code, name, address, phone, COALESCE(current, 0)"

func scanStation(row interface{ Scan(...any) error }, s *ledger.Station) error {
	return row.Scan(&s.Code, &s.Name, &s.Address, &s.Phone, &s.Current)
}

func (r *reader) Station(code string) (s ledger.Station, err error) {
	err = r.row("station", "SELECT "+stationCols+" FROM stations WHERE code = ?", []any{code},
		&s.Code, &s.Name, &s.Address, &s.Phone, &s.Current)
	return s, err
}

func (r *reader) Stations() ([]ledger.Station, error) {
	return list(r, "stations", "SELECT "+stationCols+" FROM stations ORDER BY code", nil, scanStation)
}

const enrolmentCols = "id, station, cert_sha256, key_sha256, certificate, packet_key, slip_key, audit_key, event_key, at_us, receipts, durable, last_event, (SELECT at_us FROM revocations WHERE enrolment = enrolments.id)"

func enrolmentDst(e *ledger.Enrolment) []any {
	return []any{&e.ID, &e.Station, &e.CertSHA256, &e.KeySHA256, &e.Certificate, &e.PacketKey, &e.SlipKey, &e.AuditKey, &e.EventKey,
		at{&e.At}, &e.Receipts, &e.Durable, &e.LastEvent, at{&e.RevokedAt}}
}

func (r *reader) Enrolment(id int64) (e ledger.Enrolment, err error) {
	err = r.row("enrolment", "SELECT "+enrolmentCols+" FROM enrolments WHERE id = ?", []any{id}, enrolmentDst(&e)...)
	return e, err
}

func (r *reader) EnrolmentByCert(fp string) (e ledger.Enrolment, err error) {
	err = r.row("enrolment", "SELECT "+enrolmentCols+" FROM enrolments WHERE cert_sha256 = ?1 OR id = (SELECT enrolment FROM renewals WHERE cert_sha256 = ?1)", []any{fp}, enrolmentDst(&e)...)
	return e, err
}

func (r *reader) Renewal(enrolment int64) (c ledger.Certificate, err error) {
	err = r.row("renewal", "SELECT cert_sha256, key_sha256, certificate FROM renewals WHERE enrolment = ?", []any{enrolment},
		&c.CertSHA256, &c.KeySHA256, &c.PEM)
	return c, err
}

func (r *reader) Token(hash string) (t ledger.Token, err error) {
	err = r.row("token", "SELECT hash, code, name, address, phone, made_us, expires_us, used_us, COALESCE(used_by, 0) FROM tokens WHERE hash = ?",
		[]any{hash}, &t.Hash, &t.Station.Code, &t.Station.Name, &t.Station.Address, &t.Station.Phone,
		at{&t.MadeAt}, at{&t.Expires}, at{&t.UsedAt}, &t.UsedBy)
	return t, err
}

func (r *reader) Packet(id string) (p ledger.Packet, err error) {
	err = r.row("packet", `SELECT id, station, enrolment, seq, kind, parent, procedure, version, recipient, digest, jws, body,
		received_us, counter, state, receipt, quarantine, shelved, destroyed_us FROM packets WHERE id = ?`, []any{id},
		&p.ID, &p.Station, &p.Enrolment, &p.Seq, &p.Kind, &p.Parent, &p.Procedure.Code, &p.Procedure.Version, &p.Recipient,
		&p.Digest, &p.JWS, &p.Body, at{&p.ReceivedAt}, &p.Counter, &p.State, &p.Receipt, &p.Quarantine, &p.Shelved, at{&p.DestroyedAt})
	if err != nil {
		return ledger.Packet{}, err
	}
	p.Files, err = list(r, "files", "SELECT sha256, size, role, held FROM files WHERE packet = ? ORDER BY n", []any{id},
		func(row interface{ Scan(...any) error }, f *ledger.File) error {
			return row.Scan(&f.SHA256, &f.Size, &f.Role, &f.Held)
		})
	return p, err
}

func (r *reader) PacketsBySeq(enrolment int64, seq uint64) ([]string, error) {
	return list(r, "packets", "SELECT id FROM packets WHERE enrolment = ? AND seq = ? ORDER BY counter LIMIT 0+?",
		[]any{enrolment, int64(seq), ledger.MaxList}, scanString)
}

func (r *reader) Gaps(enrolment int64) (gaps []ledger.Run, last uint64, err error) {
	gaps, err = list(r, "packets", `SELECT before + 1, seq - 1 FROM
		(SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS before FROM packets WHERE enrolment = ?) WHERE seq > before + 1 ORDER BY seq LIMIT 0+?`,
		[]any{enrolment, ledger.MaxList}, func(row interface{ Scan(...any) error }, g *ledger.Run) error { return row.Scan(&g.From, &g.To) })
	if err != nil {
		return nil, 0, err
	}
	lasts, err := list(r, "packets", "SELECT coalesce(max(seq), 0) FROM packets WHERE enrolment = ?", []any{enrolment},
		func(row interface{ Scan(...any) error }, n *uint64) error { return row.Scan(n) })
	if err != nil {
		return nil, 0, err
	}
	return gaps, lasts[0], nil
}

func (r *reader) Shelved(parent string) ([]string, error) {
	return list(r, "packets", "SELECT id FROM packets WHERE parent = ? AND shelved = 1 ORDER BY seq LIMIT 0+?",
		[]any{parent, ledger.MaxList}, scanString)
}

func (r *reader) Quarantined(limit int) ([]string, error) {
	return list(r, "packets", "SELECT id FROM packets WHERE quarantine <> '' ORDER BY rowid LIMIT 0+?",
		[]any{min(limit, ledger.MaxList)}, scanString)
}

const dossierCols = "packet, station, procedure, version, agency, status, COALESCE(code, ''), received_us, accepted_us, due_us, CASE fee_known WHEN 1 THEN fee_due END, quarantine, updated_us"

func dossierDst(d *ledger.Dossier) []any {
	return []any{&d.Packet, &d.Station, &d.Procedure.Code, &d.Procedure.Version, &d.Agency, &d.Status, &d.Code,
		at{&d.ReceivedAt}, at{&d.AcceptedAt}, at{&d.Due}, &d.FeeDue, &d.Quarantine, at{&d.UpdatedAt}}
}

func (r *reader) Dossier(packet string) (d ledger.Dossier, err error) {
	err = r.row("dossier", "SELECT "+dossierCols+" FROM dossiers WHERE packet = ?", []any{packet}, dossierDst(&d)...)
	return d, err
}

const dossierFilter = " FROM dossiers WHERE (?1 = '' OR station = ?1) AND (?2 = 0 OR status = ?2)"

func (r *reader) Dossiers(f ledger.Filter) ([]ledger.Dossier, error) {
	limit := f.Limit
	if limit <= 0 || limit > ledger.MaxList {
		limit = ledger.MaxList
	}
	return list(r, "dossiers", "SELECT "+dossierCols+dossierFilter+" ORDER BY n DESC LIMIT 0+?3",
		[]any{f.Station, int(f.Status), limit}, func(row interface{ Scan(...any) error }, d *ledger.Dossier) error {
			return row.Scan(dossierDst(d)...)
		})
}

func (r *reader) CountDossiers(f ledger.Filter) (n int, err error) {
	err = r.row("dossiers", "SELECT COUNT(*)"+dossierFilter, []any{f.Station, int(f.Status)}, &n)
	return n, err
}

func (r *reader) Steps(packet string) ([]ledger.Step, error) {
	return list(r, "steps", `SELECT packet, n, from_status, to_status, at_us, action, cause, office, officer, sealed
		FROM steps WHERE packet = ? ORDER BY n LIMIT 0+?`, []any{packet, ledger.MaxList},
		func(row interface{ Scan(...any) error }, s *ledger.Step) error {
			return row.Scan(&s.Packet, &s.N, &s.From, &s.To, at{&s.At}, &s.Action, &s.Cause, &s.Office, &s.Officer, &s.Sealed)
		})
}

func (r *reader) Events(enrolment int64, after uint64, limit, maxBytes int) ([]ledger.Event, error) {
	// The sum goes over sizes, which are read without the bytes.
	return list(r, "events", `SELECT n, sealed, at_us FROM events WHERE enrolment = ?1 AND n IN (
			SELECT n FROM (SELECT n, sum(length(sealed)) OVER (ORDER BY n) AS upto, row_number() OVER (ORDER BY n) AS place
				FROM (SELECT n, sealed FROM events WHERE enrolment = ?1 AND n > ?2 ORDER BY n LIMIT 0+?3))
			WHERE upto <= ?4 OR place = 1)
		ORDER BY n`,
		[]any{enrolment, int64(after), min(limit, ledger.MaxList), maxBytes}, func(row interface{ Scan(...any) error }, e *ledger.Event) error {
			return row.Scan(&e.N, &e.Sealed, at{&e.At})
		})
}

func (r *reader) Alarms(limit int) ([]ledger.Alarm, error) {
	return list(r, "alarms", "SELECT n, station, enrolment, seq, first, second, at_us, acknowledged_us, acknowledged_by FROM alarms ORDER BY n DESC LIMIT 0+?",
		[]any{min(limit, ledger.MaxList)}, func(row interface{ Scan(...any) error }, a *ledger.Alarm) error {
			return row.Scan(&a.N, &a.Station, &a.Enrolment, &a.Seq, &a.First, &a.Second, at{&a.At}, at{&a.AcknowledgedAt}, &a.AcknowledgedBy)
		})
}

func (r *reader) Catalogue(version int) (c ledger.Catalogue, err error) {
	err = r.row("catalogue", "SELECT version, jws, body, at_us FROM catalogues WHERE version = ?", []any{version},
		&c.Version, &c.JWS, &c.Body, at{&c.At})
	return c, err
}

func (r *reader) LatestCatalogue() (c ledger.Catalogue, err error) {
	err = r.row("catalogue", "SELECT version, jws, body, at_us FROM catalogues ORDER BY version DESC LIMIT 1", nil,
		&c.Version, &c.JWS, &c.Body, at{&c.At})
	return c, err
}

func (r *reader) CatalogueVersion() (n int, err error) {
	err = r.row("catalogue", "SELECT version FROM catalogues ORDER BY version DESC LIMIT 1", nil, &n)
	return n, err
}
