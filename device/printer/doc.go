// Package printer speaks ESC/POS to a receipt printer: a Document becomes a
// 1-bit picture, the picture becomes bytes, and the bytes go out in pieces
// while the printer's own words are listened to.
//
// It promises: what is drawn is what is printed, dot for dot; no accent is
// clipped; nothing in a picture is taken for a real-time command; Print says
// Printed only when the printer itself confirmed it, and a printer that says
// nothing is unknown, never "out of paper". No call hangs: every wait has an
// end.
//
// It refuses: QR payloads that are not plain ASCII, pictures that do not fit
// the paper, documents without end.
//
// It must not import sync, app or Fyne: it knows nothing of dossiers or keys.
package printer
