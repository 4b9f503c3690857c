// Package paper draws up what the station prints, the slip (Phiếu gửi), the note
// of a withdrawal and Form 01, and runs the queue to the printer.
//
// It promises: the two papers never look alike and never say what is not known
// (a slip says "received here", Form 01 shows only the agency's own facts); a
// slip shows the last four digits of a card, never more; a copy says that it is
// one; a paper that stopped half-way is printed again whole; and nothing is
// printed that nobody asked for since the program started.
//
// The journal goes rendered → sending (band k of n) → printed | probably |
// unknown | failed (reason). The first band is on the disk before it goes to the
// line, so a restart knows whether any of a paper can exist: if not it still
// waits, else a person is asked. Of what cannot be written down nothing is
// printed. A trouble has its own reason and its own way back; a printer that
// fails every time is left after five tries, and a person is told.
//
// Papers are legal papers and are in Vietnamese whatever the screen shows.
//
// What goes to a page printer is drawn as a PDF: the declaration that a citizen
// signs by hand, Form 01 on A5 or A4, and an agency's own document, which is
// handed through unchanged. The same paper is the same file, byte for byte.
//
// It refuses data that it cannot draw whole. It must not import Fyne, a store
// or a serial port: the queue meets both through small interfaces.
package paper
