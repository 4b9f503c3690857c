//go:build !mutant_slip_before_commit

package outbox

// slipWaits has a slip wait for the commit.
const slipWaits = true
