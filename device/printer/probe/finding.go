package probe

import (
	"fmt"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
)

// Trait is something that a test tries to find out.
type Trait string

// The traits, in the order in which they are told.
const (
	TraitIdentity  Trait = "identity"
	TraitModel     Trait = "model"
	TraitStatus    Trait = "status"
	TraitReply     Trait = "reply"
	TraitAuto      Trait = "auto"
	TraitProcessID Trait = "process-id"
	TraitWidth     Trait = "width"
	TraitDoubling  Trait = "doubling"
	TraitGraphicsL Trait = "graphics-l"
	TraitFeedUnits Trait = "feed-units"
	TraitBuffer    Trait = "buffer"
)

// Finding is one trait: known, with its value, or unknown, and then the profile
// keeps what is safe.
type Finding struct {
	Trait Trait
	Known bool
	Value string
}

func (m *Measured) find(t Trait, known bool, value string) {
	if !known {
		value = ""
	}
	m.Findings = append(m.Findings, Finding{t, known, value})
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// recognise takes the model that the printer calls itself, unless one was named
// before it was asked.
func (m *Measured) recognise() {
	m.find(TraitIdentity, m.Self.Identity() != "", m.Self.Identity())
	name, ok := models.Recognise(m.Self.Model)
	m.find(TraitModel, ok, name)
	if ok && (m.Model.Profile.Name == models.Common || m.Model.Profile.Name == models.Silent) {
		known, _ := models.Get(name)
		base := m.Model.Profile
		m.Model = known
		// The line is open as it is: its settings work, or nothing was heard.
		m.Model.Profile.Baud, m.Model.Profile.Flow = base.Baud, base.Flow
	}
}

// slowReply is an answer that takes longer than a quarter of the usual wait.
const slowReply = printer.DefaultReplyWait / 4

// heard puts what the printer answers into the profile.
func (m *Measured) heard(v voice) {
	p := &m.Model.Profile
	if v.trouble() != printer.ReasonNone {
		return // what is queued is not answered now: nothing is learnt
	}
	m.find(TraitStatus, v.any() || !v.noise, yesNo(v.any()))
	m.find(TraitReply, v.slowest > 0, fmt.Sprintf("%d ms", v.slowest.Milliseconds()))
	m.find(TraitAuto, v.any(), yesNo(v.auto))
	m.find(TraitProcessID, v.any(), yesNo(v.processID))
	if v.noise && !v.any() {
		return // another line rate: nothing was learnt
	}
	p.NoStatus = !v.any()
	p.NoAutoStatus, p.NoProcessID = !v.auto, !v.processID
	if v.slowest > slowReply {
		// Busy, it will be slower still.
		p.ReplyWait = min(4*v.slowest, 2*time.Second).Round(10 * time.Millisecond)
	}
}

// read puts what came back from the paper into the profile.
func (m *Measured) read(values map[Code]int, asked []Code) {
	p := &m.Model.Profile
	width, ok := values[CodeWidth]
	m.find(TraitWidth, ok, fmt.Sprint(width))
	if ok {
		p.WidthDots = width
	}
	bands, ok := values[CodeBands]
	m.find(TraitDoubling, ok, yesNo(bands&doubles != 0))
	m.find(TraitGraphicsL, ok, yesNo(bands&draws != 0))
	switch {
	case ok:
		m.Model.Doubling, m.Model.GraphicsL = factOf(bands&doubles != 0), factOf(bands&draws != 0)
		p.NoDoubling = bands&doubles == 0
	default:
		// What was tried and did not come back is not trusted.
		m.Model.Doubling, p.NoDoubling = models.NotStated, true
	}
	units, ok := values[CodeFeed]
	m.find(TraitFeedUnits, ok, fmt.Sprint(units))
	if ok {
		m.Model.FeedUnits, p.FeedUnitsPerDot = models.Yes, units
	}
	// How much the buffer holds cannot be seen without filling it, and a full
	// one drops what comes: it stays as stated.
	m.find(TraitBuffer, p.BufferBytes != 0, fmt.Sprint(p.BufferBytes))
}

func factOf(b bool) models.Fact {
	if b {
		return models.Yes
	}
	return models.No
}
