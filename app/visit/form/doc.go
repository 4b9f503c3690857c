// Package form asks the questions of a procedure's form one at a time.
//
// It promises: a form is a JSON Schema 2020-12 whose hints (x-order, x-when,
// x-widget, x-prefill, x-title, x-help, x-enum-names, x-icons) say how to ask
// it; what the schema allows can be answered, and what is handed on has passed
// the whole schema. Going forward and back never loses an answer; an answer
// that is out of place while its question is hidden is kept in memory and left
// out of what is handed on.
//
// It refuses: schemas that reach outside themselves (no file and no network is
// ever opened), schemas beyond the limits below, and hints that name unknown
// or later questions. An answer is refused with a word for the person, never
// with the schema's own language.
//
// It must not import Fyne, a store or a device.
package form
