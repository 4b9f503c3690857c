// Package demo is the catalogue that a reference portal shows when it is
// started for a demonstration: the procedures of July 2026 as they are known,
// two of them with a complete form.
//
// It promises that figures which were not checked against the official text
// say so in their note ("chưa đối chiếu văn bản"), that every text is there in
// Vietnamese and English, that every form is a JSON Schema 2020-12 which
// compiles, and that every pictogram it names exists. The offices are samples:
// their telephone numbers belong to nobody.
//
// It is data: a province replaces it by its own. It must not import anything
// of ours but sync/catalogue and sync/dossier.
package demo

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"tramhoso/sync/catalogue"
)

//go:embed catalogue.json forms/*.json
var files embed.FS

// forms are the procedures that are filled in at the station.
var forms = []string{"1.004873", "2.000635"}

// Snapshot returns the demo catalogue at version 1, without stations: those are
// the portal's to add as they enrol. Every call returns a fresh copy.
func Snapshot() catalogue.Snapshot {
	s, err := read()
	if err != nil {
		panic(err) // embedded and tested: it cannot fail in a program that was built
	}
	return s
}

var raw = sync.OnceValues(func() ([]byte, error) { return files.ReadFile("catalogue.json") })

func read() (catalogue.Snapshot, error) {
	var s catalogue.Snapshot
	data, err := raw()
	if err != nil {
		return s, fmt.Errorf("failed to read demo catalogue: %w", err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("failed to read demo catalogue: %w", err)
	}
	for _, code := range forms {
		form, err := files.ReadFile("forms/" + code + ".json")
		if err != nil {
			return s, fmt.Errorf("failed to read demo form: %w", err)
		}
		found := false
		for i := range s.Procedures {
			if s.Procedures[i].Code == code {
				s.Procedures[i].Form, found = form, true
			}
		}
		if !found {
			return s, fmt.Errorf("demo form of a procedure that is not in the catalogue: %s", code)
		}
	}
	return s, nil
}
