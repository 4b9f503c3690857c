// Package keyboard is the station's on-screen keyboard: letters, a Vietnamese
// block and five named tone keys, a layer of digits and signs, and a pad of
// digits; and the pure rules by which a tone finds its vowel.
//
// Promises: what it types is NFC, tones stand by the modern rule (hoá, tuỳ,
// uỷ), every accented letter can be typed, and a key never takes the focus
// from the field. Refuses: Telex and VNI, which come with a setting of their
// own. Must not import: anything of the project but app/ui/kit and assets.
package keyboard
