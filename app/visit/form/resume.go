package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tramhoso/sync/dossier"
)

// Draft is a filling as it is kept while nobody knows whether it goes on: also
// what is typed by half and what is not asked any more.
type Draft struct {
	Answers Answers `json:"answers"`
	At      string  `json:"at"` // key of the question on the screen
}

// Draft returns the filling as it is now.
func (l *Filling) Draft() Draft {
	d := Draft{Answers: Answers{}, At: l.at}
	for k, v := range l.answers {
		d.Answers[k] = v
	}
	return d
}

// Resume goes on with a draft of the same form, answer for answer.
func (f *Form) Resume(d Draft, p dossier.Person, today func() time.Time) *Filling {
	l := f.Start(p, today)
	l.answers = Answers{}
	for k, v := range d.Answers {
		if _, ok := f.byKey[k]; ok {
			l.answers[k] = v
		}
	}
	l.Goto(d.At)
	return l
}

// Refit begins this form with what still fits of a draft of another version of
// it: an answer that this form refuses, or does not ask for, is left out.
func (f *Form) Refit(d Draft, p dossier.Person, today func() time.Time) *Filling {
	l := f.Start(p, today)
	for _, q := range f.questions {
		v, ok := d.Answers[q.Key]
		if !ok {
			continue
		}
		before, had := l.answers[q.Key]
		l.answers[q.Key] = v
		if f.Check(q.Key, l.answers, today()) != nil {
			if delete(l.answers, q.Key); had {
				l.answers[q.Key] = before
			}
		}
	}
	return l
}

// UnmarshalJSON gives every answer the type that it was given with.
func (a *Answers) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var loose map[string]any
	if err := d.Decode(&loose); err != nil {
		return fmt.Errorf("failed to read answers: %w", err)
	}
	*a = Answers{}
	for k, v := range loose {
		switch v := v.(type) {
		case string, bool:
			(*a)[k] = v
		case json.Number:
			if n, err := v.Int64(); err == nil && !strings.ContainsAny(v.String(), ".eE") {
				(*a)[k] = n
			} else if x, err := v.Float64(); err == nil {
				(*a)[k] = x
			}
		case []any:
			list := make([]string, 0, len(v))
			for _, x := range v {
				if s, ok := x.(string); ok {
					list = append(list, s)
				}
			}
			(*a)[k] = list
		}
	}
	return nil
}
