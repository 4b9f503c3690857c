package seal

import (
	"bytes"
	"testing"

	"filippo.io/age"
)

// What is remembered is the key of that very text, however many there are.
func TestRecipientsAreNotMixedUp(t *testing.T) {
	var ids []*age.HybridIdentity
	for range mostRecipients + 2 {
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for range 2 {
		for i, id := range ids {
			sealed, err := encrypt([]byte{byte(i)}, id.Recipient().String())
			if err != nil {
				t.Fatal(err)
			}
			plain, err := decrypt(sealed, []age.Identity{id}, 10)
			if err != nil || !bytes.Equal(plain, []byte{byte(i)}) {
				t.Fatalf("key %d: %v", i, err)
			}
		}
	}
	if n := len(recipients.known); n > mostRecipients {
		t.Errorf("%d keys are remembered", n)
	}
	for range 2 {
		if _, err := parseRecipient("age1pq1nothing"); err == nil {
			t.Error("read a recipient that is none")
		}
	}
}
