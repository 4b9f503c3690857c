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
// The keys of a file, all but name optional: what is left out is not stated.
//
//	name, answers        the model, and what it answers to GS I 67
//	[head]     width_dots, dots_per_inch, feed_units_per_dot (ESC J), band_rows,
//	           cut (feed, full, partial, none), tear_dots, density (ESC 7)
//	[line]     baud, flow (none, xonxoff, rtscts), buffer_bytes, reply_ms,
//	           confirm_ms, stall_ms
//	[commands] raster (gs-v-0, gs-paren-l), graphics_l, doubling (m of GS v 0),
//	           columns (ESC *), position (left-margin, absolute, from-left),
//	           clear_sequence (DLE DC4 8)
//	[status]   replies, auto (GS a), process_id (GS ( H), near_end
//	[device]   path, identity: in a station's own file only
//	[measured] at, scans, passed: likewise
//
// It must not import sync, app or Fyne.
package models
