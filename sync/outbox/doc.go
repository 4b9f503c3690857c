// Package outbox turns what a visit or a clerk decided into a packet that is
// safe, and carries packets to the portal.
//
// It promises that Submit freezes, seals and commits in one transaction, so
// that a slip printed afterwards stands for something; that the same submit
// token gives the same result; that a packet leaves the queue only for a
// receipt the sender has verified, and is offered again, unchanged, until then;
// and that hand-overs go before everything else.
//
// A missing network or a log-in page is no attempt. Trouble with the station's
// identity or the portal's disk pauses the lane; the portal's refusal of one
// packet sets this packet aside, named, and lets the others go on. Back-off has
// full jitter and runs on the monotonic clock.
//
// Two batches are on their way at most: while the answer to one travels, the
// next uses the line. No packet is in two of them.
//
// Attachments follow their packets in a lane of their own ([Files]), chunk by
// chunk, and hold up no packet.
//
// A person at the station can pause sending ([Pause]) for a while, never for good:
// packets, hand-overs too, and attachments stay where they are until it ends or is
// ended. It is asked before every batch and every chunk; what is on the line then
// is sent to its end. What is carried by hand goes on. Neither enrolling nor a
// person's "try again" ends it.
//
// It must not import a transport: senders are handed in.
package outbox
