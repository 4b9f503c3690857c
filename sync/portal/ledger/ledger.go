// Package ledger is what a portal keeps, as types and as an interface: packets
// exactly as they came, the dossiers that follow from them, every step with who
// took it, the events for each station, stations and their keys.
//
// It promises, of every implementation (package ledgertest holds them to it):
// an Update is one transaction that is on the disk when Update returns, or left
// no trace; a View sees one moment; a receipt once stored reads back
// byte for byte after a restart; counters never repeat.
//
// No field outside Sealed, JWS and Body may carry personal data: the open
// columns are for machines and for whoever steals the disk.
//
// It imports nothing of the project but dossier.
package ledger

import (
	"context"
	"errors"
	"time"

	"tramhoso/sync/dossier"
)

// ErrNotFound answers a question about something that is not here.
var ErrNotFound = errors.New("not in the ledger")

// ErrExists refuses to add something under a key that is taken.
var ErrExists = errors.New("already in the ledger")

// Store keeps a portal's ledger.
type Store interface {
	// Update runs fn in the one writing transaction. An error or panic of fn
	// leaves no trace.
	Update(ctx context.Context, fn func(Tx) error) error
	// View runs fn over one consistent moment.
	View(ctx context.Context, fn func(Reader) error) error
	// Backup writes a complete copy to path, which must not exist, and returns
	// after it is on the disk. What opens the copy is in another epoch: it gives
	// out numbers of events a second time, and stations must not take them for
	// those that they have heard.
	Backup(ctx context.Context, path string) error
	Close() error
}

// Reader answers questions. Lists are bounded by their limit.
type Reader interface {
	FileReader
	RetentionReader
	Epoch() (string, error)
	Document(name string) ([]byte, error)
	Station(code string) (Station, error)
	Stations() ([]Station, error)
	Enrolment(id int64) (Enrolment, error)
	// EnrolmentByCert knows an enrolment by its certificate and by the renewed one
	// that is to follow it.
	EnrolmentByCert(fingerprint string) (Enrolment, error)
	Renewal(enrolment int64) (Certificate, error)
	Token(hash string) (Token, error)
	Packet(id string) (Packet, error)
	PacketsBySeq(enrolment int64, seq uint64) ([]string, error)
	// Gaps are the runs of sequence numbers that never came, below the last that
	// did: what a station said and nobody heard.
	Gaps(enrolment int64) (gaps []Run, last uint64, err error)
	Shelved(parent string) ([]string, error) // by sequence
	Quarantined(limit int) ([]string, error) // oldest first
	Dossier(packet string) (Dossier, error)
	Dossiers(f Filter) ([]Dossier, error) // newest first
	CountDossiers(f Filter) (int, error)
	Steps(packet string) ([]Step, error)
	// Events ends before the one that would exceed maxBytes of sealed bytes, but
	// for the first.
	Events(enrolment int64, after uint64, limit, maxBytes int) ([]Event, error)
	Alarms(limit int) ([]Alarm, error) // newest first
	// OpenAlarms counts those that nobody acknowledged, of a station or, for "", of all.
	OpenAlarms(station string) (int, error)
	Catalogue(version int) (Catalogue, error)
	// CatalogueVersion is the latest; another process may publish beside this one.
	CatalogueVersion() (int, error)
	LatestCatalogue() (Catalogue, error)
}

// Tx answers questions and writes.
type Tx interface {
	Reader
	FileTx
	RetentionTx
	PutDocument(name string, value []byte) error
	PutStation(Station) error
	// AddEnrolment makes e the station's current enrolment and returns its id.
	AddEnrolment(e Enrolment) (int64, error)
	// PutRenewal keeps the certificate that is to follow the enrolment's, in place
	// of one that was to follow before.
	PutRenewal(enrolment int64, c Certificate) error
	// RenewEnrolment gives an enrolment another certificate; the old one and one
	// that was to follow are void.
	RenewEnrolment(id int64, certSHA256, keySHA256, certificate string) error
	// Revoke says that an enrolment's keys are no longer believed. The first time
	// stays.
	Revoke(enrolment int64, at time.Time) error
	// SetDurable says that receipts up to counter survived a backup.
	SetDurable(enrolment int64, counter uint64) error
	// NextReceipt draws the station's next receipt counter.
	NextReceipt(enrolment int64) (uint64, error)
	AddToken(Token) error
	UseToken(hash string, at time.Time, enrolment int64) error
	AddPacket(Packet) error
	SetShelved(id string, shelved bool) error
	SetQuarantine(id string, reason string) error
	PutDossier(Dossier) error
	AddStep(Step) error
	// AddEvent appends to the enrolment's sequence and returns the number.
	AddEvent(enrolment int64, sealed []byte, at time.Time) (uint64, error)
	AddAlarm(Alarm) error
	// AcknowledgeAlarm says that a person has looked at it. The first time stays.
	AcknowledgeAlarm(n int64, by string, at time.Time) error
	// NextSerial draws the next number, from 1, under a name.
	NextSerial(name string) (int, error)
	AddCatalogue(Catalogue) error
	// DropCatalogues forgets the versions before one.
	DropCatalogues(before int) error
}

// Run is a run of sequence numbers.
type Run struct{ From, To uint64 }

// Station is a place with a kiosk.
type Station struct {
	Code, Name, Address, Phone string
	Current                    int64 // enrolment id; 0 before the first
}

// Enrolment is the identity of a station: its keys and its sequences. A station
// whose keys were lost enrols under a new code, so that slip numbers and
// sequences never meet themselves.
type Enrolment struct {
	ID          int64
	Station     string
	CertSHA256  string // fingerprint of the client certificate, hex
	KeySHA256   string // of the identity's public key, hex
	Certificate string // PEM chain, as answered
	PacketKey   []byte // P-256, SubjectPublicKeyInfo
	SlipKey     []byte // Ed25519
	AuditKey    []byte // Ed25519
	EventKey    string // age recipient
	At          time.Time
	Receipts    uint64 // the last receipt counter
	Durable     uint64 // receipts up to here survived a backup
	LastEvent   uint64
	RevokedAt   time.Time // zero: its keys are believed
}

// Certificate is a renewed certificate that its station has not shown yet.
type Certificate struct {
	CertSHA256, KeySHA256 string // as of Enrolment
	PEM                   string // chain
}

// Token is a one-time enrolment token; only its secret's hash is kept.
type Token struct {
	Hash    string
	Station Station // what the token's bearer becomes
	MadeAt  time.Time
	Expires time.Time
	UsedAt  time.Time
	UsedBy  int64 // enrolment id
}

// File is an attachment that a packet names.
type File struct {
	dossier.Attachment
	Held bool
}

// Packet is a packet as it came, with what was answered.
type Packet struct {
	ID         string
	Station    string
	Enrolment  int64
	Seq        uint64
	Kind       dossier.PacketKind
	Parent     string
	Procedure  dossier.ProcedureRef
	Recipient  string
	Digest     string
	JWS, Body  []byte
	Files      []File
	ReceivedAt time.Time
	Counter    uint64
	State      string
	Receipt    string
	Quarantine string // why a person has to look; empty: nobody has to
	Shelved    bool   // waits for its parent
	// DestroyedAt is when Body and the bytes of Files were destroyed; zero: they are here.
	DestroyedAt time.Time
}

// Missing lists the attachments still to come.
func (p Packet) Missing() []string {
	var m []string
	for _, f := range p.Files {
		if !f.Held {
			m = append(m, f.SHA256)
		}
	}
	return m
}

// Dossier is where a dossier stands.
type Dossier struct {
	Packet     string
	Station    string
	Procedure  dossier.ProcedureRef
	Agency     string
	Status     dossier.Status
	Code       string // official code, made by the agency
	ReceivedAt time.Time
	AcceptedAt time.Time
	Due        time.Time
	FeeDue     *int64 // đồng; nil: not known
	Quarantine string
	UpdatedAt  time.Time
}

// Step is one thing that happened to a dossier. From equals To where the status
// stayed.
type Step struct {
	Packet   string // the dossier
	N        int    // from 1; AddStep draws it
	From, To dossier.Status
	At       time.Time
	Action   string // "accept", "supplement", … or the kind of the packet that caused it
	Cause    string // the packet that caused it
	Office   string
	Officer  string // a role or a staff id, never a citizen
	Sealed   []byte // age, to the province: the words and forms
}

// Event is one sealed event of an enrolment's sequence.
type Event struct {
	N      uint64
	Sealed []byte
	At     time.Time
}

// Alarm says that one sequence number came with two packet ids: two machines
// speak with one station's keys.
type Alarm struct {
	N              int64 // AddAlarm draws it
	Station        string
	Enrolment      int64
	Seq            uint64
	First, Second  string
	At             time.Time
	AcknowledgedAt time.Time // zero: nobody has looked at it
	AcknowledgedBy string    // an officer's role or staff id
}

// Catalogue is one published version.
type Catalogue struct {
	Version int
	JWS     []byte
	Body    []byte // compressed, as published
	At      time.Time
}

// Filter chooses dossiers; zero fields choose all.
type Filter struct {
	Station string
	Status  dossier.Status
	Limit   int // 0: MaxList
}

// MaxList bounds every list.
const MaxList = 500
