// Package power asks a NUT server (Network UPS Tools, RFC 9271) how the mains
// and the battery of an uninterruptible supply are.
//
// It promises:
//   - what is not known is said to be not known: no server, a driver that is not
//     connected, stale data and contradictions are never "on line";
//   - one missed answer is not a power cut: a question is asked again on a new
//     connection before the state becomes unknown;
//   - every question ends by its deadline, and lines and lists are bounded.
//
// It refuses to command a supply: it only reads. A password goes over the
// connection as it is, so the server belongs on this machine.
//
// It must not import anything of sync, app or Fyne.
package power
