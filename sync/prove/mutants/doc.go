// Package mutants proves the proofs: a test that cannot fail proves nothing.
//
// Each decision that keeps a promise – a sync, an order, a check – stands in a
// file of its own with the tag !mutant_<what>, and beside it, with the tag
// mutant_<what>, stands what somebody might write instead. The ordinary build
// knows constants only: nothing is switched at run time. The test builds each
// mutant and demands that the proof named for it fails, by its own word and not
// by a crash; a mutant without a proof, or a proof without its mutant, fails too.
package mutants
