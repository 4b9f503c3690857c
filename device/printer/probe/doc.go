// Package probe measures a receipt printer: it asks what can be asked, prints
// what cannot, and lets the station's own scanner read it back.
//
// It promises: a test passes only when codes that were made for this very run
// came back from the paper through the scanner; a code that is not read within
// its time is "not passed", never a pass; what was not measured stays unknown
// and keeps the value that is safe. A person scans at most three codes. On every
// row of proofs exactly one code can be read, and which one it is says what the
// printer does: nobody has to compare or to choose.
//
// It refuses to run against a printer that reports a trouble, to print for ever,
// and to take a code of an older paper for one of this run.
//
// It must not import sync, app or Fyne. Whoever calls it holds the line for as
// long as it runs and tells the person what Say says.
package probe
