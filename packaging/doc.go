// Package packaging holds what runs, checks and measures the project. Its
// programs are the shell scripts beside this file; its Go code is the test that
// keeps the house in order: who may import whom, and what may lie at the top.
//
// It promises that a forbidden import fails packaging/test with the reason in
// words. Nothing imports it.
package packaging
