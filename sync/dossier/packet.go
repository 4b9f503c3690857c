package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// PacketKind says what a packet tells the portal.
type PacketKind string

// The twelve kinds.
const (
	KindDossier         PacketKind = "dossier"
	KindSupplement      PacketKind = "supplement"
	KindWithdrawal      PacketKind = "withdrawal"
	KindHandover        PacketKind = "handover"
	KindPayment         PacketKind = "payment"
	KindRating          PacketKind = "rating"
	KindComplaint       PacketKind = "complaint"
	KindMessage         PacketKind = "message"
	KindCustody         PacketKind = "custody"
	KindCashClose       PacketKind = "cash-close"
	KindAuditCheckpoint PacketKind = "audit-checkpoint"
	KindHealth          PacketKind = "health"
)

// Kinds lists every packet kind.
var Kinds = []PacketKind{KindDossier, KindSupplement, KindWithdrawal, KindHandover, KindPayment, KindRating,
	KindComplaint, KindMessage, KindCustody, KindCashClose, KindAuditCheckpoint, KindHealth}

// Valid reports whether k is one of Kinds.
func (k PacketKind) Valid() bool {
	for _, v := range Kinds {
		if v == k {
			return true
		}
	}
	return false
}

// TimeSource says where a station's wall time came from.
type TimeSource string

// The sources of time, best first.
const (
	TimeSigned  TimeSource = "signed"  // a signed answer of the portal, less than a day old
	TimeSystem  TimeSource = "system"  // the machine's clock, above the trusted floor
	TimeStaff   TimeSource = "staff"   // told by staff, and printed so
	TimeFloored TimeSource = "floored" // the machine's clock lies before the trusted floor
)

// Stamp is a time with its provenance.
type Stamp struct {
	Wall   time.Time  `json:"wall"`
	Source TimeSource `json:"source"`
	Boot   string     `json:"boot"`    // the boot's random id
	MonoMs int64      `json:"mono_ms"` // milliseconds since boot
}

// ProcedureRef is a procedure at the version that was in force.
type ProcedureRef struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

// Head is what a packet says in the open, under the station's signature. It
// holds no personal data.
type Head struct {
	ID          string        `json:"id"` // UUIDv7
	Kind        PacketKind    `json:"kind"`
	Station     string        `json:"station"`
	Seq         uint64        `json:"seq"` // one per station, from 1, without gaps
	Parent      string        `json:"parent,omitempty"`
	Procedure   *ProcedureRef `json:"procedure,omitempty"`
	Time        Stamp         `json:"time"`
	Attachments []Attachment  `json:"attachments,omitempty"`
	BodySHA256  string        `json:"body_sha256"` // of the sealed body, lower-case hex
	BodySize    int64         `json:"body_size"`   // bytes of the sealed body
	Recipient   string        `json:"recipient"`   // id of the province key it is sealed to
}

// Packet is a frozen packet: bytes that never change again.
type Packet struct {
	Head Head
	JWS  []byte // the signed head, compact serialization, exactly as signed
	Body []byte // the sealed body, exactly as hashed
}

// Receipt is the portal's signed word about one packet.
type Receipt struct {
	Packet      string    `json:"packet"`
	Station     string    `json:"station"`
	Digest      string    `json:"digest"`  // SHA-256 of the packet's JWS and body, lower-case hex
	Counter     uint64    `json:"counter"` // per station; running backwards means a restored portal
	State       string    `json:"state"`   // "held" or "whole"
	Missing     []string  `json:"missing,omitempty"`
	At          time.Time `json:"at"`
	Quarantined bool      `json:"quarantined,omitempty"`
	Why         AsideWhy  `json:"why,omitempty"`   // with Quarantined
	Durable     uint64    `json:"durable_through"` // counters up to here survived a portal backup
}

// AsideWhy is why the portal keeps a packet for a person there.
type AsideWhy string

// The reasons. A station may hear others from a later portal.
const (
	AsideClone     AsideWhy = "clone-alarm"         // its sequence number came with another id
	AsideRecipient AsideWhy = "recipient-unknown"   // sealed to a key that the portal does not have
	AsideUnknown   AsideWhy = "procedure-unknown"   // never in the portal's catalogue
	AsideWithdrawn AsideWhy = "procedure-withdrawn" // withdrawn since
	AsideVersion   AsideWhy = "procedure-version"   // changed since
	AsideRevoked   AsideWhy = "station-revoked"     // signed with keys that are no longer believed
	AsideNoParent  AsideWhy = "no-parent"           // its kind speaks about a dossier, and it names none
	AsideElsewhere AsideWhy = "other-station"       // asks another station's dossier back
	AsideStatus    AsideWhy = "status"              // cannot follow the dossier's present status
)

// Asides are the reasons that a station has words for.
var Asides = []AsideWhy{AsideClone, AsideRecipient, AsideUnknown, AsideWithdrawn, AsideVersion, AsideRevoked, AsideNoParent, AsideElsewhere, AsideStatus}

// Aside tells that a packet was set aside, or, with no reason, released.
type Aside struct {
	Why     AsideWhy `json:"why,omitempty"`
	Receipt string   `json:"receipt"` // ReceiptMark of the packet's present receipt
}

// ReceiptMark tells one receipt from every other, and the same one by any way:
// a portal that was set back gives its counters again.
func ReceiptMark(compact string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(compact)))
	return hex.EncodeToString(sum[:16])
}
