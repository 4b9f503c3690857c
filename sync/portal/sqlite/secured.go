//go:build !mutant_log_unsecured

package sqlite

// logIsSecured has what a start finds in the log be synced before anything is
// answered from it.
const logIsSecured = true
