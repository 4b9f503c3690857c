package dossier

import (
	"strings"
	"testing"
	"time"

	"tramhoso/sync/dossier/vietqr"
)

var (
	may  = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	june = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	july = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
)

func payee(name string, from, until time.Time) Payee {
	return Payee{Term: Term{From: from, Until: until}, BIN: "970423", Account: "0099999999", Name: name}
}

func TestPayeeInForce(t *testing.T) {
	tests := []struct {
		name string
		list []Payee
		at   time.Time
		want string
	}{
		{"none", nil, june, ""},
		{"always", []Payee{payee("a", time.Time{}, time.Time{})}, june, "a"},
		{"not yet", []Payee{payee("a", june, time.Time{})}, june.Add(-1), ""},
		{"from its first moment", []Payee{payee("a", june, time.Time{})}, june, "a"},
		{"to its last", []Payee{payee("a", may, june)}, june.Add(-1), "a"},
		{"no more", []Payee{payee("a", may, june)}, june, ""},
		{"the later of two", []Payee{payee("b", june, time.Time{}), payee("a", may, time.Time{})}, july, "b"},
		{"the earlier before that", []Payee{payee("b", june, time.Time{}), payee("a", may, time.Time{})}, may, "a"},
		{"back to the one without an end", []Payee{payee("a", may, time.Time{}), payee("b", june, july)}, july, "a"},
	}
	for _, tt := range tests {
		got, ok := Agency{Payees: tt.list}.Payee(tt.at)
		if got.Name != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: %q, %v; want %q", tt.name, got.Name, ok, tt.want)
		}
	}
}

func TestReturnPrice(t *testing.T) {
	a := Agency{Returns: []ReturnPrice{{Way: ReturnHere}, {Term: Term{From: may}, Way: ReturnPost, Amount: 26000},
		{Term: Term{From: july}, Way: ReturnPost, Amount: 30000}, {Way: ReturnAgency, Amount: -1}}}
	for _, tt := range []struct {
		way   Return
		at    time.Time
		want  int64
		known bool
	}{
		{ReturnHere, june, 0, true}, {ReturnPost, june, 26000, true}, {ReturnPost, july, 30000, true}, {ReturnPost, may.Add(-1), 0, false},
		{ReturnElectronic, june, 0, false}, {ReturnAgency, june, 0, false}, {ReturnElectronic, time.Time{}, 0, false},
	} {
		if got, known := a.ReturnPrice(tt.way, tt.at); got != tt.want || known != tt.known {
			t.Errorf("%s: %d, %v; want %d, %v", tt.way, got, known, tt.want, tt.known)
		}
	}
}

func TestAgencyCheck(t *testing.T) {
	good := Agency{ID: "x", Payees: []Payee{payee("a", may, june)}, Returns: []ReturnPrice{{Way: ReturnPost, Amount: 26000}}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for why, change := range map[string]func(*Agency){
		"six digits":                     func(a *Agency) { a.Payees[0].BIN = "12345" },
		"number of an account":           func(a *Agency) { a.Payees[0].Account = "00 99" },
		"of nobody":                      func(a *Agency) { a.Payees[0].Name = " " },
		"account ends before it begins":  func(a *Agency) { a.Payees[0].Until = may },
		"price of no way back":           func(a *Agency) { a.Returns[0].Way = "pigeon" },
		"price that nobody can pay":      func(a *Agency) { a.Returns[0].Amount = -1 },
		"a price ends before it begins":  func(a *Agency) { a.Returns[0].Term = Term{From: june, Until: may} },
		"x: a price that nobody can pay": func(a *Agency) { a.Returns[0].Amount = vietqr.MaxAmount + 1 },
	} {
		bad := good
		bad.Payees, bad.Returns = []Payee{good.Payees[0]}, []ReturnPrice{good.Returns[0]}
		change(&bad)
		if err := bad.Check(); CodeOf(err) != CodeInvalid || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestTransferQR(t *testing.T) {
	text, err := TransferTo(payee("a", may, june), 16000, "LE PHI").QR()
	if err != nil {
		t.Fatal(err)
	}
	got, err := vietqr.Parse(text)
	if err != nil || got.BIN != "970423" || got.Account != "0099999999" || got.Amount != 16000 || got.Purpose != "LE PHI" || !got.Dynamic {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := (Transfer{BIN: "1", Account: "2", Amount: 3}).QR(); err == nil {
		t.Error("a bank of one digit")
	}
}
