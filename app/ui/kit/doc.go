// Package kit draws the station: palette, grid and every part a screen is put
// together from, made of plain canvas primitives so that one look holds on
// every renderer.
//
// Promises: what has a lip can be pressed and implements Control; what shows
// text implements Spoken with the whole, unwrapped text; parts are built once
// from an Env and rebuilt by their screen when language, contrast, size or
// reach change. Text that does not fit wraps, then loses its second line, and
// only then ends in an ellipsis.
//
// A screen is NewFrame(env, FrameSpec{…}) around a body put together with Row,
// Col, Grid, Grow and Fixed, which give each text the height its wrapping needs;
// in a Col that is too short, paragraphs marked Second give way. BodySize tells
// the room a body has. Texts, Find, Controls and Speech read a screen without a
// renderer; package golden compares it with a picture.
//
// Refuses: business logic, scrolling by drag, any gesture but a tap (and
// drawing in a signature pad), blinking.
//
// Must not import: Fyne's test package or drivers, nor anything of the project
// but assets and sync/dossier.
package kit
