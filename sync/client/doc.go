// Package client speaks to a portal over HTTPS.
//
// It promises that what it returns came from the province's portal: the server's
// chain leads to a pinned root, the answer carries the protocol's header, and
// receipts, watermarks and times are verified with the province's keys against
// the very bytes and question that were sent. It tells apart that nothing
// answered (dossier.CodeNoNetwork), that something else did
// (dossier.CodeNotThePortal: a log-in page, an intercepting proxy) and that the
// portal itself answered with trouble (Error).
//
// It follows no redirects, uses no proxy of the environment, and ends every
// call in a bounded time. TLS looks at the later of wall time and trusted floor,
// so that a lost clock battery does not lock a station out.
//
// It keeps nothing on disk and must not import the store or the outbox.
package client
