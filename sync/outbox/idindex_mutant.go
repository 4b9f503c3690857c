//go:build mutant_plain_index

package outbox

// Whoever takes the station away reads who was here.
const numbersAreHashed = false
