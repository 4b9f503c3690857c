//go:build !mutant_packet_unsigned

package portal

// signaturesAreVerified has a packet be its station's only with its signature.
const signaturesAreVerified = true
