package idcard

import (
	"errors"
	"fmt"
	"time"
)

// Errors that a caller acts on.
var (
	// ErrNotAnID: the payload is no Vietnamese identity document (a slip, a
	// badge, a VNeID or payment code, a word).
	ErrNotAnID = errors.New("not an identity document")
	// ErrForeign: another state's travel document. It is an ErrNotAnID too.
	ErrForeign = fmt.Errorf("%w: issued by another state", ErrNotAnID)
	// ErrOldNumber: the nine digits of a chứng minh nhân dân. They name a person
	// no longer (Law on identity 26/2023, art. 46: valid until 31/12/2024), so
	// this is an ErrNotAnID too, but somebody can be told what to show instead.
	ErrOldNumber = fmt.Errorf("%w: the number of an older card", ErrNotAnID)
	// ErrCheckDigit: an identity document that contradicts itself. It always
	// comes in a FieldError.
	ErrCheckDigit = errors.New("identity document contradicts itself")
)

// Field names a part of a card in errors and contradictions.
type Field string

// The fields that can be at fault.
const (
	FieldNumber    Field = "number"    // the 12 digits
	FieldNational  Field = "national"  // check digit of the 12 digits in the MRZ
	FieldDocument  Field = "document"  // check digit of the MRZ's document number
	FieldBorn      Field = "born"      // birth date
	FieldSex       Field = "sex"       //
	FieldName      Field = "name"      //
	FieldOldCMND   Field = "old_cmnd"  // the older 9-digit number
	FieldIssued    Field = "issued"    // date of issue
	FieldExpiry    Field = "expiry"    //
	FieldComposite Field = "composite" // the MRZ's check digit over all
	FieldLength    Field = "length"    // an MRZ that was read in part
	FieldNation    Field = "nation"    // nationality in the MRZ
)

// FieldError says which field of a document is at fault; errors.Is finds
// ErrCheckDigit in it. It holds nothing of what was read.
type FieldError struct {
	Field Field
	Why   string
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("%v: %s: %s", ErrCheckDigit, e.Field, e.Why)
}

// Unwrap makes errors.Is(err, ErrCheckDigit) true.
func (e *FieldError) Unwrap() error { return ErrCheckDigit }

// Kind is where a card was read from.
type Kind string

// The kinds of reading.
const (
	KindQR     Kind = "qr"     // the QR on the front (CCCD) or back (căn cước)
	KindMRZ    Kind = "mrz"    // the three lines on the back
	KindNumber Kind = "number" // typed by a person
	KindBoth   Kind = "qr+mrz" // merged by Cross
)

// Sex as a card writes it.
type Sex string

// What a card can say.
const (
	SexUnknown Sex = ""
	SexMale    Sex = "male"
	SexFemale  Sex = "female"
)

// Date is a calendar day. Of a birth the day, or month and day, may be unknown
// (zero); the zero Date is no date.
type Date struct{ Year, Month, Day int }

// IsZero says that there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// before compares whole dates; where a part is unknown it says no.
func (d Date) before(o Date) bool {
	if d.Day == 0 || o.Day == 0 {
		return d.Year < o.Year
	}
	return d.time().Before(o.time())
}

func (d Date) time() time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// real says whether the calendar has such a day.
func (d Date) real() bool {
	t := d.time()
	return d.Year >= firstYear && d.Year <= lastYear &&
		t.Year() == d.Year && int(t.Month()) == d.Month && t.Day() == d.Day
}

const (
	// The number's century digit starts in 1900; the digits above 3 are for
	// people born after 2099.
	firstYear = 1900
	lastYear  = 2099
)

// Card is one reading of an identity card, or two that were merged.
type Card struct {
	Kind     Kind
	Number   string // 12 digits
	OldCMND  string // from the QR; may be empty
	Name     string // QR: as on the card, in NFC; MRZ: capitals without accents
	Born     Date   // a typed number gives the year only
	Sex      Sex
	Address  string   // QR only
	IssuedOn Date     // QR only
	Expires  Date     // MRZ only; 31/12/2099 on cards without an end
	Extra    []string // QR fields after the seventh, unread
	Raw      string   // the frame as it came; personal data, never logged
}

// Specimen says that the number belongs to no province (000), as on published
// samples; such a number claims nothing about its holder.
func (c Card) Specimen() bool { return len(c.Number) == numberDigits && c.Number[:3] == "000" }
