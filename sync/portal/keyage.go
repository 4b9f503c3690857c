package portal

import (
	"fmt"
	"net/http"
	"time"

	"tramhoso/sync/seal"
)

// How long before its end a key is told of. A key is replaced within a day; the root
// only by enrolling every station anew, which takes a province years.
const (
	keySpare       = year / 2
	authoritySpare = year
	rootSpare      = 3 * year
)

// KeyState is how a key of the province stands.
type KeyState string

// What a key's state can be.
const (
	KeyHolds KeyState = "holds"
	KeyDue   KeyState = "due"   // ends soon and nothing follows it
	KeyEnded KeyState = "ended" // nothing follows it: stations begin no visit, or receipts wait
)

// KeyAge is the newest key of a kind.
type KeyAge struct {
	Kind  string    `json:"kind"` // "root", "authority", "recipient" or a seal.Use
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	State KeyState  `json:"state"`
}

// KeyAges says how the province's keys stand, of each kind the one that lasts longest.
func (p *Portal) KeyAges() []KeyAge { return p.keys().ages(p.now()) }

// AgesOf is KeyAges of the portal in dir, whether or not that can be opened.
func AgesOf(dir, name string, now time.Time) ([]KeyAge, error) {
	p, err := openKept(dir, name, now)
	if err != nil {
		return nil, err
	}
	return p.ages(now), nil
}

func (p *province) ages(now time.Time) (list []KeyAge) {
	add := func(kind string, from, until time.Time, spare time.Duration) {
		state := KeyHolds
		switch {
		case !now.Before(until):
			state = KeyEnded
		case !now.Add(spare).Before(until):
			state = KeyDue
		}
		for i := range list {
			if k := &list[i]; k.Kind == kind {
				if until.After(k.Until) {
					*k = KeyAge{kind, from, until, state}
				}
				return
			}
		}
		list = append(list, KeyAge{kind, from, until, state})
	}
	add("root", p.rootFrom, p.rootUntil, rootSpare)
	for _, a := range p.authorities {
		add("authority", a.cert.NotBefore, a.cert.NotAfter, authoritySpare)
	}
	for _, r := range p.trust.Recipients {
		add("recipient", r.From, r.Until, keySpare)
	}
	for _, k := range p.trust.Keys {
		add(string(k.Use), k.From, k.Until, keySpare)
	}
	return list
}

// RotateDue gives the province of the portal in dir a new key of every kind that is
// due or has ended, and says which. The root cannot be replaced: a province whose
// root ends enrols its stations anew. It needs the root's key in the folder.
func RotateDue(dir, name string, now time.Time) (rotated []string, err error) {
	ages, err := AgesOf(dir, name, now)
	if err != nil {
		return nil, fmt.Errorf("failed to rotate what is due: %w", err)
	}
	for _, k := range ages {
		if k.State == KeyHolds || k.Kind == "root" {
			continue
		}
		switch k.Kind {
		case "authority":
			_, _, err = RotateAuthority(dir, name, now, Lead)
		case "recipient":
			_, err = Rotate(dir, name, now)
		default:
			_, err = RotateSigner(dir, name, seal.Use(k.Kind), now, Lead)
		}
		if err != nil {
			return rotated, err
		}
		rotated = append(rotated, k.Kind)
	}
	return rotated, nil
}

// warnOfKeys tells the log, once a day, of keys that end soon or have ended.
func (p *Portal) warnOfKeys() {
	for _, k := range p.KeyAges() {
		switch k.State {
		case KeyDue:
			p.log.Warn("a key of the province ends: run tramhoso-portal rotate due", "key", k.Kind, "until", k.Until.Format(time.DateOnly))
		case KeyEnded:
			p.log.Error("a key of the province has ended: run tramhoso-portal rotate due", "key", k.Kind, "until", k.Until.Format(time.DateOnly))
		}
	}
}

func (p *Portal) deskKeys(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]any{"keys": p.KeyAges()})
}
