package catalogue

import (
	"crypto/ed25519"

	"tramhoso/sync/dossier"
)

// Catalogue is an index over one snapshot.
type Catalogue struct {
	snap       Snapshot
	procedures map[string]int
	agencies   map[string]int
	topics     map[string][]int
	stations   map[string]int
	search     index
}

// New builds the index. It keeps the snapshot's slices: do not change them
// afterwards.
func New(s Snapshot) *Catalogue {
	c := &Catalogue{
		snap:       s,
		procedures: make(map[string]int, len(s.Procedures)),
		agencies:   make(map[string]int, len(s.Agencies)),
		topics:     make(map[string][]int, len(s.Topics)),
		stations:   make(map[string]int, len(s.Stations)),
	}
	for i, a := range s.Agencies {
		c.agencies[a.ID] = i
	}
	for i, st := range s.Stations {
		c.stations[st.Code] = i
	}
	for i, p := range s.Procedures {
		c.procedures[p.Code] = i
		for _, t := range p.Topics {
			c.topics[t] = append(c.topics[t], i)
		}
	}
	c.search = newIndex(s)
	return c
}

// Version is the snapshot's.
func (c *Catalogue) Version() int { return c.snap.Version }

// Snapshot is what the index was built over; read only.
func (c *Catalogue) Snapshot() Snapshot { return c.snap }

// Procedure returns the procedure with this code. One that was withdrawn is
// returned together with dossier.CodeProcedureWithdrawn, so that it can be
// named; one that is not in this catalogue is dossier.CodeProcedureUnknown.
func (c *Catalogue) Procedure(code string) (dossier.Procedure, error) {
	i, ok := c.procedures[code]
	if !ok {
		return dossier.Procedure{}, dossier.Errorf(dossier.CodeProcedureUnknown, "procedure not in catalogue version %d", c.snap.Version)
	}
	p := c.snap.Procedures[i]
	if p.Withdrawn {
		return p, dossier.Errorf(dossier.CodeProcedureWithdrawn, "procedure was withdrawn")
	}
	return p, nil
}

// Topics lists the topics in the catalogue's order.
func (c *Catalogue) Topics() []dossier.Topic { return append([]dossier.Topic(nil), c.snap.Topics...) }

// ByTopic lists the procedures of a topic that can still be submitted, in the
// catalogue's order.
func (c *Catalogue) ByTopic(topic string) []dossier.Procedure {
	var out []dossier.Procedure
	for _, i := range c.topics[topic] {
		if p := c.snap.Procedures[i]; !p.Withdrawn {
			out = append(out, p)
		}
	}
	return out
}

// Agency returns the agency with this id.
func (c *Catalogue) Agency(id string) (dossier.Agency, bool) {
	i, ok := c.agencies[id]
	if !ok {
		return dossier.Agency{}, false
	}
	return c.snap.Agencies[i], true
}

// Station returns the station with this code.
func (c *Catalogue) Station(code string) (Station, bool) {
	i, ok := c.stations[code]
	if !ok {
		return Station{}, false
	}
	return c.snap.Stations[i], true
}

// SlipKey is the key that verifies the slips of a station; false when the
// station is not known here. It fits token.Slip.Verify.
func (c *Catalogue) SlipKey(station string) (ed25519.PublicKey, bool) {
	s, ok := c.Station(station)
	if !ok || len(s.SlipKey) != ed25519.PublicKeySize {
		return nil, false
	}
	return ed25519.PublicKey(s.SlipKey), true
}
