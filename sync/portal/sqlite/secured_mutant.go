//go:build mutant_log_unsecured

package sqlite

// A replay is answered from a commit that no disk has.
const logIsSecured = false
