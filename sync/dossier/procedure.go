package dossier

import (
	"encoding/json"
	"time"
)

// Text is one thing said in several languages, keyed by language tag ("vi", "en").
type Text map[string]string

// In returns the text in lang, else in Vietnamese.
func (t Text) In(lang string) string {
	if s := t[lang]; s != "" {
		return s
	}
	return t["vi"]
}

// Level is how far a procedure can be done online.
type Level string

// Today's two levels, and none.
const (
	LevelFull Level = "full" // toàn trình
	LevelPart Level = "part" // một phần
	LevelInfo Level = "info" // information only
)

// Copy says in which form a paper is handed in (LoaiBan).
type Copy int

// The national codes of LoaiBan.
const (
	CopyOriginal   Copy = 0
	CopyCopy       Copy = 1
	CopyElectronic Copy = 2
)

// Paper is one component of a dossier as the procedure lists it.
type Paper struct {
	ID       string `json:"id"`
	Name     Text   `json:"name"`
	Copy     Copy   `json:"copy"`
	Quantity int    `json:"quantity"`
	Required bool   `json:"required"`
	ShowOnly bool   `json:"show_only,omitempty"` // shown, never scanned or kept
}

// Fee is an amount with the words that belong to it. A nil Amount means that
// the amount is set elsewhere: the note says where.
type Fee struct {
	Amount     *int64 `json:"amount,omitempty"` // đồng
	Per        Text   `json:"per,omitempty"`    // "một bản"
	Note       Text   `json:"note,omitempty"`   // verbatim
	Exemptions Text   `json:"exemptions,omitempty"`
	Basis      string `json:"basis,omitempty"`
	CheckedOn  string `json:"checked_on,omitempty"` // yyyy-mm-dd
}

// Deadline is the statutory time of a procedure.
type Deadline struct {
	Days   int    `json:"days"`              // 0 with SameDay, or unknown with a note
	Unit   string `json:"unit"`              // "working", "calendar", "same-day", "unknown"
	CutOff string `json:"cut_off,omitempty"` // "15:00"
	Note   Text   `json:"note,omitempty"`
}

// Agency is who decides.
type Agency struct {
	ID      string `json:"id"`
	Name    Text   `json:"name"`
	Level   string `json:"level"` // "commune", "province", "police", "notary"
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`

	Payees  []Payee       `json:"payees,omitempty"`  // where fees can be sent
	Returns []ReturnPrice `json:"returns,omitempty"` // what the ways back cost
}

// Procedure is one administrative procedure at one version.
type Procedure struct {
	Code      string          `json:"code"`
	Version   int             `json:"version"`
	From      time.Time       `json:"from,omitzero"`
	Withdrawn bool            `json:"withdrawn,omitempty"`
	Name      Text            `json:"name"`
	Agency    string          `json:"agency"` // Agency.ID
	Topics    []string        `json:"topics,omitempty"`
	Level     Level           `json:"level"`
	Deadline  Deadline        `json:"deadline"`
	Fee       Fee             `json:"fee"`
	Papers    []Paper         `json:"papers,omitempty"`
	Form      json.RawMessage `json:"form,omitempty"` // JSON Schema 2020-12 with "x-" hints; nil: not filled in here
	About     Text            `json:"about,omitempty"`
}

// Ref names the procedure at its version.
func (p Procedure) Ref() ProcedureRef { return ProcedureRef{Code: p.Code, Version: p.Version} }

// Topic groups procedures by what happens in a life.
type Topic struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
	Icon string `json:"icon"` // a pictogram of the station
}
