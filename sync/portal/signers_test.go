package portal

import (
	"context"
	"errors"
	"testing"
	"time"

	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
)

// torn is a ledger whose disk fails at every commit.
type torn struct{ ledger.Store }

var errTorn = errors.New("the disk failed")

func (s torn) Update(ctx context.Context, fn func(ledger.Tx) error) error {
	return s.Store.Update(ctx, func(tx ledger.Tx) error { return errors.Join(fn(tx), errTorn) })
}

// Stations refuse an older staff list than the one they have: nobody may be told of
// one that is not on the disk.
func TestAStaffListIsToldOnceItIsKept(t *testing.T) {
	f := newFixture(t)
	key, err := seal.LoadP256(t.TempDir(), "next.pem")
	must(t, err)
	by, err := seal.NewSigner(key)
	must(t, err)
	now := f.now()
	f.keys().signers = append(f.keys().signers, signer{seal.TrustedKey{Use: seal.UseStaff, From: now, Until: now.Add(time.Hour)}, by})
	was, store := f.staffList.Load(), f.store
	f.store = torn{store}
	if err := f.resignStaff(t.Context()); !errors.Is(err, errTorn) {
		t.Fatal(err)
	}
	if f.staffList.Load() != was {
		t.Error("a list is told that the disk does not have")
	}
	f.store = store
	must(t, f.resignStaff(t.Context()))
	if f.staffList.Load() == was {
		t.Error("the list is not signed anew")
	}
}
