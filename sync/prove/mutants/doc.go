// Package mutants proves the proofs: a test that cannot fail proves nothing.
//
// Each decision that keeps a promise – a sync, an order, a check – stands in a
// file of its own with the tag !mutant_<what>, and beside it, with the tag
// mutant_<what>, stands what somebody might write instead. The ordinary build
// knows constants only: nothing is switched at run time. The test builds each
// mutant and demands that the proof named for it fails, by its own word and not
// by a crash; a mutant without a proof, or a proof without its mutant, fails too.
// The table of proofs says which sentence that is, so that no mutant passes for
// killed because of some other trouble.
//
// What the simulation (package sim) kills by itself, within a hundred seeds:
// tap_forgotten, slip_before_commit, print_resent, purge_without_durable,
// receipt_before_commit, no_replay_check, effect_outside_tx, shelf_dropped,
// setback_ignored (what a portal that was set back has lost never comes there again),
// plain_index (a clerk can give nobody a new slip) and drop_before_receipt (packets
// never reach the portal); and gaps_unnamed, in a story of its own. It cannot kill
// those that leave out a sync (sync_normal,
// folder_unsynced, key_unsynced, attachment_unsynced, stick_unsynced,
// portal_sync_off, log_unsecured, offset_before_fsync): the disks of its machines
// keep everything that was written. Nor can it see paper_outside_tx and band_lazy,
// which need a death between two statements where no point is named. All of these are
// package power's. backup_of_another_epoch needs a sweep between a set-back and the
// next question, and passed a hundred and fifty seeds: a test of the store plays it.
// withdrawal_outside_tx needs a death between a withdrawal and what is noted of it, and
// somebody who asks a second time: it passed a hundred seeds, and is package power's, too.
// skip_gap passed a hundred: the real portal answers with every event from where it was
// asked, so that no answer has a gap; a portal that leaves one out is played for the inbox.
// Forged packets and receipts (packet_unsigned, receipt_unverified) have no author in
// the simulation.
package mutants
