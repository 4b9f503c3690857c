//go:build !mutant_withdrawal_outside_tx

package store

// What is asked back is noted in the transaction of the packet that says so.
const withdrawnWithin = true
