// Package wire is the protocol between a station and a portal: the paths, the
// JSON shapes, the framing of packets, the problem codes and the limits that
// both ends keep. openapi.yaml beside this file says the same for people and
// for other programs, and the shapes are generated from it (types.gen.go).
//
// It promises one spelling of each byte: a frame has exactly one encoding, and
// what was decoded encodes to the same bytes again. Only a packed batch has many
// spellings, because zstd has; what is frozen and signed lies inside and has one.
// It refuses anything past a named limit before it allocates for it.
//
// It holds no keys, opens no connection and imports nothing of the project but
// dossier.
package wire

import _ "embed"

// OpenAPI is the protocol's description, as served to whoever asks a developer
// for it.
//
//go:embed openapi.yaml
var OpenAPI []byte

// Header is on every answer of a portal. An answer without it did not come from
// a portal: it is a log-in page, a proxy's error or nothing at all, and counts as
// "no network".
const Header = "Tramhoso-Portal"

// HeaderProblem is the code of a problem, on every one: the answer to a HEAD has no
// body that could name it.
const HeaderProblem = "Tramhoso-Problem"

// HeaderValue is the protocol's version in Header.
const HeaderValue = "1"

// The paths of the protocol. {id} is a packet's UUIDv7.
const (
	PathPackets   = "/v1/packets/" // + id: PUT, GET
	PathBatch     = "/v1/packets:batch"
	PathFiles     = "/v1/files/"  // + station/packet/sha256: HEAD, PATCH, DELETE; alone: POST, OPTIONS
	PathBundles   = "/v1/bundles" // POST; + /sha256: HEAD, PATCH, DELETE, and POST for the answer
	PathEvents    = "/v1/events"
	PathCatalogue = "/v1/catalogue"
	PathDelta     = "/v1/catalogue/delta"
	PathStaff     = "/v1/staff"
	PathTrust     = "/v1/trust"
	PathTime      = "/v1/time"
	PathEnrol     = "/v1/enrol"
	PathRenew     = "/v1/renew"
	PathSlip      = "/s/" // + token; upper case /S/ is the same page
)

// The media types of the protocol.
const (
	TypePacket    = "application/vnd.tramhoso.packet"
	TypeBatch     = "application/vnd.tramhoso.packets"
	TypeBundle    = "application/vnd.tramhoso.bundle" // a courier's file, as it lies on the stick
	TypeCatalogue = "application/vnd.tramhoso.catalogue"
	TypeJWS       = "application/jose" // compact serialization: receipts, staff list, time
	TypeJSON      = "application/json"
	TypeProblem   = "application/problem+json"
)

// The "typ" header of each signed document, so that no signature can be taken
// for another's.
const (
	TypReceipt   = "receipt+jws"
	TypWatermark = "watermark+jws"
	TypTime      = "time+jws"

	TypBundle       = "bundle+jws"
	TypBundleAnswer = "bundle-answer+jws"
)
