package visit

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tramhoso/app/visit/form"
	"tramhoso/sync/dossier"
)

// The limits of what is typed about a person.
const (
	MaxNameRunes  = 100
	MaxEmailBytes = form.MaxEmailBytes
	MaxAddress    = 300 // runes
)

// ScanKind says what became of a scanned payload.
type ScanKind string

// What a scan can be.
const (
	ScanCard    ScanKind = "card"    // an identity document, taken
	ScanSlip    ScanKind = "slip"    // a slip, opened
	ScanBadge   ScanKind = "badge"   // a staff badge at the start screen: the caller changes the mode
	ScanRefused ScanKind = "refused" // one sentence is shown
	ScanIgnored ScanKind = "ignored" // this step takes no scans
)

// HandleFrame routes a scanned payload by the present step. A badge counts at
// the start screen only, so that nobody takes the screen from a citizen.
func (v *Visit) HandleFrame(data string) ScanKind {
	badge, slip := v.ports.Codes.IsBadge(data), v.ports.Codes.IsSlip(data)
	switch v.step {
	case Home:
		switch {
		case badge:
			return ScanBadge
		case slip && v.ports.Facts().StorageClosed:
			v.Start(GoalTrack)
			return ScanIgnored
		case slip:
			v.goal = GoalTrack
			return v.openSlip(data)
		}
		return v.cardAtHome(data)
	case CannotStart:
		if slip && !v.ports.Facts().StorageClosed {
			v.goal = GoalTrack
			return v.openSlip(data)
		}
		return ScanIgnored
	case ScanID, TypeID, TypeName:
		return v.readCard(data)
	case IDConfirmed:
		return v.secondSide(data)
	case TrackScan, TypeSlip, CollectScan, Timeline, ResultReady, Present:
		if slip {
			return v.openSlip(data)
		}
		return v.countByCard(data)
	}
	return ScanIgnored
}

// TakesScans says whether HandleFrame does anything at the present step: only
// then need a scanner look.
func (v *Visit) TakesScans() bool {
	switch v.step {
	case Home, CannotStart, ScanID, TypeID, TypeName, IDConfirmed, TrackScan, TypeSlip, CollectScan, Timeline, ResultReady, Present:
		return true
	}
	return false
}

// Unread hears of a code of which no text came: CodeScanPartial, CodeScanGarbled.
func (v *Visit) Unread(code dossier.Code) {
	if v.TakesScans() && v.step != CannotStart {
		_ = v.fail(dossier.E(code, nil)) // said on the screen
	}
}

// Wedged hears that a scanner typed like a keyboard, wherever the cursor was;
// CodeScanTyped.
func (v *Visit) Wedged() {
	if v.step != Submitting && v.step != Withdrawing {
		_ = v.fail(dossier.E(dossier.CodeScanTyped, nil)) // said on the screen
	}
}

// cardAtHome takes a card held before the first tap as the wish to submit.
func (v *Visit) cardAtHome(data string) ScanKind {
	r, err := v.ports.Reader.Read(data)
	if err != nil {
		_ = v.fail(err)
		return ScanRefused
	}
	if v.Start(GoalSubmit); v.step != ScanID {
		return ScanIgnored
	}
	v.identify(r)
	return ScanCard
}

func (v *Visit) readCard(data string) ScanKind {
	r, err := v.ports.Reader.Read(data)
	if err != nil {
		_ = v.fail(err)
		return ScanRefused
	}
	v.identify(r)
	return ScanCard
}

func (v *Visit) identify(r Reading) {
	if r.Person.Name == "" { // a bare number: the name has to be typed
		v.typed = r
		v.goTo(TypeName)
		return
	}
	v.reading, v.identified, v.readAt = r, true, v.ports.Clock.Now()
	v.goTo(IDConfirmed)
}

// secondSide compares another reading with the one on the screen. Two cards
// that differ are both put away: nobody knows which one is meant.
func (v *Visit) secondSide(data string) ScanKind {
	r, err := v.ports.Reader.Read(data)
	if err != nil {
		_ = v.fail(err)
		return ScanRefused
	}
	both, err := v.ports.Reader.Cross(v.reading, r)
	if err != nil {
		v.reading, v.identified = Reading{}, false
		v.goTo(ScanID)
		_ = v.fail(err)
		return ScanRefused
	}
	v.identify(both)
	return ScanCard
}

// Rescan puts the reading away and scans again.
func (v *Visit) Rescan() {
	if v.step == IDConfirmed {
		v.reading, v.identified, v.typed = Reading{}, false, Reading{}
		v.goTo(ScanID)
	}
}

// TypeInstead goes from scanning to typing.
func (v *Visit) TypeInstead() {
	switch v.step {
	case ScanID:
		v.goTo(TypeID)
	case TrackScan, CollectScan:
		v.goTo(TypeSlip)
	}
}

// TypeNumber takes a typed number: of a card while identifying, of a slip or a
// card while looking up.
func (v *Visit) TypeNumber(number string) error {
	switch v.step {
	case ScanID, TypeID, TypeName:
		r, err := v.ports.Reader.Read(compact(number))
		if dossier.CodeOf(err) == dossier.CodeOldNumber {
			v.step = TypeID
			return v.fail(err)
		}
		if err != nil || r.Person.Number == "" || r.Person.Name != "" {
			v.step = TypeID
			return v.say(dossier.CodeNotAnID, "visit.number")
		}
		v.identify(r)
		return nil
	case TrackScan, TypeSlip, CollectScan:
		return v.lookupTyped(number)
	}
	return nil
}

// TypeName takes the name that belongs to a typed number.
func (v *Visit) TypeName(name string) error {
	if v.step != TypeName {
		return nil
	}
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	if n := utf8.RuneCountInString(name); n < 2 || n > MaxNameRunes {
		return v.say(dossier.CodeAnswerRefused, "visit.name")
	}
	r := v.typed
	r.Person.Name, r.Person.Trust, r.Person.Source = name, dossier.TrustDeclared, "typed"
	v.identify(r)
	return nil
}

// Confirm says "yes, that is me".
func (v *Visit) Confirm() error {
	if v.step != IDConfirmed || !v.identified {
		return nil
	}
	if v.reading.Person.Trust == dossier.TrustContradictory {
		return v.fail(dossier.E(dossier.CodeSidesDiffer, nil))
	}
	v.confirmed = v.reading
	if v.editing {
		v.toReview()
		return nil
	}
	if v.delivery.Return == "" {
		v.delivery = DeliveryChoice{Return: dossier.ReturnHere, Pay: dossier.PayCounter, Address: v.reading.Person.Address}
	}
	if v.filling == nil && v.replacing == (Replaced{}) && v.ports.Drafts.HasDraft(draftCard(v.reading.Person)) {
		v.goTo(Resume)
		return nil
	}
	v.goTo(Notice)
	return nil
}

// compact leaves out what people put between groups of digits.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '-' || r == '\t' {
			return -1
		}
		return r
	}, s)
}
