package client

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// Renew asks for a certificate in place of the present one, for the key that csr
// (DER) is signed by. It returns a chain that leads to a pinned root and ends
// later than the present one.
func (c *Client) Renew(ctx context.Context, csr []byte) (chain string, err error) {
	body, err := json.Marshal(wire.RenewRequest{CSR: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr}))})
	if err != nil {
		return "", fmt.Errorf("failed to renew: %w", err)
	}
	err = c.call(ctx, callTimeout, request{
		method: http.MethodPost, path: wire.PathRenew, media: wire.TypeJSON, body: body, expected: []int{http.StatusOK},
	}, func(res *http.Response) error {
		b, err := readAll(res, wire.MaxJSONBytes)
		if err != nil {
			return err
		}
		var a wire.RenewAnswer
		if err := json.Unmarshal(b, &a); err != nil {
			return unbelievable("certificate", err)
		}
		chain = a.Certificate
		return c.checkRenewed(chain, csr)
	})
	if err != nil {
		return "", fmt.Errorf("failed to renew the certificate: %w", err)
	}
	return chain, nil
}

func (c *Client) checkRenewed(chain string, csr []byte) error {
	certs, err := parseChain(chain)
	if err != nil {
		return unbelievable("certificate", err)
	}
	asked, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		return fmt.Errorf("failed to read our own request: %w", err)
	}
	roots, err := c.c.Trust().Roots(c.c.Now())
	if err != nil {
		return err
	}
	old, err := parseChain(c.c.Certificate)
	if err != nil {
		return err
	}
	leaf := certs[0]
	if string(leaf.RawSubjectPublicKeyInfo) != string(asked.RawSubjectPublicKeyInfo) || leaf.NotAfter.Before(old[0].NotAfter) {
		return unbelievable("certificate", dossier.Errorf(dossier.CodeInvalid, "it is for another key or ends sooner"))
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: c.c.Now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		return unbelievable("certificate", err)
	}
	return nil
}

// Leaf is the first certificate of a PEM chain.
func Leaf(chain string) (*x509.Certificate, error) {
	certs, err := parseChain(chain)
	if err != nil {
		return nil, err
	}
	return certs[0], nil
}
