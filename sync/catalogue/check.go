package catalogue

import (
	"encoding/json"

	"tramhoso/sync/dossier"
)

// Check refuses a snapshot that no station could offer: an id twice, a procedure
// whose agency or topic is not there, a form that is no JSON, an agency whose account
// or prices cannot be (dossier.Agency.Check). Its error is dossier.CodeInvalid.
func (s Snapshot) Check() error {
	agencies, err := unique("agency", s.Agencies, agencyKey)
	if err != nil {
		return err
	}
	topics, err := unique("topic", s.Topics, topicKey)
	if err != nil {
		return err
	}
	if _, err := unique("station", s.Stations, stationKey); err != nil {
		return err
	}
	if _, err := unique("procedure", s.Procedures, procedureKey); err != nil {
		return err
	}
	for _, a := range s.Agencies {
		if err := a.Check(); err != nil {
			return err
		}
	}
	for _, p := range s.Procedures {
		refuse := func(what, id string) error {
			return dossier.Errorf(dossier.CodeInvalid, "procedure %s: %s %q", p.Code, what, id)
		}
		if p.Version < 1 {
			return refuse("has no version", "")
		}
		if !agencies[p.Agency] {
			return refuse("no such agency", p.Agency)
		}
		for _, t := range p.Topics {
			if !topics[t] {
				return refuse("no such topic", t)
			}
		}
		if len(p.Form) > 0 && !json.Valid(p.Form) {
			return refuse("a form that is no JSON", "")
		}
	}
	return nil
}

func unique[T any](what string, list []T, key func(T) string) (map[string]bool, error) {
	seen := make(map[string]bool, len(list))
	for _, v := range list {
		k := key(v)
		if k == "" || seen[k] {
			return nil, dossier.Errorf(dossier.CodeInvalid, "%s %q is nameless or there twice", what, k)
		}
		seen[k] = true
	}
	return seen, nil
}

// Follows refuses a next snapshot that says something else about a procedure
// under the same version, or goes back to an older one: dossiers name the
// version that they were made under. A withdrawal needs no new version.
func (s Snapshot) Follows(old Snapshot) error {
	was := make(map[string]dossier.Procedure, len(old.Procedures))
	for _, p := range old.Procedures {
		was[p.Code] = p
	}
	for _, p := range s.Procedures {
		o, ok := was[p.Code]
		if !ok {
			continue
		}
		o.Withdrawn = p.Withdrawn
		if p.Version < o.Version || p.Version == o.Version && canonical(p) != canonical(o) {
			return dossier.Errorf(dossier.CodeInvalid, "procedure %s changed and is still version %d", p.Code, p.Version)
		}
	}
	return nil
}
