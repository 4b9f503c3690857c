package dossier

import "time"

// The bases on which a dossier is asked back.
const (
	BasisSlip  = "slip"  // whoever holds the slip
	BasisClerk = "clerk" // a clerk who saw the applicant's card
)

// Withdrawal is the sealed content of a KindWithdrawal packet.
type Withdrawal struct {
	Slip      string    `json:"slip"`
	At        time.Time `json:"at"`
	Basis     string    `json:"basis"`
	Staff     string    `json:"staff,omitempty"`     // BasisClerk: who asked for the citizen
	Card      CardSeen  `json:"card,omitempty"`      // BasisClerk: how its number was read
	Successor string    `json:"successor,omitempty"` // slip number of the dossier given in its place
}

// WithdrawalState is what is known of a withdrawal. Only the agency's own words
// move it on: what was asked here is asked, not done.
type WithdrawalState int

// The states of a withdrawal.
const (
	WithdrawalAsked     WithdrawalState = iota // the agency has not said that it knows
	WithdrawalHeard                            // the agency knows: status 7
	WithdrawalAgreed                           // the agency stopped: status 8
	WithdrawalOverruled                        // the agency went on with the dossier, or had ended it before
)

// After is the state once the agency told a status. What it says before it
// knows of the withdrawal may be older than that, unless it ends the dossier.
func (w WithdrawalState) After(s Status) WithdrawalState {
	switch {
	case w == WithdrawalAgreed || w == WithdrawalOverruled || !s.Valid():
	case s == StatusWithdrawalRequested:
		return WithdrawalHeard
	case s == StatusStopped:
		return WithdrawalAgreed
	case w == WithdrawalHeard, s == StatusRefused, s == StatusProcessed, s == StatusReturned:
		return WithdrawalOverruled
	}
	return w
}

// Withdrawn is what a station knows of a withdrawal.
type Withdrawn struct {
	At        time.Time // asked here; zero: not
	Sent      time.Time // the portal's receipt came; zero: it waits here
	State     WithdrawalState
	Successor string // slip number of the dossier given in its place, or ""

	// What became of the packet that says so, where no network helps it on.
	Refused bool     // the portal would not take it
	GivenUp bool     // and it is not offered any more
	Aside   AsideWhy // the portal keeps it for a person there; ""
}

// Stands reports whether the dossier is asked back, and not overruled.
func (w Withdrawn) Stands() bool { return !w.At.IsZero() && w.State != WithdrawalOverruled }

// CanWithdraw says whether a dossier may be asked back: whatever the agency has
// not ended, once. CodeTooLate, CodeWithdrawn.
func (t Track) CanWithdraw() error {
	switch s := t.Status(); {
	case !t.Handed.IsZero(), s.Final(), s == StatusProcessed:
		return E(CodeTooLate, nil)
	case t.Withdrawn.Stands(), s == StatusWithdrawalRequested:
		return E(CodeWithdrawn, nil)
	}
	return nil
}

// CanCorrect says whether a dossier may be given anew: while no agency has
// begun with it.
func (t Track) CanCorrect() bool {
	return t.CanWithdraw() == nil && t.Status() <= StatusRegistered
}
