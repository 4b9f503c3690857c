package dossier

// Trust grades what is known of a person's identity. QR and MRZ are unsigned,
// so the best they give is Consistent.
type Trust string

// The grades, worst first.
const (
	TrustContradictory Trust = "contradictory" // two readings disagree
	TrustDeclared      Trust = "declared"      // typed, or one unsigned reading
	TrustConsistent    Trust = "consistent"    // readings agree with each other and with the number
	TrustVerified      Trust = "verified"      // a chip's passive authentication held
)

// Sex as an identity card writes it.
type Sex string

// What a card can say.
const (
	SexUnknown Sex = ""
	SexMale    Sex = "male"
	SexFemale  Sex = "female"
)

// Date is a calendar day that may be known in part only: zero month or day
// means "not known", as on many old papers.
type Date struct {
	Year  int `json:"y"`
	Month int `json:"m,omitempty"`
	Day   int `json:"d,omitempty"`
}

// Person is a natural person as a card or a keyboard declares them.
type Person struct {
	Number   string `json:"number"` // 12 digits
	OldCMND  string `json:"old_cmnd,omitempty"`
	Name     string `json:"name"`
	Born     Date   `json:"born"`
	Sex      Sex    `json:"sex,omitempty"`
	Address  string `json:"address,omitempty"`
	IssuedOn Date   `json:"issued_on,omitzero"`
	Trust    Trust  `json:"trust"`
	Source   string `json:"source"` // "qr", "mrz", "qr+mrz", "typed"
}

// Last4 is the only part of the number that screens, slips and receipts show. A
// declaration, which goes to the agency, bears it whole.
func (p Person) Last4() string {
	if len(p.Number) < 4 {
		return ""
	}
	return p.Number[len(p.Number)-4:]
}

// Organisation is a legal person that applies.
type Organisation struct {
	Name    string `json:"name"`
	TaxCode string `json:"tax_code"`
	Address string `json:"address"`
}

// Applicant is who the dossier belongs to. A helper is recorded as a helper and
// never becomes the applicant.
type Applicant struct {
	Person       Person        `json:"person"`
	Organisation *Organisation `json:"organisation,omitempty"`
	Phone        string        `json:"phone,omitempty"`
	Email        string        `json:"email,omitempty"`
	Helper       string        `json:"helper,omitempty"`
}
