package seal

import (
	"fmt"
	"sync"

	"filippo.io/age"
)

// mostRecipients bounds what is remembered: a station seals to the province's key
// and to its counter's, a portal to each of its stations.
const mostRecipients = 64

// recipients remembers keys by their text. Reading one is an eighth of what a
// submit computes, and the same two are read again for every visit.
var recipients = struct {
	sync.Mutex
	known map[string]*age.HybridRecipient
}{known: map[string]*age.HybridRecipient{}}

func parseRecipient(text string) (*age.HybridRecipient, error) {
	recipients.Lock()
	defer recipients.Unlock()
	if r := recipients.known[text]; r != nil {
		return r, nil
	}
	r, err := age.ParseHybridRecipient(text)
	if err != nil {
		return nil, fmt.Errorf("failed to read recipient: %w", err)
	}
	if len(recipients.known) >= mostRecipients {
		clear(recipients.known)
	}
	recipients.known[text] = r
	return r, nil
}
