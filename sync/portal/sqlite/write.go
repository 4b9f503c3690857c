package sqlite

import (
	"errors"
	"fmt"
	"time"

	lib "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"tramhoso/sync/portal/ledger"
)

type tx struct{ reader }

var _ ledger.Tx = (*tx)(nil)

// exec runs one statement; a taken key is ErrExists.
func (t *tx) exec(what, query string, args ...any) (int64, error) {
	res, err := t.t.exec(t.ctx, query, args)
	if err != nil {
		var se *lib.Error
		if errors.As(err, &se) && (se.Code() == codes.SQLITE_CONSTRAINT_PRIMARYKEY || se.Code() == codes.SQLITE_CONSTRAINT_UNIQUE) {
			return 0, fmt.Errorf("%s: %w", what, ledger.ErrExists)
		}
		return 0, fmt.Errorf("failed to write %s: %w", what, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("failed to write %s: %w", what, err)
	}
	return n, nil
}

// one is exec on exactly one existing row.
func (t *tx) one(what, query string, args ...any) error {
	n, err := t.exec(what, query, args...)
	if err == nil && n == 0 {
		err = fmt.Errorf("%s: %w", what, ledger.ErrNotFound)
	}
	return err
}

func (t *tx) PutDocument(name string, value []byte) error {
	_, err := t.exec("document "+name, "INSERT INTO documents (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

func (t *tx) PutStation(s ledger.Station) error {
	_, err := t.exec("station", `INSERT INTO stations (code, name, address, phone) VALUES (?, ?, ?, ?)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, address = excluded.address, phone = excluded.phone`,
		s.Code, s.Name, s.Address, s.Phone)
	return err
}

func (t *tx) AddEnrolment(e ledger.Enrolment) (id int64, err error) {
	if _, err := t.exec("enrolment", `INSERT INTO enrolments (station, cert_sha256, key_sha256, certificate, packet_key, slip_key, audit_key, event_key, at_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.Station, e.CertSHA256, e.KeySHA256, e.Certificate, e.PacketKey, e.SlipKey, e.AuditKey, e.EventKey, e.At.UnixMicro()); err != nil {
		return 0, err
	}
	if err := t.row("enrolment", "SELECT last_insert_rowid()", nil, &id); err != nil {
		return 0, err
	}
	return id, t.one("station", "UPDATE stations SET current = ? WHERE code = ?", id, e.Station)
}

func (t *tx) PutRenewal(enrolment int64, c ledger.Certificate) error {
	_, err := t.exec("renewal", `INSERT INTO renewals (enrolment, cert_sha256, key_sha256, certificate) VALUES (?, ?, ?, ?)
		ON CONFLICT (enrolment) DO UPDATE SET cert_sha256 = excluded.cert_sha256, key_sha256 = excluded.key_sha256, certificate = excluded.certificate`,
		enrolment, c.CertSHA256, c.KeySHA256, c.PEM)
	return err
}

func (t *tx) Revoke(enrolment int64, when time.Time) error {
	_, err := t.exec("revocation", "INSERT INTO revocations (enrolment, at_us) VALUES (?, ?) ON CONFLICT (enrolment) DO NOTHING", enrolment, when.UnixMicro())
	return err
}

func (t *tx) RenewEnrolment(id int64, certSHA256, keySHA256, certificate string) error {
	if _, err := t.exec("renewal", "DELETE FROM renewals WHERE enrolment = ?", id); err != nil {
		return err
	}
	return t.one("enrolment", "UPDATE enrolments SET cert_sha256 = ?, key_sha256 = ?, certificate = ? WHERE id = ?", certSHA256, keySHA256, certificate, id)
}

func (t *tx) SetDurable(enrolment int64, counter uint64) error {
	return t.one("enrolment", "UPDATE enrolments SET durable = MAX(durable, ?) WHERE id = ?", int64(counter), enrolment)
}

func (t *tx) NextReceipt(enrolment int64) (n uint64, err error) {
	err = t.row("enrolment", "UPDATE enrolments SET receipts = receipts + 1 WHERE id = ? RETURNING receipts", []any{enrolment}, &n)
	return n, err
}

func (t *tx) AddToken(k ledger.Token) error {
	_, err := t.exec("token", "INSERT INTO tokens (hash, code, name, address, phone, made_us, expires_us) VALUES (?, ?, ?, ?, ?, ?, ?)",
		k.Hash, k.Station.Code, k.Station.Name, k.Station.Address, k.Station.Phone, k.MadeAt.UnixMicro(), k.Expires.UnixMicro())
	return err
}

func (t *tx) UseToken(hash string, when time.Time, enrolment int64) error {
	return t.one("token", "UPDATE tokens SET used_us = ?, used_by = ? WHERE hash = ? AND used_us IS NULL", when.UnixMicro(), enrolment, hash)
}

func (t *tx) AddPacket(p ledger.Packet) error {
	if _, err := t.exec("packet", `INSERT INTO packets (id, station, enrolment, seq, kind, parent, procedure, version, recipient, digest, jws, body,
		received_us, counter, state, receipt, quarantine, shelved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ID, p.Station, p.Enrolment, int64(p.Seq), string(p.Kind), p.Parent, p.Procedure.Code, p.Procedure.Version, p.Recipient, p.Digest,
		p.JWS, p.Body, p.ReceivedAt.UnixMicro(), int64(p.Counter), p.State, p.Receipt, p.Quarantine, p.Shelved); err != nil {
		return err
	}
	for i, f := range p.Files {
		if _, err := t.exec("file", "INSERT INTO files (packet, n, sha256, size, role, held) VALUES (?, ?, ?, ?, ?, ?)",
			p.ID, i, f.SHA256, f.Size, f.Role, f.Held); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) SetShelved(id string, shelved bool) error {
	return t.one("packet", "UPDATE packets SET shelved = ? WHERE id = ?", shelved, id)
}

func (t *tx) SetQuarantine(id, reason string) error {
	return t.one("packet", "UPDATE packets SET quarantine = ? WHERE id = ?", reason, id)
}

func (t *tx) PutDossier(d ledger.Dossier) error {
	var code any
	if d.Code != "" {
		code = d.Code
	}
	due := int64(0)
	if d.FeeDue != nil {
		due = *d.FeeDue
	}
	_, err := t.exec("dossier", `INSERT INTO dossiers (packet, station, procedure, version, agency, status, code, received_us, accepted_us, due_us, fee_due, fee_known, quarantine, updated_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (packet) DO UPDATE SET agency = excluded.agency, status = excluded.status, code = excluded.code,
		accepted_us = excluded.accepted_us, due_us = excluded.due_us, fee_due = excluded.fee_due, fee_known = excluded.fee_known,
		quarantine = excluded.quarantine, updated_us = excluded.updated_us`,
		d.Packet, d.Station, d.Procedure.Code, d.Procedure.Version, d.Agency, int(d.Status), code, d.ReceivedAt.UnixMicro(),
		us(d.AcceptedAt), us(d.Due), due, d.FeeDue != nil, d.Quarantine, d.UpdatedAt.UnixMicro())
	return err
}

func (t *tx) AddStep(s ledger.Step) error {
	_, err := t.exec("step", `INSERT INTO steps (packet, n, from_status, to_status, at_us, action, cause, office, officer, sealed)
		SELECT ?1, COALESCE(MAX(n), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM steps WHERE packet = ?1`,
		s.Packet, int(s.From), int(s.To), s.At.UnixMicro(), s.Action, s.Cause, s.Office, s.Officer, s.Sealed)
	return err
}

func (t *tx) AddEvent(enrolment int64, sealed []byte, when time.Time) (n uint64, err error) {
	if err := t.row("enrolment", "UPDATE enrolments SET last_event = last_event + 1 WHERE id = ? RETURNING last_event", []any{enrolment}, &n); err != nil {
		return 0, err
	}
	_, err = t.exec("event", "INSERT INTO events (enrolment, n, sealed, at_us) VALUES (?, ?, ?, ?)", enrolment, int64(n), sealed, when.UnixMicro())
	return n, err
}

func (t *tx) AddAlarm(a ledger.Alarm) error {
	_, err := t.exec("alarm", "INSERT INTO alarms (station, enrolment, seq, first, second, at_us) VALUES (?, ?, ?, ?, ?, ?)",
		a.Station, a.Enrolment, int64(a.Seq), a.First, a.Second, a.At.UnixMicro())
	return err
}

func (t *tx) NextSerial(name string) (n int, err error) {
	err = t.row("serial", "INSERT INTO serials (name, last) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last", []any{name}, &n)
	return n, err
}

func (t *tx) AddCatalogue(c ledger.Catalogue) error {
	_, err := t.exec("catalogue", "INSERT INTO catalogues (version, jws, body, at_us) VALUES (?, ?, ?, ?)", c.Version, c.JWS, c.Body, c.At.UnixMicro())
	return err
}

func (t *tx) DropCatalogues(before int) error {
	_, err := t.exec("catalogues", "DELETE FROM catalogues WHERE version < ?", before)
	return err
}
