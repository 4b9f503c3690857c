// Package seal freezes, signs, encrypts and opens everything that a station
// and its province say to each other or keep for later. The table of DESIGN.md
// ("Who can read what") is its specification.
//
// It promises
//   - that a packet which [Verify] accepts is, byte for byte, the one that
//     [Freeze] made: the signed head is canonical (one base64 spelling, low-S
//     signatures, no unknown header) and names the digest of the sealed body;
//   - that [Open] gives back a body only if its plaintext head repeats the
//     packet's id, station and kind, and never decompresses beyond
//     [MaxPlainBytes];
//   - that an attachment passes through as a stream, both ways, and that what
//     [OpenAttachment] gives is the beginning of the named file, or all of it if
//     it ends with io.EOF;
//   - that a signed statement is accepted only under the type it was signed
//     for ([SignJSON], [VerifyJSON]);
//   - that private keys lie in files of mode 0600 in a folder of mode 0700 and
//     are on the disk before they are used ([OpenKeys]); wrapped by a key that
//     never leaves the machine where it has a TPM ([OpenGuardedKeys], package tpm).
//
// It refuses everything that breaks one of these with dossier.CodeInvalid and
// never says more about the content than that.
//
// The counter's private key is in no file of the station: the province wraps it
// for each member of staff (package staff), the station holds the recipient
// only.
//
// It must not import anything of ours but sync/dossier and sync/durable.
package seal

import "tramhoso/sync/dossier"

// The limits. A station's heads and bodies are small: files travel beside a
// packet, as attachments.
const (
	MaxHeadBytes      = 64 << 10  // a signed head: 400 attachments fit
	MaxPlainBytes     = 1 << 20   // a body before compression; bounds decompression
	MaxSealedBytes    = 256 << 10 // a sealed body; usual ones are 2–20 KB
	MaxStatementBytes = 1 << 20   // a signed statement (bundle, staff list, receipt)
	padBytes          = 256       // sealed bodies grow in steps, so that a length tells little
)

func invalid(format string, args ...any) error {
	return dossier.Errorf(dossier.CodeInvalid, format, args...)
}
