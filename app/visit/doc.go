// Package visit is one citizen's visit: identify, choose, answer, submit;
// or look up; or come to collect.
//
// It promises: a visit that starts can finish (CanStart says why not before the
// first question); an error shows one sentence and keeps every answer; a second
// tap on submit commits nothing twice; after Wipe nothing of the person is left
// in it.
//
// A Visit is used from one goroutine only, the one that owns the screen. Work
// that may take long is handed out (BeginSubmit) and its outcome handed back
// (FinishSubmit).
//
// It must not import Fyne, SQL, a serial port or a device: what it needs it
// declares in ports.go, and the program binds it.
package visit
