// Package bench is what a technician does with the devices at a terminal:
// `tramhoso devices` lists, watches, tests and measures them.
//
// It promises: it opens no window; a line that the running station holds is left
// to it, and what it holds itself it gives back at its end; of a code it says
// what kind it is and how long, never what is in it.
//
// It must not import Fyne, SQL, the station's stores or its clients.
package bench
