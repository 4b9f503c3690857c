package catalogue_test

import (
	"strings"
	"testing"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

// An account that no code can name is refused before anybody signs it.
func TestCheckRefusesAnAccount(t *testing.T) {
	s := catalogue.Snapshot{Version: 1, Agencies: []dossier.Agency{{ID: "x", Payees: []dossier.Payee{{BIN: "970423", Account: "0099999999", Name: "a"}}}}}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	s.Agencies[0].Payees[0].BIN = "97042"
	if err := s.Check(); dossier.CodeOf(err) != dossier.CodeInvalid || !strings.Contains(err.Error(), "agency x") {
		t.Error(err)
	}
}

// An account travels in a delta like whatever else is said of an agency.
func TestDeltaCarriesAccounts(t *testing.T) {
	a := catalogue.Snapshot{Version: 1, Agencies: []dossier.Agency{{ID: "x"}}}
	b := catalogue.Snapshot{Version: 2, Agencies: []dossier.Agency{{ID: "x", Payees: []dossier.Payee{{BIN: "970423", Account: "1", Name: "a"}},
		Returns: []dossier.ReturnPrice{{Way: dossier.ReturnPost, Amount: 26000}}}}}
	got, err := a.Apply(catalogue.Diff(a, b))
	if err != nil || len(got.Agencies) != 1 || len(got.Agencies[0].Payees) != 1 || got.Agencies[0].Returns[0].Amount != 26000 {
		t.Errorf("%+v, %v", got.Agencies, err)
	}
}
