package wire

import "time"

// Limits both ends keep. Each is far above what an honest peer needs and far
// below what could hurt a small server or a station.
const (
	// MaxHeadBytes bounds a packet's signed head, as package seal does: 100
	// attachments need 20 KB.
	MaxHeadBytes = 64 << 10
	// MaxBodyBytes bounds a sealed body: 64 KB of content after padding and
	// encryption, with room for a drawn signature.
	MaxBodyBytes = 256 << 10
	// MaxPacketBytes bounds one framed packet.
	MaxPacketBytes = MaxHeadBytes + MaxBodyBytes + 2*maxUvarintBytes
	// MaxBatchPackets bounds the packets of one batch.
	MaxBatchPackets = 64
	// MaxBatchBytes bounds one batch's body.
	MaxBatchBytes = 4 << 20
	// MaxPackedTextBytes bounds the texts of a packed batch, compressed or not: a
	// full one of ordinary packets has 150 KB.
	MaxPackedTextBytes = 1 << 20
	// MaxCatalogueBytes bounds a compressed catalogue: 16,280 procedures with
	// forms stay under 8 MB.
	MaxCatalogueBytes = 64 << 20
	// MaxJSONBytes bounds every JSON question and answer.
	MaxJSONBytes = 1 << 20
	// MaxJWSBytes bounds a signed document that travels alone (a staff list of
	// 200 people needs 120 KB).
	MaxJWSBytes = 1 << 20
	// MaxEvents bounds the events of one answer; the rest follow at once.
	MaxEvents = 100
	// MaxEventBytes bounds one sealed event: a result's file of
	// dossier.MaxResultBytes as base64, with room for all else that it says.
	MaxEventBytes = 768 << 10
	// MaxPollBytes bounds the sealed events of one answer, so that it comes
	// within two minutes over 128 kbit/s; the rest follow at once. One event
	// always fits.
	MaxPollBytes = 1 << 20
	// MaxWait is the longest a long poll is held: under the 30 s after which
	// many middle boxes drop a silent connection.
	MaxWait = 25 * time.Second
	// MinNonceBytes and MaxNonceBytes bound the nonce of a time question.
	MinNonceBytes = 16
	MaxNonceBytes = 64

	maxUvarintBytes = 10 // of a 64-bit length
)
