package staff

import (
	"fmt"
	"sync"
	"time"

	"filippo.io/age"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

// Session is a member of staff who logged in.
type Session struct {
	ID   string
	Name string
	Role Role
	// Identity opens counter cards (seal.OpenWith); nil for a technician.
	Identity age.Identity
}

// Login checks a badge and a PIN against the list. It answers
// dossier.CodeBadgeUnknown for a badge that is not on the list or not valid at
// now, dossier.CodeBadPIN for a wrong PIN, and token.ErrNotABadge (inside
// dossier.CodeInvalid) for any other text. A technician's log-in does not look
// at now: a station whose clock is lost must be mendable.
//
// It takes as long as the entry's Cost says: call it outside the screen's
// goroutine. It does not slow down guessing: Door does.
func Login(l *List, badgeText, pin string, now time.Time) (Session, error) {
	b, e, err := l.find(badgeText)
	if err != nil {
		return Session{}, err
	}
	return login(e, b.Secret, pin, now)
}

func login(e *Entry, secret [16]byte, pin string, now time.Time) (Session, error) {
	if e.Role != RoleTechnician && (now.Before(e.From) || !e.Until.IsZero() && !now.Before(e.Until)) {
		return Session{}, dossier.Errorf(dossier.CodeBadgeUnknown, "badge is not valid today")
	}
	if !e.Role.Valid() || !costOK(e.Cost) || len(e.Salt) < 16 {
		return Session{}, dossier.Errorf(dossier.CodeInvalid, "staff entry is broken")
	}
	if !validPIN(pin) {
		return Session{}, dossier.Errorf(dossier.CodeBadPIN, "PIN does not fit the badge")
	}
	verifier, key := derive(*e, secret, pin)
	if !sameVerifier(verifier, e.Verifier) {
		return Session{}, dossier.Errorf(dossier.CodeBadPIN, "PIN does not fit the badge")
	}
	s := Session{ID: e.ID, Name: e.Name, Role: e.Role}
	if !e.Role.opensCounter() {
		return s, nil
	}
	own, err := seal.OpenWithKey(key, e.Identity, place(*e))
	if err != nil {
		return Session{}, fmt.Errorf("failed to open staff identity: %w", err)
	}
	id, err := age.ParseHybridIdentity(string(own))
	if err != nil {
		return Session{}, dossier.Errorf(dossier.CodeInvalid, "staff identity is broken")
	}
	wrapped, err := seal.OpenWith(e.Counter, id)
	if err != nil {
		return Session{}, fmt.Errorf("failed to open counter key: %w", err)
	}
	counter, err := age.ParseHybridIdentity(string(wrapped))
	if err != nil {
		return Session{}, dossier.Errorf(dossier.CodeInvalid, "counter key is broken")
	}
	s.Identity = counter
	return s, nil
}

// The delays after wrong PINs: a person mistypes a few times, a program tries
// thousands.
const (
	freeTries  = 4 // the fifth wrong PIN starts the delay
	firstDelay = 5 * time.Second
	maxDelay   = 5 * time.Minute
)

// WaitError is inside dossier.CodeBadPIN when a PIN was not even looked at
// because it came too soon.
type WaitError struct{ For time.Duration }

func (e *WaitError) Error() string {
	return fmt.Sprintf("too many wrong PINs: next try in %s", e.For.Round(time.Second))
}

// Door is a station's place to log in: Login with a delay that grows with wrong
// PINs, per badge, and falls back to nothing with a right one. It counts on the
// boot counter, so that setting the clock does not help. Safe for concurrent use.
type Door struct {
	clock clock.Clock

	mu    sync.Mutex
	tries map[string]tries
}

type tries struct {
	wrong int
	last  dossier.Stamp
}

// NewDoor makes a door that has seen no wrong PIN.
func NewDoor(c clock.Clock) *Door { return &Door{clock: c, tries: make(map[string]tries)} }

// Login is the package's Login behind the delay.
func (d *Door) Login(l *List, badgeText, pin string) (Session, error) {
	b, e, err := l.find(badgeText)
	if err != nil {
		return Session{}, err
	}
	d.mu.Lock()
	t := d.tries[e.BadgeTag]
	if wait := delay(t.wrong) - clock.Since(d.clock, t.last); t.wrong > 0 && wait > 0 {
		d.mu.Unlock()
		return Session{}, dossier.E(dossier.CodeBadPIN, &WaitError{For: wait})
	}
	// Counted before it is checked: two tries at once are two tries.
	d.tries[e.BadgeTag] = tries{wrong: t.wrong + 1, last: d.clock.Stamp()}
	d.mu.Unlock()

	s, err := login(e, b.Secret, pin, d.clock.Now())
	if dossier.CodeOf(err) == dossier.CodeBadPIN {
		return s, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.tries, e.BadgeTag) // the PIN was right, or was not what failed
	return s, err
}

// Wait says how long a badge must wait now; 0 for one that need not.
func (d *Door) Wait(l *List, badgeText string) time.Duration {
	_, e, err := l.find(badgeText)
	if err != nil {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tries[e.BadgeTag]
	if t.wrong == 0 {
		return 0
	}
	return max(delay(t.wrong)-clock.Since(d.clock, t.last), 0)
}

func delay(wrong int) time.Duration {
	if wrong <= freeTries {
		return 0
	}
	d := firstDelay
	for range wrong - freeTries - 1 {
		if d *= 2; d >= maxDelay {
			return maxDelay
		}
	}
	return d
}
