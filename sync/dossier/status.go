package dossier

import "fmt"

// Status is the national code of a dossier's state (1–10), as the national
// public-service portal publishes it.
type Status int

// The ten national statuses.
const (
	StatusRegistered          Status = 1  // newly registered
	StatusAccepted            Status = 2  // accepted by the agency
	StatusRefused             Status = 3  // not accepted
	StatusInProgress          Status = 4  // being processed
	StatusSupplementRequested Status = 5  // the agency asks for a supplement
	StatusPaymentRequired     Status = 6  // a payment is due
	StatusWithdrawalRequested Status = 7  // the citizen asked to withdraw
	StatusStopped             Status = 8  // processing stopped
	StatusProcessed           Status = 9  // processed: the result is ready
	StatusReturned            Status = 10 // the result was handed over
)

// next lists what may follow each status. 3, 8 and 10 end a dossier.
var next = map[Status][]Status{
	StatusRegistered:          {StatusAccepted, StatusRefused, StatusSupplementRequested, StatusPaymentRequired, StatusWithdrawalRequested},
	StatusAccepted:            {StatusInProgress, StatusSupplementRequested, StatusPaymentRequired, StatusWithdrawalRequested, StatusStopped, StatusProcessed},
	StatusInProgress:          {StatusSupplementRequested, StatusPaymentRequired, StatusWithdrawalRequested, StatusStopped, StatusProcessed},
	StatusSupplementRequested: {StatusRegistered, StatusAccepted, StatusInProgress, StatusRefused, StatusWithdrawalRequested, StatusStopped},
	StatusPaymentRequired:     {StatusAccepted, StatusInProgress, StatusWithdrawalRequested, StatusStopped, StatusProcessed},
	StatusWithdrawalRequested: {StatusInProgress, StatusStopped, StatusAccepted, StatusRegistered},
	StatusProcessed:           {StatusReturned},
}

// Valid reports whether s is one of the ten national codes.
func (s Status) Valid() bool { return s >= StatusRegistered && s <= StatusReturned }

// Final reports whether nothing can follow s.
func (s Status) Final() bool { return s.Valid() && len(next[s]) == 0 }

// Next returns the statuses that may follow s, never nil for a valid s.
func (s Status) Next() []Status { return append([]Status{}, next[s]...) }

// To checks the step from s to t. Staying is no step.
func (s Status) To(t Status) error {
	for _, n := range next[s] {
		if n == t {
			return nil
		}
	}
	return Errorf(CodeBadTransition, "status %d cannot follow %d", int(t), int(s))
}

func (s Status) String() string {
	names := [...]string{"", "registered", "accepted", "refused", "in progress", "supplement requested",
		"payment required", "withdrawal requested", "stopped", "processed", "returned"}
	if !s.Valid() {
		return fmt.Sprintf("status(%d)", int(s))
	}
	return names[s]
}
