package printer

// ReplyKind tells the printer's words apart.
type ReplyKind int

// The kinds. Real-time replies and single-byte answers carry no mark of the
// question, so their order is the only link: one question at a time.
const (
	ReplyRealTime ReplyKind = iota // DLE EOT n: 0xx1xx10
	ReplyAuto                      // GS a: four bytes, the first 0xx1xx00
	ReplyShort                     // GS r, GS I: 0xx0xxxx
	ReplyBlock                     // header … NUL: GS ( H, GS I names
	ReplyXOn
	ReplyXOff
	ReplyNoise // anything else: a wrong baud rate looks like this
)

// Reply is one word of the printer. Bytes are complete, marks included.
type Reply struct {
	Kind  ReplyKind
	Bytes []byte
}

// ProcessID returns the job mark that the printer confirms as printed
// (GS ( H function 48: 37 22 d1 d2 d3 d4 00).
func (r Reply) ProcessID() (id [4]byte, ok bool) {
	if r.Kind != ReplyBlock || len(r.Bytes) != 7 || r.Bytes[0] != blockHeader || r.Bytes[1] != 0x22 {
		return id, false
	}
	copy(id[:], r.Bytes[2:6])
	return id, true
}

const (
	xon         = 0x11
	xoff        = 0x13
	blockHeader = 0x37
	infoHeader  = 0x5f
	// clearResponse stands behind the header in the answer to DLE DC4 8.
	clearResponse = 0x25
	// maxBlockBytes ends a block whose NUL was lost; Epson's longest is 80.
	maxBlockBytes = 128
)

// Classifier turns the stream from a printer into replies (Citizen CBM1000
// manual, "telling replies apart"). It is pure: the same bytes give the same
// replies however they were cut. XON and XOFF are lifted out wherever they
// stand; a real-time reply may interrupt an automatic status or a block, and a
// control character ends a block that had no end.
type Classifier struct {
	auto  []byte // an automatic status under way
	block []byte // a block under way
}

// Feed takes bytes and returns what they complete.
func (c *Classifier) Feed(p []byte) []Reply {
	var out []Reply
	one := func(kind ReplyKind, b ...byte) { out = append(out, Reply{kind, b}) }
	for _, b := range p {
		switch {
		case b == xon:
			one(ReplyXOn, b)
		case b == xoff:
			one(ReplyXOff, b)
		case c.block != nil && b < ' ' && b&0x93 == 0x12:
			one(ReplyRealTime, b)
		case c.block != nil && b < ' ' && b != 0:
			// No block holds a control character: it was noise, or was cut off.
			out = append(out, Reply{ReplyNoise, c.block})
			c.block = nil
			out = append(out, c.Feed([]byte{b})...)
		case c.block != nil:
			c.block = append(c.block, b)
			if b == 0 {
				out = append(out, Reply{ReplyBlock, c.block})
				c.block = nil
			} else if len(c.block) >= maxBlockBytes {
				out = append(out, Reply{ReplyNoise, c.block})
				c.block = nil
			}
		case b&0x93 == 0x10: // first byte of an automatic status
			if c.auto != nil {
				out = append(out, Reply{ReplyNoise, c.auto})
			}
			c.auto = []byte{b}
		case b&0x93 == 0x12:
			one(ReplyRealTime, b)
		case c.auto != nil && b&0x90 == 0:
			c.auto = append(c.auto, b)
			if len(c.auto) == 4 {
				out = append(out, Reply{ReplyAuto, c.auto})
				c.auto = nil
			}
		case b == blockHeader || b == infoHeader:
			c.block = []byte{b}
		case b&0x90 == 0:
			one(ReplyShort, b)
		default:
			one(ReplyNoise, b)
		}
	}
	return out
}

// Pending is how many bytes wait for the rest of their reply.
func (c *Classifier) Pending() int { return len(c.auto) + len(c.block) }
