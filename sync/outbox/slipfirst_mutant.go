//go:build mutant_slip_before_commit

package outbox

// A slip is shown once it is drawn up, whatever becomes of the commit.
const slipWaits = false
