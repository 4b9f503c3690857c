// Package vietqr writes and reads the codes that Vietnamese banking apps scan
// to fill in a transfer: EMVCo's merchant-presented QR (EMV QRCPS 1.1) with the
// account template of NAPAS 247 (id 38, AID A000000727).
//
// It promises that what Encode writes is plain ASCII in the order and with the
// check sum of the vectors in testdata, that Parse gives back what was encoded,
// and that a code whose check sum, lengths or fields do not hold is refused with
// an error that says which. An amount is whole đồng in an int64; no float ever
// holds money. It knows how money could be sent, never that any was.
//
// It refuses other currencies than đồng, codes of other schemes, and letters
// with accents: Plain takes them off. It imports the standard library alone.
package vietqr
