//go:build mutant_receipt_before_commit

package portal

// A receipt leaves whatever becomes of the commit.
const receiptsWait = false
