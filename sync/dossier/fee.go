package dossier

import (
	"encoding/json"
	"math"
)

// CopiesKey is the question of a form that says how many copies are asked for.
const CopiesKey = "copies"

// Copies is how often the procedure's amount is charged for these answers: once,
// or where it is an amount per piece the number asked for. Answers that state no
// whole number of at least 1 say nothing: known is false.
func (p Procedure) Copies(answers json.RawMessage) (n int64, known bool) {
	if len(p.Fee.Per) == 0 {
		return 1, true
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(answers, &all) != nil || json.Unmarshal(all[CopiesKey], &n) != nil || n < 1 {
		return 0, false
	}
	return n, true
}

// FeeFor is what the procedure costs with these answers, in đồng. The station
// and the portal both charge by it, so that a slip and Form 01 name one sum.
// Unknown is not free: the amount is set elsewhere, the answers do not say how
// often it is charged, or the sum is beyond counting.
func (p Procedure) FeeFor(answers json.RawMessage) (total int64, known bool) {
	if p.Fee.Amount == nil || *p.Fee.Amount < 0 {
		return 0, false
	}
	n, known := p.Copies(answers)
	if unit := *p.Fee.Amount; known && unit <= math.MaxInt64/n {
		return unit * n, true
	}
	return 0, false
}
