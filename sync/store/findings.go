package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"tramhoso/sync/store/internal/rows"
)

// Finding is something that the check at the start found wrong and mended, or
// that a person should know. It names tables and numbers, never content.
type Finding struct {
	Kind  FoundKind `json:"kind"`
	What  string    `json:"what"` // English, for the log and the terminal
	Lost  bool      `json:"lost"` // something is gone for good
	At    time.Time `json:"at"`   // when it was found last
	Times int       `json:"times"`
	Seen  bool      `json:"seen,omitempty"` // somebody looked at what every start finds
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
	return slices.DeleteFunc(slices.Clone(s.found), func(f Finding) bool { return f.Seen })
}

// Find adds a document that somebody who can read the content found wrong. A disk on
// which that cannot be kept has told already that it fails; the finding is still
// shown until the program ends.
func (s *Store) Find(ctx context.Context, lost bool, format string, args ...any) {
	s.keeping.Lock()
	defer s.keeping.Unlock()
	s.find(lost, FoundDocument, format, args...)
	s.finding.Lock()
	list := slices.Clone(s.found)
	s.finding.Unlock()
	if err := s.putFindings(ctx, s.w, list); err != nil && ctx.Err() == nil {
		s.log.Error("failed to keep what was found in the storage", "err", err)
	}
}

// SeeFindings ends all of list: a person has looked at them. What was found since
// stays. What is gone for good and found at every start is told again only when it
// is more.
func (s *Store) SeeFindings(ctx context.Context, list []Finding) error {
	s.keeping.Lock()
	defer s.keeping.Unlock()
	s.finding.Lock()
	var left []Finding
	for _, f := range s.found {
		if slices.Contains(list, f) {
			if f.Kind != FoundBodies {
				continue
			}
			f.Seen = true
		}
		left = append(left, f)
	}
	s.finding.Unlock()
	if err := s.putFindings(ctx, s.w, left); err != nil {
		return err
	}
	s.finding.Lock()
	s.found = left
	s.finding.Unlock()
	return nil
}

func (s *Store) find(lost bool, kind FoundKind, format string, args ...any) {
	f := Finding{Kind: kind, What: fmt.Sprintf(format, args...), Lost: lost, At: s.now().UTC().Truncate(time.Millisecond), Times: 1}
	s.finding.Lock()
	s.found = together(append(s.found, f))
	s.finding.Unlock()
	s.log.Error("the check of the storage", "found", f.What, "lost", f.Lost)
}

// foldFindings moves what this start has found so far to what earlier ones did, where
// what it mends is written, so that no power cut comes between the two.
func (s *Store) foldFindings(ctx context.Context, q *rows.Queries) error {
	s.finding.Lock()
	defer s.finding.Unlock()
	if len(s.found) == 0 {
		return nil
	}
	before, err := keptFindings(ctx, q)
	if err != nil {
		return err
	}
	if err := s.putFindings(ctx, q, together(append(before, s.found...))); err != nil {
		return err
	}
	s.found = nil
	return nil
}

// recallFindings reads what this start and earlier ones found.
func (s *Store) recallFindings(ctx context.Context) error {
	if err := s.foldFindings(ctx, s.w); err != nil {
		return err
	}
	list, err := keptFindings(ctx, s.w)
	s.finding.Lock()
	s.found = list
	s.finding.Unlock()
	return err
}

// keptFindings reads the list; one that cannot be read is itself a finding.
func keptFindings(ctx context.Context, q *rows.Queries) (list []Finding, err error) {
	d, err := q.Document(ctx, string(DocFindings))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, coded(fmt.Errorf("failed to read what was found: %w", err))
	}
	if err := json.Unmarshal(d.Content, &list); err != nil {
		return []Finding{{Kind: FoundDocument, What: "what earlier starts found cannot be read", Lost: true, At: time.UnixMilli(d.AtMs).UTC(), Times: 1}}, nil
	}
	return list, nil
}

func (s *Store) putFindings(ctx context.Context, q *rows.Queries, list []Finding) error {
	raw, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("failed to write down the findings: %w", err)
	}
	err = q.PutDocument(ctx, rows.PutDocumentParams{Name: string(DocFindings), Content: raw, AtMs: s.ms()})
	if err != nil {
		return coded(fmt.Errorf("failed to keep what was found: %w", err))
	}
	return nil
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
