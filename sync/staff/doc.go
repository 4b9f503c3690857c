// Package staff knows who works at the counter: a list that the province
// signs, and the log-in by badge and PIN.
//
// It promises that a log-in works without network; that the badge alone and
// the PIN alone open nothing; that nobody can find a PIN from a stolen list
// without the badge (its 16-byte secret goes into the PIN's derivation); that
// wrong PINs make the next try wait longer and longer but never lock anybody
// out; and that a log-in of a clerk or supervisor, and nothing else at the
// station, gives the identity that opens counter cards.
//
// The counter's key pair is made by the province ([NewCounter]); the list
// carries its recipient, and its identity only wrapped for each clerk and
// supervisor. A technician's session has no such identity: mending a printer
// needs nobody's name.
//
// It refuses a list that was not signed with a staff key of the province, and
// costs of derivation beyond [MaxCost]. It must not import anything of ours but
// sync/dossier, sync/clock, sync/seal and sync/token.
package staff

import "time"

// Role is what a member of staff may do.
type Role string

// The roles.
const (
	RoleClerk      Role = "clerk"
	RoleSupervisor Role = "supervisor"
	RoleTechnician Role = "technician"
)

// Valid reports whether r is one of the three roles.
func (r Role) Valid() bool { return r == RoleClerk || r == RoleSupervisor || r == RoleTechnician }

// opensCounter says whose log-in opens counter cards.
func (r Role) opensCounter() bool { return r == RoleClerk || r == RoleSupervisor }

// Cost is the price of one argon2id derivation.
type Cost struct {
	Passes uint32 `json:"passes"`
	KiB    uint32 `json:"kib"`
}

// DefaultCost takes about a fifth of a second on a small machine; MaxCost is
// what a station agrees to spend on a log-in.
var (
	DefaultCost = Cost{Passes: 4, KiB: 32 << 10}
	MaxCost     = Cost{Passes: 16, KiB: 128 << 10}
)

// Entry is one member of staff with one badge.
type Entry struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Role      Role      `json:"role"`
	From      time.Time `json:"from,omitzero"`
	Until     time.Time `json:"until,omitzero"`
	BadgeTag  string    `json:"badge_tag"` // digest of the badge secret: tells a replaced badge apart
	Salt      []byte    `json:"salt"`
	Cost      Cost      `json:"cost"`
	Verifier  []byte    `json:"verifier"`  // SHA-256 of the first half of the derived key
	Recipient string    `json:"recipient"` // the person's hybrid age recipient
	Identity  []byte    `json:"identity"`  // its identity, sealed with the second half
	Counter   []byte    `json:"counter,omitempty"`
}

// List is everybody who may log in at a station.
type List struct {
	Version int       `json:"version"`
	Issued  time.Time `json:"issued"`
	Station string    `json:"station,omitempty"` // empty: every station of the province
	Counter string    `json:"counter"`           // hybrid age recipient of counter cards
	Entries []Entry   `json:"entries"`

	keys keys
}
