// Package store keeps what a station must not lose, in one SQLite database.
//
// It promises that a commit is whole or absent: a packet, its place in the
// outbox, its print job and its cards appear together or not at all, at
// synchronous=FULL, so that what a citizen holds a slip for survives a power
// cut. Sequence and slip number have no gaps and are never given twice. A
// submit token that was used before returns the first result and changes
// nothing. A print job that was on its way to the printer when the power went
// is unknown afterwards; it is never sent again without a person's word.
//
// Attachments are files beside the database: each is on the disk, name and all,
// before the draft knows it ([Store.AddFile]); a commit that names one which is not
// there in its full size fails; and each goes when nothing needs it any more.
//
// At the start the whole database is read and checked, by SQLite's rules and its
// own: no sequence number missing, every packet receipted or on its way. Damage to
// what can be had again is mended and told ([Store.Findings]); other damage is
// refused with [ErrDamaged], the file left as it is for [Salvage]. Where a
// database was, there is never a new, empty one.
//
// Each class of record has its life (retention.go). What is destroyed is
// overwritten in the database and leaves its log.
//
// It refuses a folder that cannot be written, a damaged database, a schema
// that is newer than the program, a second program on the same folder, and
// new visits when the disk budget is used up.
//
// The queries stand in queries/*.sql; sqlc writes internal/rows and internal/hot
// from them. By hand are only pragmas, which it does not know, and the copying of
// whole tables.
//
// It knows no keys and reads no secrets: every body, card, result, draft and print job
// comes and goes as sealed bytes. Plain columns hold ids, numbers of the
// station's own making and times, never a name or an ID number.
//
// It is the only importer of modernc.org/sqlite on the station and imports
// nothing of ours but dossier, durable and what audit asks of a storage.
package store
