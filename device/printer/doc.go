// Package printer speaks ESC/POS to a receipt printer: a Document becomes a
// 1-bit picture, the picture becomes bytes, and the bytes go out in pieces
// while the printer's own words are listened to.
//
// It promises: what is drawn is what is printed, dot for dot; no accent is
// clipped; nothing in a picture or a length is taken for a real-time command;
// Print says Printed only when the printer itself confirmed it, and a printer
// that says nothing is unknown, never "out of paper". No call hangs: every wait
// has an end.
//
// It refuses: QR payloads that are not plain ASCII, codes that readers could
// not tell apart, pictures that do not fit the paper, documents without end.
//
// It must not import sync, app or Fyne: it knows nothing of dossiers or keys.
//
// # What an Outcome says
//
// Started is true from the first band on. A print that failed before it goes
// out again as it is; one that failed after it is followed by a whole new copy.
//
//	trouble              before a band        among the bands        after the last band
//	paper out            failed paper-out     failed paper-out       (1) paper-out
//	cover open           failed cover-open    failed cover-open      (1) cover-open
//	cutter jam           failed cutter        failed cutter          (1) cutter
//	hardware             failed hardware      failed hardware        (1) hardware
//	head too hot         failed hot           waits; then failed hot waits; then (1) hot
//	feed button held     failed offline       waits                  waits
//	takes no bytes       failed stalled       failed, why it says    failed, why it says
//	switched off and on  –                    failed power           unknown
//	unplugged            failed unplugged     failed unplugged       (2)
//	context ended        failed cancelled     failed cancelled (3)   (2)
//	falls silent         –                    unknown                (2)
//	no word before       unknown              unknown                unknown
//	all well             –                    –                      printed, or (4)
//
// (1) Printed where the printer has GS ( H and has answered for the picture:
// every dot is on paper, only the cut may be missing, and it comes before the
// next paper. Without GS ( H, probably printed where the question behind the
// cut was answered before the trouble. Else failed.
// (2) Printed where the printer has answered for the picture, else unknown;
// failed while the cut has not been sent.
// (3) The band is completed and cut off, so that the printer is left clean.
// (4) Without GS ( H: probably printed. With it, but without its answer:
// unknown.
//
// Near end is no trouble: it prints on, and Status tells it.
//
// # What is believed
//
// An automatic status is a reason to ask. Only what DLE EOT answers, a trouble
// twice, ends a paper or is told to anybody: noise on a line may look like any
// report. A printer that answers no question is believed once it has reported
// that it is well. What was over when it was asked stopped nothing.
//
// # How a restart of the printer is noticed
//
// A printer that is switched off and on says that it is well and knows nothing
// of what it lost. Between the bands stand questions that are answered in their
// turn (fences), never more than 1.4 s of the line apart; a printer takes
// longer than that to start, so it loses one, and then nothing is taken for
// printed. A printer that answers no such question cannot be watched so: on it
// the best result is "probably printed".
//
// # What is left in a printer
//
// After a failure the printer is told at once to forget the rest (DLE ENQ 2,
// and DLE DC4 8 where the profile knows it). Nothing relies on its obeying: by
// Epson's manuals DLE ENQ 2 acts in a cutter error only, and what is left comes
// out on the new roll. Recover and the next Print clear it again before
// anything else, complete a picture that it may still wait for, and cut off
// what hangs in it. A fresh Printer does the same once; whether a
// paper hangs in it, it cannot know: Interrupted tells it.
package printer
