// Package scanner cuts the bytes of a barcode or MRZ reader into frames.
//
// It promises:
//   - a frame is whole, UTF-8 in NFC and without control characters, or it
//     carries a named Fault and no data;
//   - how the bytes were split on their way does not change the frames;
//   - one code held in front of the reader is one frame (2 s);
//   - memory is bounded whatever the line sends.
//
// It knows the terminators CR, LF and CR LF, STX … ETX, the 3M envelope
// SOH … STX … ETX BCC, three MRZ lines in a row, and silence
// (DEVICES.md, "Scanners and readers"). It never writes to the line.
//
// It must not import anything of sync, app or Fyne, and does not know what a
// frame means; that is idcard's and others'.
package scanner
