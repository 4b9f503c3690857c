//go:build !mutant_plain_index

package outbox

// numbersAreHashed keeps ID numbers out of the store: under a key of the
// station, an index of them tells nothing.
const numbersAreHashed = true
