// Package portal is the reference portal of a province: it enrols stations,
// takes in their packets, lets officers decide, and tells the stations.
//
// It promises that what it receipted is on its disk, with its effect, in one
// transaction; that a packet offered twice gets the identical receipt and has
// one effect; that a correctly signed packet within the limits is always
// stored, at worst quarantined for a person; that a child which comes before
// its parent waits and is applied with it; that an event leaves only encrypted
// to its station; that a status changes only along dossier.Status.To, each step
// with its time, office and officer.
//
// With the mark that a result is ready an officer may attach it as a PDF. It is
// examined, kept sealed to the province, and travels inside the event; what no
// station could print, or is too large to travel, is refused before anything
// changes.
//
// Attachments come by tus 1.0 after the packet that names them. An offset that it
// states is on the disk; a file counts once the whole is what its digest says; and
// with the last file of a packet the receipt says whole. A dossier is read before
// that and accepted only then.
//
// What comes on a courier's stick ([Portal.Import]) or is uploaded for another
// station has exactly the effect that the same packets would have had online.
//
// A certificate is renewed over the one before, which holds until the new one is
// shown; one that ended may renew for renewGrace and do nothing else. A revoked
// station is refused by name. Its packets are still taken from a stick, since
// people hold slips for them, but only into quarantine: whoever has its keys can
// write any time into a head, so no packet that comes after the revocation can
// show that it was signed before.
//
// Keys and the authority of certificates can be replaced beside a portal that runs
// ([Rotate], [RotateSigner], [RotateAuthority]); it takes them up by itself, and lets
// go of private keys that were destroyed. Stations believe the authority before and
// the next for a time; who missed that asks by the province's root.
//
// Everything is bounded ([Limits], package gate): what a station may ask and move
// in a time, wait for and have in progress; how slow a line may be; how many come
// at once. A station is measured by who it is, so that a province behind one
// address works; only strangers are by address, and give way, whoever shows a
// certificate that is nobody's among them.
//
// What is kept how long ([Portal.Sweep], once a day while it serves):
//
//	head, digest and receipt of every packet   for good: a replay after years gets the identical receipt
//	its body, attachments, officers' words     keepContent after its dossier has ended; Options.Keep
//	  … of a packet that belongs to no dossier keepContent after it came
//	  … that waits for a parent or a person    until they come
//	an upload that nobody goes on with         uploadLife; its row keepUploadRows longer
//	events                                     while their station is believed, and keepEvents after
//	enrolment tokens                           keepTokens after they ended
//	clone alarms, stations, steps              for good
//	a courier's bundle                         never: its packets are
//
// A backup lifts durable_through, after which stations let go of their copies, only
// where it lies on another device than the ledger and the files ([BackupTo]): one dead
// disk never takes all that is left of what somebody holds a slip for. What a ledger
// was told of backups is in no copy of it.
//
// A sweep reaches no backup: what it destroys stays in those from before, sealed to a
// recipient whose private key lies in the key folder, which no backup holds. A portal
// that goes on from one destroys the same again before it has served a day; a province
// keeps a backup no longer than it may keep what is in it, and has destroyed it for
// good when the recipient's key is.
//
// One sequence number that comes with two ids is a clone alarm: officers see it
// with every list until one of them acknowledges it, and nothing is refused for it.
//
// It refuses a packet whose envelope, signature or size does not hold, a token
// that was used by someone else, and a second machine's keys under a code that
// is taken: a station whose keys were lost gets a new code.
//
// No name or number from a dossier stands in a plain column or in the log:
// bodies stay sealed and are opened on demand at the desk, what officers write
// is sealed to the province.
//
// It never imports the station's side, devices or screens.
package portal
