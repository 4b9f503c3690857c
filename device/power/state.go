package power

import (
	"strconv"
	"strings"
	"time"
)

// Condition is the short word for a State.
type Condition string

// The conditions.
const (
	Unknown Condition = "unknown"
	Mains   Condition = "mains"
	Battery Condition = "battery"
	Low     Condition = "low" // on battery, and it will not last
)

// State is what is known of the power.
type State struct {
	Known     bool
	OnLine    bool
	OnBattery bool
	Low       bool          // the battery will not last, or the supply is about to switch off
	Charge    int           // percent; -1: not told
	Runtime   time.Duration // that the battery still lasts; -1: not told
	Why       Why           // when it is not known
}

// Why says why nothing is known.
type Why string

// The reasons.
const (
	WhyNone      Why = ""
	WhyNoServer  Why = "no-server"  // nobody answers at the address
	WhyNoSupply  Why = "no-supply"  // the server has no supply of that name
	WhyNoDriver  Why = "no-driver"  // the server does not reach the supply
	WhyDenied    Why = "denied"     // name or password
	WhyAnswer    Why = "answer"     // what answers is no NUT server
	WhyStatus    Why = "status"     // the supply says neither line nor battery
	WhyNotLooked Why = "not-looked" // nobody has asked yet
)

// unknown is a state that only says why.
func unknown(why Why) State { return State{Charge: -1, Runtime: -1, Why: why} }

// Condition puts a state into one word. A battery that is low while the mains
// are there charges: that is no reason to stop.
func (s State) Condition() Condition {
	switch {
	case !s.Known:
		return Unknown
	case s.OnBattery && s.Low:
		return Low
	case s.OnBattery:
		return Battery
	}
	return Mains
}

// maxRuntime bounds what a supply may claim: a day is more than any here lasts.
const maxRuntime = 24 * time.Hour

// readState understands the variables of a supply.
func readState(vars map[string]string) State {
	s := State{Charge: -1, Runtime: -1}
	if n, err := strconv.ParseFloat(vars["battery.charge"], 64); err == nil && n >= 0 && n <= 100 {
		s.Charge = int(n)
	}
	if n, err := strconv.ParseFloat(vars["battery.runtime"], 64); err == nil && n >= 0 {
		s.Runtime = min(time.Duration(min(n, maxRuntime.Seconds()))*time.Second, maxRuntime)
	}
	for _, word := range strings.Fields(vars["ups.status"]) {
		switch word {
		case "OL":
			s.OnLine = true
		case "OB":
			s.OnBattery = true
		case "LB":
			s.Low = true
		case "FSD": // the server has decided to switch off, whatever the mains do
			s.OnBattery, s.OnLine, s.Low, s.Known = true, false, true, true
			return s
		}
	}
	// Neither is a supply that is off, calibrating or still waiting for data;
	// both is nonsense.
	if s.OnLine == s.OnBattery {
		s.OnLine, s.OnBattery, s.Low, s.Why = false, false, false, WhyStatus
		return s
	}
	s.Known = true
	return s
}
