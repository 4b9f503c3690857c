package printer

// PaperState is what the printer says of its roll.
type PaperState int

// Paper states. Unknown is not "out": a silent printer may well print.
const (
	PaperUnknown PaperState = iota
	PaperOK
	PaperNearEnd
	PaperOut
)

// CoverState is what the printer says of its cover.
type CoverState int

// Cover states.
const (
	CoverUnknown CoverState = iota
	CoverClosed
	CoverOpen
)

// Fault is a trouble of the machine itself.
type Fault int

// Faults, the worse the higher.
const (
	NoFault       Fault = iota
	FaultHot            // recovers by itself: hot head, cover opened while printing
	FaultOther          // an error the printer does not name
	FaultCutter         // a person must free the cutter
	FaultHardware       // unrecoverable: switch off
)

// Status is what is known of the printer. The zero value is: nothing.
type Status struct {
	Known  bool // the printer answered
	Online bool // meaningful when Known
	Paper  PaperState
	Cover  CoverState
	Fault  Fault
	// StoppedByPaperEnd: it stopped in the middle of what it had.
	StoppedByPaperEnd bool
	// Feeding: someone holds the feed button.
	Feeding bool
}

// Reason is why nothing, or not everything, was printed.
type Reason string

// Reasons.
const (
	ReasonNone      Reason = ""
	ReasonPaperOut  Reason = "paper-out"
	ReasonCoverOpen Reason = "cover-open"
	ReasonCutter    Reason = "cutter"
	ReasonHot       Reason = "hot"
	ReasonHardware  Reason = "hardware"
	ReasonOffline   Reason = "offline" // no better reason given
	ReasonStalled   Reason = "stalled" // takes no bytes any more
	ReasonPower     Reason = "power"   // was switched off and on in the middle
	ReasonSilent    Reason = "silent"  // it spoke on this line before, and does not now
	ReasonUnplugged Reason = "unplugged"
	ReasonCancelled Reason = "cancelled"
	ReasonDocument  Reason = "document" // cannot be laid out or encoded
)

// Ready reports that the printer says it can print now.
func (s Status) Ready() bool { return s.Known && s.Trouble() == ReasonNone }

// Trouble is what stands in the way, ReasonNone when nothing is known to.
func (s Status) Trouble() Reason {
	switch {
	case !s.Known:
		return ReasonNone
	case s.Cover == CoverOpen:
		return ReasonCoverOpen
	case s.Paper == PaperOut || s.StoppedByPaperEnd:
		return ReasonPaperOut
	case s.Fault == FaultHardware:
		return ReasonHardware
	case s.Fault == FaultCutter:
		return ReasonCutter
	case s.Fault == FaultHot:
		return ReasonHot
	case s.Fault == FaultOther || !s.Online:
		return ReasonOffline
	}
	return ReasonNone
}

// Passing reports a trouble that goes away by itself: a hot head cools, a
// finger leaves the feed button.
func (s Status) Passing() bool {
	t := s.Trouble()
	return t == ReasonHot || t == ReasonOffline && s.Feeding && s.Fault == NoFault
}

// plausible sorts out noise: a printer in trouble is offline.
func (s Status) plausible() bool { return s.Online == (s.Trouble() == ReasonNone) }

// paperOf reads the near-end and end bits wherever they lie.
func paperOf(nearEnd, end bool) PaperState {
	switch {
	case end:
		return PaperOut
	case nearEnd:
		return PaperNearEnd
	}
	return PaperOK
}

// realTimeReply adds the answer to DLE EOT n (Samsung STP131, Ithaca 80PLUS,
// Epson TM-T88III).
func (s *Status) realTimeReply(n, b byte) {
	switch n {
	case 1:
		s.Known = true
		s.Online = b&0x08 == 0
	case 2:
		s.Cover = CoverClosed
		if b&0x04 != 0 {
			s.Cover = CoverOpen
		}
		s.Feeding = b&0x08 != 0
		s.StoppedByPaperEnd = b&0x20 != 0
		if b&0x40 != 0 {
			s.Fault = max(s.Fault, FaultOther)
		}
	case 3:
		s.faultBits(b&0x08 != 0, b&0x20 != 0, b&0x40 != 0)
	case 4:
		s.Paper = paperOf(b&0x0c != 0, b&0x60 != 0)
	}
}

func (s *Status) faultBits(cutter, unrecoverable, auto bool) {
	switch {
	case unrecoverable:
		s.Fault = FaultHardware
	case cutter:
		s.Fault = FaultCutter
	case auto:
		s.Fault = FaultHot
	}
}

// autoStatusReply reads the four bytes of an automatic status (Epson TM-T88).
func autoStatusReply(b []byte) Status {
	s := Status{
		Known:   true,
		Online:  b[0]&0x08 == 0,
		Feeding: b[0]&0x40 != 0,
		Cover:   CoverClosed,
		Paper:   paperOf(b[2]&0x03 != 0, b[2]&0x0c != 0),
	}
	if b[0]&0x20 != 0 {
		s.Cover = CoverOpen
	}
	s.faultBits(b[1]&0x08 != 0, b[1]&0x20 != 0, b[1]&0x40 != 0)
	return s
}
