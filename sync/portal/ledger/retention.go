package ledger

import "time"

// RetentionReader answers what has outlived its time. Lists are bounded by their
// limit and oldest first.
type RetentionReader interface {
	// EndedDossiers are those in a final status since before, not destroyed yet.
	EndedDossiers(before time.Time, limit int) ([]string, error)
	// StrayPackets came before, belong to no dossier or came after what they are
	// about was destroyed, wait for no parent and no person, and are not destroyed yet.
	StrayPackets(before time.Time, limit int) ([]string, error)
	// NeedsRecipient says whether a packet that is not destroyed yet is sealed to the
	// recipient of that id, or came before.
	NeedsRecipient(id string, before time.Time) (bool, error)
}

// RetentionTx forgets.
type RetentionTx interface {
	// Destroy forgets a packet's body and, of a dossier, the words of its steps. The
	// row stays with its head, digest and receipt: a replay is still known. The
	// first time stays.
	Destroy(packet string, at time.Time) error
	// DropUploads forgets expired uploads that were begun before.
	DropUploads(before time.Time) (int, error)
	// DropTokens forgets tokens that could be used until before at most.
	DropTokens(before time.Time) (int, error)
	// DropEvents forgets the events of stations that were revoked before. Those of
	// others stay: their numbers have no gaps, and a portal that was set back says
	// all of them again.
	DropEvents(before time.Time) (int, error)
}
