//go:build mutant_withdrawal_outside_tx

package store

// What is asked back is noted after the packet that says so.
const withdrawnWithin = false
