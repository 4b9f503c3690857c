// Package dossier holds the domain: applicants, procedures, dossiers, their
// statuses, packets and errors, in the field's own terms.
//
// It promises plain values without behaviour that needs a disk, a network or a
// clock, and it imports the standard library only. Everything else in the
// project may import it.
package dossier
