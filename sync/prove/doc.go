// Package prove holds what tests of both ends need: a province with its keys,
// and simulations of whole ways. Programs must not import it.
package prove
