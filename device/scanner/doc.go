// Package scanner cuts the bytes of a barcode or MRZ reader into frames, answers
// the reader and switches its lamp.
//
// It promises:
//   - a frame is whole, UTF-8 in NFC and without control characters, or it
//     carries a named Fault and no data;
//   - how the bytes were split on their way does not change the frames;
//   - a code held in front of the reader is one frame, until it was out of
//     sight for 2 s or a person was asked for a code anew (Ask);
//   - a reader with a trigger is lit only while a scan is wanted (Want), also
//     after it was plugged in again or has switched off by itself;
//   - more codes than people can show are dropped, and that is told once;
//   - memory is bounded whatever the line sends, and a reader that takes no
//     answers keeps nobody from reading.
//
// It knows the terminators CR, LF and CR LF, STX … ETX, three MRZ lines in a
// row, silence, and the 3M envelope SOH … STX … ETX BCC; Zebra's SSI packets
// and MetroSelect's ACK and NAK; the triggers of Honeywell, Newland, Datalogic and SSI
// (DEVICES.md, "Scanners and readers"). The manual of the RTE6701 that is public
// (integration manual, 9.1.1) does not say how its BCC is reckoned: it is taken
// and not checked, and the check digits of the MRZ stand in for it.
//
// It must not import anything of sync, app or Fyne, and does not know what a
// frame means; that is idcard's and others'.
package scanner
