// Package keyboard is the station's on-screen keyboard: letters beside a block
// that speaks Vietnamese, letters and digits, a layer of digits and signs, large
// digits, and a layout for e-mail; and a pad of digits. How keys become letters
// is package compose.
//
// A field says what it asks for, which chooses the layout. A key in the bottom
// row names the way of typing and leads to all others; a way of writing text
// that was chosen holds for the visit (kit.Env.Keys), a layout of digits or
// e-mail only for that field.
//
// Promises: every accented letter can be typed in each Vietnamese way; all text
// goes through the field's own Edit, at its caret; a key never keeps the focus,
// which goes back to the field after every press, so that another keyboard can
// type on; no letter is enlarged over a field that is hidden. Must not import:
// anything of the project but app/ui/kit, compose and assets.
package keyboard
