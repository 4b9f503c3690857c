package dossier

import (
	"iter"
	"slices"
	"strings"
	"time"

	"tramhoso/sync/dossier/vietqr"
)

// Term is the time in which something holds: from From on, before Until. A zero
// bound is open.
type Term struct {
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

func (t Term) holds(at time.Time) bool {
	return !at.Before(t.From) && (t.Until.IsZero() || at.Before(t.Until))
}

// Payee is the account that an agency takes fees on.
type Payee struct {
	Term
	BIN     string `json:"bin"` // of the bank, six digits
	Bank    string `json:"bank,omitempty"`
	Account string `json:"account"`
	Name    string `json:"name"` // whose account it is
}

// ReturnPrice is what a way back costs beside the fee, in đồng.
type ReturnPrice struct {
	Term
	Way    Return `json:"way"`
	Amount int64  `json:"amount"`
}

// Payee is the account in force at a time. Of several the one that began last
// counts; without one nobody can be told where to send money.
func (a Agency) Payee(at time.Time) (Payee, bool) {
	return latest(slices.Values(a.Payees), at, func(p Payee) Term { return p.Term })
}

// ReturnPrice is the price of a way back at a time; unknown is not free.
func (a Agency) ReturnPrice(way Return, at time.Time) (amount int64, known bool) {
	priced := func(yield func(ReturnPrice) bool) {
		for _, p := range a.Returns {
			if p.Way == way && !yield(p) {
				return
			}
		}
	}
	p, known := latest(priced, at, func(p ReturnPrice) Term { return p.Term })
	if p.Amount < 0 {
		return 0, false
	}
	return p.Amount, known
}

// latest is what holds at a time; of several what began last, the first of equals.
func latest[T any](all iter.Seq[T], at time.Time, term func(T) Term) (best T, ok bool) {
	for v := range all {
		if t := term(v); t.holds(at) && (!ok || t.From.After(term(best).From)) {
			best, ok = v, true
		}
	}
	return best, ok
}

// Check refuses what a station could not say to anybody: an account that no code
// can name, a price below nothing or of a way that there is not, a term that ends
// before it begins.
func (a Agency) Check() error {
	refuse := func(what string) error {
		return Errorf(CodeInvalid, "agency %s: %s", a.ID, what)
	}
	for _, p := range a.Payees {
		if err := vietqr.CheckAccount(p.BIN, p.Account); err != nil {
			return Errorf(CodeInvalid, "agency %s: its account: %w", a.ID, err)
		}
		if strings.TrimSpace(p.Name) == "" {
			return refuse("an account of nobody")
		}
		if p.ends() {
			return refuse("an account ends before it begins")
		}
	}
	for _, p := range a.Returns {
		switch p.Way {
		case ReturnHere, ReturnAgency, ReturnPost, ReturnElectronic:
		default:
			return refuse("the price of no way back")
		}
		if p.Amount < 0 || p.Amount > vietqr.MaxAmount {
			return refuse("a price that nobody can pay")
		}
		if p.ends() {
			return refuse("a price ends before it begins")
		}
	}
	return nil
}

func (t Term) ends() bool { return !t.Until.IsZero() && !t.From.Before(t.Until) }

// Pay is how a fee will be paid.
type Pay string

// The ways of paying that a citizen can choose before a dossier is sent.
const (
	PayCounter  Pay = "counter"  // cash at the counter, today
	PayCollect  Pay = "collect"  // when the result is collected
	PayTransfer Pay = "transfer" // by transfer; the citizen says that it is on its way
)

// Payment is what a citizen was told and chose about money when a dossier was
// submitted. None of it says that any arrived: no station can know that.
type Payment struct {
	Pay      Pay       `json:"pay,omitempty"`      // "": there is nothing to pay
	Fee      *int64    `json:"fee,omitempty"`      // đồng, as the citizen was told; nil: not known
	Price    *int64    `json:"price,omitempty"`    // đồng, of the way back; nil: not known
	Transfer *Transfer `json:"transfer,omitempty"` // that the citizen was shown; nil: none could be
}

// Transfer is a payment as its code asks for it.
type Transfer struct {
	BIN     string `json:"bin"`
	Bank    string `json:"bank,omitempty"`
	Account string `json:"account"`
	Name    string `json:"name"`
	Amount  int64  `json:"amount"`  // đồng
	Purpose string `json:"purpose"` // by which the agency finds the dossier again
}

// TransferTo is what a code asks for to pay an amount to a payee.
func TransferTo(p Payee, amount int64, purpose string) Transfer {
	return Transfer{BIN: p.BIN, Bank: p.Bank, Account: p.Account, Name: p.Name, Amount: amount, Purpose: purpose}
}

// QR is the VietQR code of the transfer.
func (t Transfer) QR() (string, error) {
	return vietqr.Payment{BIN: t.BIN, Account: t.Account, Amount: t.Amount, Purpose: t.Purpose, Dynamic: true}.Encode()
}
