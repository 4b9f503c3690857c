// Package idcard turns what a scanner read into an identity card and says how
// far it may be believed.
//
// It promises:
//   - Parse is pure and bounded; it never panics, whatever the frame;
//   - a payload that is no identity document is ErrNotAnID, and one that
//     contradicts itself is ErrCheckDigit with the field's name: a person is
//     never told that their card is bad because they showed something else;
//   - errors never contain what was read;
//   - unsigned codes are graded Declared, at best Consistent. This package
//     never says Verified: only a chip's passive authentication may.
//
// It knows the QR of CCCD and căn cước cards, their machine-readable zone
// (ICAO 9303 part 5, TD1) and a typed 12-digit number. Fields that newer cards
// add to the QR are kept raw, since their order is not verified. Look-alikes
// that an optical reader mixes up are put right where a check digit covers them.
//
// It refuses foreign travel documents (ErrForeign) and the nine digits of an
// older card (ErrOldNumber); both are an ErrNotAnID.
//
// It must not import anything of sync, app or Fyne: the types are its own.
package idcard
