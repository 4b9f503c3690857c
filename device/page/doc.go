// Package page prints A4 and A5 pages on a printer that is reached through the
// Internet Printing Protocol (RFC 8010, RFC 8011): a CUPS queue, or a printer
// that speaks IPP itself.
//
// It promises:
//   - a job ends in a fact: Printed (the printer says that the job is
//     completed), Failed with a reason and whether any of it may be on paper, or
//     Unknown, when the printer took the job and then could not be asked any
//     more. Unknown is never guessed into one of the others;
//   - a document is sent once. When the answer to it is lost, the job is looked
//     for by its name, which is the caller's and unique; it is never sent again
//     by this package;
//   - a job that a restart interrupted can be found again, by the same name;
//   - a job that the printer cannot finish is taken out of the printer, so that
//     it does not come out when nobody waits for it any more;
//   - every call ends by its deadline, and what a printer answers is bounded in
//     size, number and depth before it is kept.
//
// "Completed" is the word of whoever answers: a queue whose back end cannot see
// the printer (a raw socket) says it when the last byte has left. An IPP printer
// says it when the paper is out.
//
// It refuses documents that are no PDF or too large, and printers that are
// reached otherwise than over ipp:// or a local socket: what is on the paper is
// not encrypted on the way, so the printer belongs beside the station.
//
// It must not import anything of sync, app or Fyne, and knows nothing of what is
// on the pages.
package page
