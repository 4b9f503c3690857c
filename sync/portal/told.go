//go:build !mutant_receipt_before_commit

package portal

// receiptsWait has a receipt wait for the commit.
const receiptsWait = true
