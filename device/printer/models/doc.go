// Package models keeps what is known of receipt printers: a TOML file per
// model, and the file in which a station keeps what it measured of its own.
//
// It promises: every fact in an embedded file names its public source, and what
// no source states is left out and falls back to what is safe with any printer;
// the parser is strict (an unknown key, a value out of range or a file too
// large is an error that names line and key) and Parse(Marshal(m)) is m; a
// saved profile is bound to the printer it was measured on and is used for no
// other.
//
// It refuses to guess: a fact that is missing is "not stated" and stays so
// until the self-test has measured it.
//
// It must not import sync, app or Fyne.
package models
