package scanner

import (
	"fmt"
	"slices"
	"time"
)

// Protocol is how a scanner wraps a code.
type Protocol string

// The protocols. Plain knows every framing that needs no answer.
const (
	ProtocolPlain       Protocol = "plain"
	ProtocolSSI         Protocol = "ssi"         // Zebra, packets with ACK and NAK
	ProtocolMetroSelect Protocol = "metroselect" // Metrologic, ACK 06 and NAK 15
)

// Trigger is how a scanner's lamp is switched over the line.
type Trigger string

// The triggers. Without one a scanner looks by itself, whenever it likes.
const (
	TriggerNone      Trigger = ""
	TriggerHoneywell Trigger = "honeywell" // SYN T CR, SYN U CR
	TriggerNewland   Trigger = "newland"   // the settings SCNTRG1, SCNTRG0
	TriggerSSI       Trigger = "ssi"       // START_SESSION, STOP_SESSION
	TriggerDatalogic Trigger = "datalogic" // E, D
)

// Config is how a station talks with its scanner. The zero value is a plain
// one without a trigger.
type Config struct {
	Protocol   Protocol // "" is ProtocolPlain
	Trigger    Trigger
	On, Off    []byte // in place of the trigger's own bytes, for makes that are not known here
	SevenBits  bool   // 7E1: open the port so, too
	SymbolByte bool   // a symbology byte follows STX (Access-IS)
}

// MaxTrigger bounds the bytes of a trigger that a configuration may give.
const MaxTrigger = 32

// models are the makes by the name that a configuration gives.
var models = map[string]Config{
	"plain":       {},
	"honeywell":   {Trigger: TriggerHoneywell},
	"newland":     {Trigger: TriggerNewland},
	"zebra-ssi":   {Protocol: ProtocolSSI, Trigger: TriggerSSI},
	"datalogic":   {Trigger: TriggerDatalogic},
	"metroselect": {Protocol: ProtocolMetroSelect},
	"access-is":   {SevenBits: true, SymbolByte: true},
	"mrz-3m":      {},
}

// Models lists the names, sorted.
func Models() []string {
	var out []string
	for name := range models {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Model is the settings of a make.
func Model(name string) (Config, bool) {
	c, ok := models[name]
	return c, ok
}

// switches are the bytes of a trigger, and how often "on" is repeated while a
// scan is wanted: every make switches off by itself after a while, or comes back from a power cut.
type switches struct {
	on, off []byte
	every   time.Duration
}

var triggers = map[Trigger]switches{
	// Manual trigger: 30 s of lamp from the factory.
	TriggerHoneywell: {[]byte{0x16, 'T', '\r'}, []byte{0x16, 'U', '\r'}, 20 * time.Second},
	// The prefix of a temporary setting is ~ SOH 0000 #, its end ; ETX (user
	// manual of the NLS-HR52, "Use of Programming Command"); 3 s of lamp from
	// the factory. Older engines take 1B 31 and 1B 30: give those as On, Off.
	TriggerNewland: {[]byte("~\x010000#SCNTRG1;\x03"), []byte("~\x010000#SCNTRG0;\x03"), 2500 * time.Millisecond},
	// A session lasts 9.9 s from the factory.
	TriggerSSI: {ssiPacket(ssiStart), ssiPacket(ssiStop), 8 * time.Second},
	// Magellan: enabled is a state, from power-on too; disabled darkens the lamp
	// (product reference guide 800i, appendix F).
	TriggerDatalogic: {[]byte("E"), []byte("D"), 20 * time.Second},
	// Bytes of the configuration: nothing is known of the lamp's time.
	triggerOther: {nil, nil, 2500 * time.Millisecond},
}

const triggerOther Trigger = "other"

// Validate says what is wrong with a configuration.
func (c Config) Validate() error {
	switch c.Protocol {
	case "", ProtocolPlain, ProtocolSSI, ProtocolMetroSelect:
	default:
		return fmt.Errorf("there is no scanner protocol %q", c.Protocol)
	}
	if _, ok := triggers[c.Trigger]; !ok && c.Trigger != TriggerNone {
		return fmt.Errorf("there is no scanner trigger %q", c.Trigger)
	}
	if (len(c.On) == 0) != (len(c.Off) == 0) {
		return fmt.Errorf("a scanner's trigger needs the bytes for on and for off, or neither")
	}
	if len(c.On) > MaxTrigger || len(c.Off) > MaxTrigger {
		return fmt.Errorf("a scanner's trigger has at most %d bytes", MaxTrigger)
	}
	return nil
}

// switches are the bytes that are sent, if any.
func (c Config) switches() switches {
	s := triggers[c.Trigger]
	if len(c.On) > 0 {
		if s.every == 0 {
			s = triggers[triggerOther]
		}
		s.on, s.off = c.On, c.Off
	}
	return s
}

// heard is what some bytes, or a silence, brought.
type heard struct {
	frames []Frame
	say    []byte // has to be said to the scanner
	codes  int    // codes that ended, those that are still shown among them
	broken int    // how many of them were not whole
}

// speech is a protocol at work.
type speech interface {
	push(p []byte, at time.Time) heard
	quiet(now time.Time) heard
	pending() bool // whether quiet could close something
	forget()       // the code that was last seen counts anew
}

// Replies says whether the device answers triggers on the line, between codes.
func (c Config) Replies() bool { return c.Trigger == TriggerNewland || len(c.On) > 0 }

func (c Config) speech() speech {
	f := Framer{SymbolByte: c.SymbolByte, SevenBits: c.SevenBits, Replies: c.Replies()}
	switch c.Protocol {
	case ProtocolSSI:
		return &ssi{}
	case ProtocolMetroSelect:
		return &metro{listener{f}}
	}
	return &listener{f}
}
