package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tramhoso/sync/dossier"
)

// Finding is something that the check at the start found wrong and mended, or
// that a person should know. It names tables and numbers, never content.
type Finding struct {
	Kind  FoundKind `json:"kind"`
	What  string    `json:"what"` // English, for the log and the terminal
	Lost  bool      `json:"lost"` // something is gone for good
	At    time.Time `json:"at"`   // when it was found last
	Times int       `json:"times"`
}

// FoundKind says what was found, for a screen to put into words.
type FoundKind string

// The kinds.
const (
	FoundAnew     FoundKind = "anew"     // the database was written anew
	FoundRows     FoundKind = "rows"     // rows that can be had again were lost
	FoundDocument FoundKind = "document" // a kept document cannot be read
	FoundOutbox   FoundKind = "outbox"   // what waits did not agree with what was receipted
	FoundBodies   FoundKind = "bodies"   // packets have neither a body nor a receipt
)

// FoundKinds are all of them.
var FoundKinds = []FoundKind{FoundAnew, FoundRows, FoundDocument, FoundOutbox, FoundBodies}

// mostFindings bounds what is kept for a person to look at: a card that dies finds
// something at every start, and nobody reads more of them.
const mostFindings = 64

// Findings tells what was found and nobody has looked at yet, at whichever start,
// the newest first.
func (s *Store) Findings() []Finding {
	s.finding.Lock()
	defer s.finding.Unlock()
	return slices.Clone(s.found)
}

// Find adds a document that somebody who can read the content found wrong.
func (s *Store) Find(ctx context.Context, lost bool, format string, args ...any) {
	s.find(lost, FoundDocument, format, args...)
	s.keepFindings(ctx)
}

// SeeFindings ends all of list: a person has looked at them. What was found since
// stays.
func (s *Store) SeeFindings(ctx context.Context, list []Finding) error {
	s.finding.Lock()
	defer s.finding.Unlock()
	left := slices.DeleteFunc(slices.Clone(s.found), func(f Finding) bool { return slices.Contains(list, f) })
	if err := s.putFindings(ctx, left); err != nil {
		return err
	}
	s.found = left
	return nil
}

func (s *Store) find(lost bool, kind FoundKind, format string, args ...any) {
	f := Finding{Kind: kind, What: fmt.Sprintf(format, args...), Lost: lost, At: s.now().UTC().Truncate(time.Millisecond), Times: 1}
	s.finding.Lock()
	s.found = together(append(s.found, f))
	s.finding.Unlock()
	s.log.Error("the check of the storage", "found", f.What, "lost", f.Lost)
}

// recallFindings adds what earlier starts found to what this one did, and keeps both.
func (s *Store) recallFindings(ctx context.Context) {
	var before []Finding
	d, err := s.Document(ctx, DocFindings)
	if err == nil {
		err = json.Unmarshal(d.Content, &before)
	}
	if err != nil && dossier.CodeOf(err) != dossier.CodeNotFound {
		s.find(true, FoundDocument, "what earlier starts found cannot be read (%v)", err)
	}
	s.finding.Lock()
	found := len(s.found) > 0
	s.found = together(append(before, s.found...))
	s.finding.Unlock()
	if found {
		s.keepFindings(ctx)
	}
}

// keepFindings keeps them beyond this start. A disk on which that fails has told
// already that it does; the findings are still shown until the program ends.
func (s *Store) keepFindings(ctx context.Context) {
	s.finding.Lock()
	defer s.finding.Unlock()
	if err := s.putFindings(ctx, s.found); err != nil && ctx.Err() == nil {
		s.log.Error("failed to keep what the check of the storage found", "err", err)
	}
}

func (s *Store) putFindings(ctx context.Context, list []Finding) error {
	raw, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("failed to write down the findings: %w", err)
	}
	return s.PutDocument(ctx, DocFindings, "", raw)
}

// together counts what was found again, and orders the list: the newest first, and
// what is gone for good is the last to give way.
func together(list []Finding) []Finding {
	var out []Finding
	for _, f := range list {
		i := slices.IndexFunc(out, func(o Finding) bool { return o.Kind == f.Kind && o.What == f.What && o.Lost == f.Lost })
		if i < 0 {
			out = append(out, f)
			continue
		}
		out[i].Times += f.Times
		if f.At.After(out[i].At) {
			out[i].At = f.At
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return b.At.Compare(a.At) })
	if len(out) > mostFindings {
		slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
		out = out[:mostFindings]
		slices.SortStableFunc(out, func(a, b Finding) int { return b.At.Compare(a.At) })
	}
	return out
}

func rank(f Finding) int {
	if f.Lost {
		return 0
	}
	return 1
}
