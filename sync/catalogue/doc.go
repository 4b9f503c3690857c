// Package catalogue holds what a station can offer: procedures, agencies and
// topics, and the stations whose slips it can check, as one signed, versioned
// snapshot with deltas, and an index in memory to search it.
//
// It promises that search needs no accents (đ, ê, ợ and their capitals are
// folded in index and query alike), that each hit says which parts of the name
// matched, that a withdrawn procedure is found and shown but never handed out
// for submission (dossier.CodeProcedureWithdrawn), and that a catalogue whose
// signature, digest or version does not hold is refused whole.
//
// A Catalogue is immutable and safe for concurrent use: a new version is a new
// Catalogue. It must not import anything of ours but sync/dossier and
// sync/seal.
package catalogue
