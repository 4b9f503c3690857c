package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/token"
	"tramhoso/sync/wire"
)

// Enrolment is what a station keeps of having been enrolled, beside the trust
// bundle and the staff list.
type Enrolment struct {
	URL         string       `json:"url"`
	Root        string       `json:"root"` // SHA-256 of the province's root, lower-case hex
	Station     wire.Station `json:"station"`
	Certificate string       `json:"certificate"` // PEM
	SlipHost    string       `json:"slip_host"`
	At          time.Time    `json:"at"`
	RenewedAt   time.Time    `json:"renewed_at,omitzero"` // when Certificate came, where it is not the first
}

// Enrolled is the whole answer, verified.
type Enrolled struct {
	Enrolment   Enrolment
	TrustBundle []byte // seal.SignedTrust as JSON
	Trust       *seal.Trust
	Staff       string // compact JWS
}

// Enrol trades a one-time token for an identity. The server is believed only if
// its chain contains the root that the token pins.
func Enrol(ctx context.Context, t seal.Token, keys *seal.Keys, now func() time.Time) (*Enrolled, error) {
	e, err := enrol(ctx, t, keys, now)
	if err != nil {
		return nil, fmt.Errorf("failed to enrol: %w", err)
	}
	return e, nil
}

func enrol(ctx context.Context, t seal.Token, keys *seal.Keys, now func() time.Time) (*Enrolled, error) {
	if now == nil {
		now = time.Now
	}
	base, err := baseURL(t.URL)
	if err != nil {
		return nil, err
	}
	body, err := enrolRequest(t, keys)
	if err != nil {
		return nil, err
	}
	h := newHTTP(nil, pinned(base, t.RootSHA256, now))
	defer h.CloseIdleConnections()
	var a wire.EnrolAnswer
	err = roundTrip(ctx, h, base, now, callTimeout, request{
		method: http.MethodPost, path: wire.PathEnrol, media: wire.TypeJSON, body: body, expected: []int{http.StatusOK},
	}, func(res *http.Response) error {
		b, err := readAll(res, 4*wire.MaxJSONBytes)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(b, &a); err != nil {
			return dossier.Errorf(dossier.CodeInvalid, "failed to read the answer: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return accept(t, keys, a, now())
}

func enrolRequest(t seal.Token, keys *seal.Keys) ([]byte, error) {
	csr, err := keys.CSR()
	if err != nil {
		return nil, err
	}
	packet, err := x509.MarshalPKIXPublicKey(keys.PacketSigner().PublicKey())
	if err != nil {
		return nil, fmt.Errorf("failed to encode the packet key: %w", err)
	}
	public := keys.Public()
	body, err := json.Marshal(wire.EnrolRequest{
		Secret: t.Secret,
		CSR:    string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr})),
		Keys:   wire.StationKeys{Packet: packet, Slip: public.Slip, Audit: public.Audit, Event: public.Events},
	})
	if err != nil {
		return nil, fmt.Errorf("failed to encode the request: %w", err)
	}
	return body, nil
}

// accept checks everything that the station will later rely on.
func accept(t seal.Token, keys *seal.Keys, a wire.EnrolAnswer, now time.Time) (*Enrolled, error) {
	var signed seal.SignedTrust
	if err := json.Unmarshal(a.TrustBundle, &signed); err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "failed to read the trust bundle: %w", err)
	}
	trust, err := seal.VerifyBundle(signed, t.RootSHA256, now)
	if err != nil {
		return nil, err
	}
	if _, err := keyPair(a.Certificate, keys.TLSKey()); err != nil {
		return nil, err
	}
	if !token.ValidStation(a.Station.Code) || !token.ValidHost(a.SlipHost) || a.Staff == "" {
		return nil, dossier.Errorf(dossier.CodeInvalid, "an unfinished identity")
	}
	return &Enrolled{
		Enrolment: Enrolment{URL: t.URL, Root: t.RootSHA256, Station: a.Station, Certificate: a.Certificate,
			SlipHost: a.SlipHost, At: now},
		TrustBundle: a.TrustBundle, Trust: trust, Staff: a.Staff,
	}, nil
}

// pinned verifies the server's chain against the one root with this fingerprint,
// which the server has to present.
func pinned(base *url.URL, fingerprint string, now func() time.Time) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		Time:       now,
		// The default check knows no pins; VerifyConnection does all of its work.
		InsecureSkipVerify: true,
		VerifyConnection: func(cs tls.ConnectionState) error {
			roots, between := x509.NewCertPool(), x509.NewCertPool()
			found := false
			for _, c := range cs.PeerCertificates[1:] {
				if seal.Fingerprint(c.Raw) == fingerprint {
					roots.AddCert(c)
					found = true
				} else {
					between.AddCert(c)
				}
			}
			if !found {
				return dossier.Errorf(dossier.CodeNotThePortal, "the server does not belong to the token's province")
			}
			_, err := cs.PeerCertificates[0].Verify(x509.VerifyOptions{
				DNSName: base.Hostname(), Roots: roots, Intermediates: between, CurrentTime: now(),
			})
			return err
		},
	}
}

func certificates(data []byte) (list []*x509.Certificate, err error) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return list, nil
		}
		if block.Type != "CERTIFICATE" {
			return nil, errors.New("something else than a certificate")
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
}
