package main

import (
	"context"
	"slices"

	"tramhoso/app/upkeep"
	"tramhoso/sync/store"
)

// tellFindings counts what checks at a start found and nobody has looked at; the
// newest of what is gone for good goes before the newest of what was mended.
func tellFindings(f *upkeep.Facts, list []store.Finding) {
	f.Found = len(list)
	for _, found := range slices.Backward(list) {
		if found.Lost {
			f.FoundLost++
		}
		if found.Lost || f.FoundLost == 0 {
			f.FoundLast = string(found.Kind)
		}
	}
}

func asFound(f store.Finding) upkeep.Found {
	return upkeep.Found{Kind: string(f.Kind), What: f.What, Lost: f.Lost, At: f.At, Times: f.Times}
}

func (s *station) findings() (out []upkeep.Found) {
	for _, f := range s.store.Findings() {
		out = append(out, asFound(f))
	}
	return out
}

// seeFindings ends what a technician has looked at; what was found again since, or
// anew, stays.
func (s *station) seeFindings(ctx context.Context, list []upkeep.Found, by string) error {
	var seen []store.Finding
	for _, f := range s.store.Findings() {
		if slices.Contains(list, asFound(f)) {
			seen = append(seen, f)
		}
	}
	s.record(didLook, by) // first: a power cut between the two ends none without a name
	return s.store.SeeFindings(ctx, seen)
}
