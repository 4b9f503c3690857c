package ledgertest

import (
	"errors"
	"testing"
	"time"

	"tramhoso/sync/portal/ledger"
)

// testRenewals gives a, which shows c1, certificates that are to follow, and
// revokes b.
func testRenewals(t *testing.T, tx ledger.Tx, a, b int64) {
	t.Helper()
	if _, err := tx.Renewal(a); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a renewal before the first: %v", err)
	}
	for _, c := range []ledger.Certificate{{CertSHA256: "c7", KeySHA256: "k7", PEM: "PEM7"}, {CertSHA256: "c8", KeySHA256: "k8", PEM: "PEM8"}} {
		must(t, tx.PutRenewal(a, c))
		if got, err := tx.Renewal(a); err != nil || got != c {
			t.Errorf("%+v, %v", got, err)
		}
	}
	for _, cert := range []string{"c1", "c8"} {
		if e, err := tx.EnrolmentByCert(cert); err != nil || e.ID != a || e.CertSHA256 != "c1" || !e.RevokedAt.IsZero() {
			t.Errorf("%s: %+v, %v", cert, e, err)
		}
	}
	must(t, tx.Revoke(b, when))
	must(t, tx.Revoke(b, when.Add(time.Hour)))
	if e, err := tx.Enrolment(b); err != nil || !e.RevokedAt.Equal(when) {
		t.Errorf("revoked at %v, %v", e.RevokedAt, err)
	}
}
