// Package gate keeps a portal standing when many come at once, and when some come
// to hurt it: rates, crowds, connections, and bodies that trickle.
//
// It promises that whoever is known is measured by who they are and never by the
// address they come from, so that a province of stations behind one address
// works; that only strangers are measured by address, and give way to those who
// are known; that a slow line which brings something is waited for, and one that
// brings next to nothing is not; that everything it keeps in memory is bounded.
//
// It refuses nothing by content: it knows neither packets nor keys. It imports
// nothing of the project.
package gate
