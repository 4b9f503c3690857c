package portal

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base32"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/token"
	"tramhoso/sync/wire"
)

// tokenLife is how long an enrolment token waits for its station: a technician
// may need some days to get there.
const tokenLife = 14 * 24 * time.Hour

// tokenSecretBytes makes a token impossible to guess.
const tokenSecretBytes = 20

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// IssueToken makes a one-time token with which a station becomes s. Only the
// hash of its secret is kept.
func (p *Portal) IssueToken(ctx context.Context, s ledger.Station, publicURL string) (seal.Token, error) {
	if !token.ValidStation(s.Code) || s.Name == "" {
		return seal.Token{}, dossier.Errorf(dossier.CodeInvalid, "a station needs a valid code and a name")
	}
	raw := make([]byte, tokenSecretBytes)
	if _, err := rand.Read(raw); err != nil {
		return seal.Token{}, fmt.Errorf("failed to draw a token: %w", err)
	}
	t := seal.Token{URL: publicURL, Secret: base32.StdEncoding.EncodeToString(raw), RootSHA256: p.keys().fingerprint}
	if _, err := seal.ParseToken(t.String()); err != nil {
		return seal.Token{}, fmt.Errorf("failed to make a token that parses: %w", err)
	}
	now := p.now()
	return t, p.store.Update(ctx, func(tx ledger.Tx) error {
		return tx.AddToken(ledger.Token{Hash: hashOf([]byte(t.Secret)), Station: s, MadeAt: now, Expires: now.Add(tokenLife)})
	})
}

// FreeCode is the first of the codes DL27, DL28, … that no station has: what a
// demonstration's token is made for.
func (p *Portal) FreeCode(ctx context.Context, prefix string, from int) (code string, err error) {
	err = p.store.View(ctx, func(r ledger.Reader) error {
		for n := from; n < from+ledger.MaxList; n++ {
			code = fmt.Sprintf("%s%d", prefix, n)
			_, err := r.Station(code)
			if errors.Is(err, ledger.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
		}
		return dossier.Errorf(dossier.CodeConflict, "every code is taken")
	})
	return code, err
}

// applicant is a checked enrolment request.
type applicant struct {
	identity  *ecdsa.PublicKey
	enrolment ledger.Enrolment // keys only
}

func checkEnrol(q wire.EnrolRequest) (applicant, error) {
	invalid := func(what string, err error) (applicant, error) {
		return applicant{}, dossier.Errorf(dossier.CodeInvalid, "%s: %w", what, err)
	}
	id, hash, err := checkCSR(q.CSR)
	if err != nil {
		return applicant{}, err
	}
	pk, err := x509.ParsePKIXPublicKey(q.Keys.Packet)
	if err != nil {
		return invalid("packet key", err)
	}
	if err := (seal.StationKeys{Packet: &jose.JSONWebKey{Key: pk}, Slip: q.Keys.Slip, Audit: q.Keys.Audit, Events: q.Keys.Event}).Check(); err != nil {
		return invalid("keys", err)
	}
	return applicant{identity: id, enrolment: ledger.Enrolment{
		KeySHA256: hash,
		PacketKey: q.Keys.Packet, SlipKey: q.Keys.Slip, AuditKey: q.Keys.Audit, EventKey: q.Keys.Event,
	}}, nil
}

// checkCSR is the key that a certificate is asked for, with the hash it is known by.
func checkCSR(text string) (key *ecdsa.PublicKey, hash string, err error) {
	invalid := func(err error) (*ecdsa.PublicKey, string, error) {
		return nil, "", dossier.Errorf(dossier.CodeInvalid, "csr: %w", err)
	}
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE REQUEST" || len(bytes.TrimSpace(rest)) > 0 {
		return invalid(errors.New("not one PEM certificate request"))
	}
	csr, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return invalid(err)
	}
	if err := csr.CheckSignature(); err != nil {
		return invalid(err)
	}
	key, ok := csr.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return invalid(errors.New("not an ECDSA key"))
	}
	return key, hashOf(csr.RawSubjectPublicKeyInfo), nil
}

// speaks reports whether two enrolments are of one machine.
func speaks(a, b ledger.Enrolment) bool {
	return bytes.Equal(a.PacketKey, b.PacketKey) && bytes.Equal(a.SlipKey, b.SlipKey) && bytes.Equal(a.AuditKey, b.AuditKey) && a.EventKey == b.EventKey
}

func (p *Portal) postEnrol(w http.ResponseWriter, r *http.Request) error {
	var q wire.EnrolRequest
	if err := wire.DecodeJSON(r.Body, &q); err != nil {
		return err
	}
	a, err := checkEnrol(q)
	if err != nil {
		return err
	}
	from := addressOf(r)
	if wait := p.meters.refused.Wait(from, 1); wait > 0 {
		return slowDown(wait)
	}
	s, e, err := p.enrol(r.Context(), hashOf([]byte(q.Secret)), a)
	if err != nil {
		if dossier.CodeOf(err) == wire.CodeTokenRefused {
			p.meters.refused.Take(from, 1)
		}
		return err
	}
	p.believed.addChain(e.Certificate)
	p.log.Info("station enrolled", "station", s.Code, "enrolment", e.ID)
	return writeJSON(w, http.StatusOK, wire.EnrolAnswer{
		Station:     wire.Station{Code: s.Code, Name: s.Name, Address: s.Address, Phone: s.Phone},
		Certificate: e.Certificate, TrustBundle: p.keys().bundle,
		Staff: string(p.staffList.Load().data), SlipHost: p.o.SlipHost,
	})
}

// enrol spends the token. An answer that was lost on its way can be asked for
// again with the same token and the same keys.
func (p *Portal) enrol(ctx context.Context, hash string, a applicant) (s ledger.Station, e ledger.Enrolment, err error) {
	refused := func(why string) error { return dossier.Errorf(wire.CodeTokenRefused, "enrolment token: %s", why) }
	now := p.now()
	var t ledger.Token
	var current ledger.Enrolment
	if err := p.store.View(ctx, func(r ledger.Reader) error {
		if t, err = r.Token(hash); errors.Is(err, ledger.ErrNotFound) {
			return refused("not known here")
		} else if err != nil {
			return err
		}
		if s, err = r.Station(t.Station.Code); errors.Is(err, ledger.ErrNotFound) || err == nil && s.Current == 0 {
			return nil
		} else if err != nil {
			return err
		}
		current, err = r.Enrolment(s.Current)
		return err
	}); err != nil {
		return s, e, err
	}
	switch {
	case !t.UsedAt.IsZero():
		if t.UsedBy == current.ID && current.ID != 0 && speaks(current, a.enrolment) && current.KeySHA256 == a.enrolment.KeySHA256 {
			return s, current, nil
		}
		return s, e, refused("already used")
	case now.After(t.Expires):
		return s, e, refused("too old")
	case !current.RevokedAt.IsZero():
		return s, e, dossier.Errorf(wire.CodeRevoked, "station %s was revoked: a replaced station gets a new code", t.Station.Code)
	case current.ID != 0 && !speaks(current, a.enrolment):
		return s, e, dossier.Errorf(dossier.CodeConflict, "station %s has other keys: a replaced station gets a new code", t.Station.Code)
	}
	e = a.enrolment
	e.Station, e.At = t.Station.Code, now
	der, chain, err := p.keys().stationCertificate(e.Station, a.identity, now)
	if err != nil {
		return s, e, err
	}
	e.CertSHA256, e.Certificate = seal.Fingerprint(der), chain
	spend := func(tx ledger.Tx) error {
		if err := tx.UseToken(hash, now, e.ID); errors.Is(err, ledger.ErrNotFound) {
			return refused("already used")
		} else if err != nil {
			return err
		}
		s, err = tx.Station(e.Station)
		return err
	}
	if current.ID != 0 { // the same machine with a new certificate
		e.ID = current.ID
		return s, e, p.store.Update(ctx, func(tx ledger.Tx) error {
			if err := tx.RenewEnrolment(e.ID, e.CertSHA256, e.KeySHA256, e.Certificate); err != nil {
				return err
			}
			return spend(tx)
		})
	}
	err = p.republish(ctx, func(tx ledger.Tx, next *catalogue.Snapshot) error {
		if was, err := tx.Station(e.Station); err == nil && was.Current != 0 {
			return dossier.Errorf(dossier.CodeConflict, "station %s was enrolled meanwhile", e.Station)
		}
		if err := tx.PutStation(t.Station); err != nil {
			return err
		}
		if e.ID, err = tx.AddEnrolment(e); err != nil {
			return err
		}
		next.Stations = append(next.Stations, catalogue.Station{Code: e.Station, Name: dossier.Text{"vi": t.Station.Name},
			Address: t.Station.Address, Phone: t.Station.Phone, SlipKey: e.SlipKey})
		return spend(tx)
	})
	return s, e, err
}
