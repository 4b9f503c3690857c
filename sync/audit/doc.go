// Package audit is the append-only log of what staff and station did, as a
// Merkle tree (RFC 6962, golang.org/x/mod/sumdb/tlog) with signed checkpoints
// (golang.org/x/mod/sumdb/note).
//
// It promises that a record that is in a signed checkpoint can neither be
// changed nor left out without [Log.Verify], or anybody with two checkpoints and
// a proof, noticing; and that a record names what was done and to which packet
// or device, never a person served.
//
// It refuses kinds and references that do not look like identifiers, so that no
// name or number slips in. It must not import anything of ours but sync/dossier
// and sync/clock.
package audit
