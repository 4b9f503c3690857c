// Package compose writes Vietnamese from the keys of an on-screen keyboard: by
// Telex, by VNI, or by keys that carry the letters and tones themselves.
//
// Promises: what comes out is NFC; a tone stands by the modern rule (hoá, tuỳ,
// uỷ, khoẻ), with gi and qu as onsets; a mark may come late in its syllable;
// the same mark again takes it off and types its key; what cannot be a
// syllable stays as the keys say (Facebook, windows); one key never adds more
// than one letter to what was typed. Refuses: spelling correction, and word
// lists: "test" is the syllable tét, as in every Telex, and tesst writes test.
// The clusters of the highlands' names (Krông, Đrăng, Kdăm, Mlô) count as
// onsets, and r after them types r. Must not import: anything of the project, Fyne, cgo.
package compose
