package main

import (
	"testing"

	"tramhoso/app/visit"
	"tramhoso/sync/seal"
)

// The screen offers the characters that codes are made of, no more and no fewer.
func TestDraftCodesCanBeTyped(t *testing.T) {
	if visit.DraftAlphabet != seal.DraftAlphabet || visit.DraftCodeLength != seal.DraftCodeLength {
		t.Errorf("the screen takes %d of %q, codes are %d of %q", visit.DraftCodeLength, visit.DraftAlphabet, seal.DraftCodeLength, seal.DraftAlphabet)
	}
}
