package folder

import (
	"testing"

	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/portal/ledger/ledgertest"
)

func TestContract(t *testing.T) {
	ledgertest.RunFiles(t, func(t *testing.T, dir string) ledger.Files {
		t.Helper()
		f, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return f
	})
}
