// Package counter is a clerk's work at a station: log in, see what lies here,
// hand over a result.
//
// It promises: a result is handed over once, against the slip that belongs to
// it and the card of the person who collects it; whoever is not the applicant
// needs a basis that is recorded; a fee that is due is taken in full first; a
// refusal is recorded with its reason. What is missing is always named. A result
// that came as a file is printed as often as the clerk asks, and what is said of a
// print is what the printer said; a hand-over never waits for it. A dossier is found
// by slip, code or card; a new slip in place of a lost one is given once a wish, and
// only with the applicant's card, scanned, or typed and looked at. So is a dossier
// asked back for an applicant who has no slip with them.
//
// A Counter is used from one goroutine only, the one that owns the screen. What
// may take long (checking a PIN, opening cards, keeping a hand-over) is handed
// out by a Begin and its outcome handed back by a Finish.
//
// It must not import Fyne, SQL, a serial port, a device or sync/staff: what it
// needs it declares, and the program binds it.
package counter
