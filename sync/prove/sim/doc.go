// Package sim plays a province: stations and a portal in one process, with
// everything real but time, chance, network and disk. It looks for a way in
// which something that a citizen holds a slip for is lost or happens twice.
//
// A seed decides everything: who comes, what becomes of each request, when a
// machine dies and at which named point, how a line is. One thing happens at a
// time, in a bubble of testing/synctest, so that the same seed tells the same
// story, byte for byte: the ids of packets are drawn from the seed, because what is
// random is compressed to more bytes or fewer, and two requests of one moment are
// handled apart from each other. Keys, signatures and nonces are random; no story
// depends on them. The store, the outbox and its queue, the client over
// TLS, the inbox, the portal's handler and its ledger are the programs' own;
// each database is a real one, in files.
//
// A machine dies as a killed process does: its disk keeps what was written up
// to that moment, and what its goroutines still do is not heard by anybody.
// What a power cut does to a disk is tested elsewhere.
//
// What must hold while it plays and in the end, when everything was mended:
//   - every slip that was shown has exactly one dossier at the portal, and every
//     packet of a station is there once, with the receipt that the station has,
//     whole, its papers as they were scanned;
//   - the portal gives no receipt for what it does not hold, and gives the same
//     bytes when it is asked again;
//   - sequence and slip numbers have no gaps and no repeats;
//   - each packet has its effect once and each event is heard once, in order, so
//     that a slip shows the portal's status;
//   - the queue's state says what the store holds, and a second tap or a second
//     hand-over changes nothing;
//   - a slip that came out of a printer is kept, no paper is sent to a printer twice,
//     and a further copy says that it is one;
//   - what a station says is on its second medium lies there; of a station that
//     burnt down, what it had sent or mirrored is at the portal, and a gap in its
//     numbers names the rest;
//   - stations hear of the province's new keys, of whatever kind, believe what the
//     newest sign and what the older ones signed in their time, and renew
//     certificates, also one that has ended;
//   - a slip in place of a lost one opens what the lost one opened, which opens
//     nothing from then on and is not printed any more;
//   - what others left on a stick goes by a station with a network as it goes by the
//     portal's own hands, papers and all;
//   - no personal data and no slip's secret lies in the clear in any file or log.
//
// A seed that breaks one of these prints its story and the command that plays
// it again. Programs must not import this package.
package sim
