package twin

const (
	xon  = 0x11
	xoff = 0x13
)

// sensors are what is wrong with the machine.
type sensors struct {
	nearEnd, paperOut, coverOpen bool
	coverError                   bool // the cover was opened while it printed
	feeding                      bool // the feed button is held
	jammed                       bool // the knife is stuck
	cutterError                  bool // a cut failed; DLE ENQ ends it once the knife is free
	hot                          bool
	hardware                     bool
	silent                       bool // the wire to the station is cut
	interleave                   bool // flow control speaks between the bytes of a status
}

func (s sensors) stopped() bool {
	return s.paperOut || s.coverOpen || s.cutterError || s.hot || s.hardware || s.feeding
}

// clearSequence follows 10 14 08 in the real-time command that clears the
// buffers (Epson DLE DC4 function 8).
var clearSequence = []byte{1, 3, 20, 1, 6, 2, 8}

// realTime follows the stream for commands that are executed at once.
func (e *engine) realTime(b byte) {
	if e.noRealTime {
		return
	}
	switch {
	case len(e.rt) == 0:
		if b == dle {
			e.rt = append(e.rt, b)
		}
		return
	case len(e.rt) == 1:
		if b == 0x04 || b == 0x05 || b == 0x14 {
			e.rt = append(e.rt, b)
		} else if b != dle { // DLE DLE EOT is still DLE EOT
			e.rt = e.rt[:0]
		}
		return
	}
	e.rt = append(e.rt, b)
	switch {
	case e.rt[1] == 0x04:
		e.tell(b)
	case e.rt[1] == 0x05:
		e.recover(b)
	case e.rt[2] == 0x08: // DLE DC4 8: as long as it matches
		if i := len(e.rt) - 4; i >= 0 && b != clearSequence[i] {
			break
		}
		if len(e.rt) < 3+len(clearSequence) {
			return
		}
		e.forget()
		e.say(0x37, 0x25, 0)
	}
	e.rt = e.rt[:0]
}

// recover is DLE ENQ: 1 goes on at the failed line, 2 clears the buffers.
// Either ends a cutter error of which the cause is gone.
func (e *engine) recover(n byte) {
	if e.keepsBuffer && !e.cutterError {
		return
	}
	switch n {
	case 2:
		e.forget()
	case 1:
	default:
		return
	}
	if !e.jammed && e.cutterError {
		e.cutterError = false
		e.report()
	}
}

// cool ends what ends by itself.
func (e *engine) cool() {
	if e.hot && e.hotFor > 0 && e.now >= e.hotEnd {
		e.hot = false
		e.report()
	}
}

// bits is b with a mask for each condition that holds.
func bits(b byte, masks map[byte]bool) byte {
	for mask, on := range masks {
		if on {
			b |= mask
		}
	}
	return b
}

// tell answers DLE EOT n (Samsung STP131, Ithaca 80PLUS, Epson TM-T88III).
func (e *engine) tell(n byte) {
	const fixed = 0x12
	switch n {
	case 1:
		e.say(bits(fixed, map[byte]bool{0x08: e.stopped()}))
	case 2:
		e.say(bits(fixed, map[byte]bool{0x04: e.coverOpen, 0x08: e.feeding, 0x20: e.paperOut, 0x40: e.fault()}))
	case 3:
		e.say(bits(fixed, e.faultBits()))
	case 4:
		e.say(bits(fixed, map[byte]bool{0x0c: e.nearEnd, 0x60: e.paperOut}))
	}
}

func (e *engine) fault() bool { return bits(0, e.faultBits()) != 0 }

func (e *engine) faultBits() map[byte]bool {
	return map[byte]bool{0x08: e.cutterError, 0x20: e.hardware, 0x40: e.hot || e.coverError}
}

// paperBits are the sensors as GS r 1 and the automatic status give them.
func (e *engine) paperBits() byte {
	return bits(0, map[byte]bool{0x03: e.nearEnd, 0x0c: e.paperOut})
}

// The bits of GS a: what a change of is reported.
const (
	autoDrawer = 1 << iota
	autoOnline
	autoError
	autoPaper
	autoAny = autoDrawer | autoOnline | autoError | autoPaper
)

// status are the four bytes of an automatic status (Epson TM-T88).
func (e *engine) status() [4]byte {
	return [4]byte{
		bits(0x10, map[byte]bool{0x08: e.stopped(), 0x20: e.coverOpen, 0x40: e.feeding}),
		bits(0, e.faultBits()),
		e.paperBits(),
	}
}

// report sends an automatic status if something changed that the station
// asked for: its mask chooses what is worth a report, not what is in it.
func (e *engine) report() {
	now := e.status()
	changed := e.auto&autoOnline != 0 && now[0] != e.told[0] ||
		e.auto&autoError != 0 && now[1] != e.told[1] ||
		e.auto&autoPaper != 0 && now[2] != e.told[2]
	if changed {
		e.sendStatus(now)
	}
}

func (e *engine) sendStatus(now [4]byte) {
	if e.noAuto {
		return
	}
	e.told = now
	if e.interleave {
		e.say(now[0], xoff, now[1], now[2], xon, now[3])
		return
	}
	e.say(now[:]...)
}

// setAuto is GS a: with any bit set the status is sent at once.
func (e *engine) setAuto(mask byte) {
	e.auto = mask & autoAny
	if e.auto != 0 {
		e.sendStatus(e.status())
	}
}

// The buffer's marks in bytes still free (Epson TM-T88III: a buffer of 4 KB is
// busy at 128 and ready at 256; one of 45 bytes at 16 and 26).
const (
	busyFreeBytes  = 128
	readyFreeBytes = 256
)

func (e *engine) nearlyFull() bool {
	return e.bufferSize-len(e.buf) <= min(busyFreeBytes, e.bufferSize/3)
}

// handshake stops and restarts the line by the buffer's marks. An offline
// printer still receives.
func (e *engine) handshake() {
	switch {
	case e.flow == "":
	case !e.holding && e.nearlyFull():
		e.holding = true
		if e.flow == FlowXonXoff {
			e.signal(xoff)
		}
	case e.holding && e.bufferSize-len(e.buf) >= min(readyFreeBytes, e.bufferSize*3/5):
		e.holding = false
		if e.flow == FlowXonXoff {
			e.signal(xon)
		}
	}
}

// identity is what GS I tells.
type identity struct {
	model, maker, firmware, serial string
	modelID, typeID                byte
}

// What a printer is called that was not given a name.
const (
	defaultModel    = "TRAM-TWIN"
	defaultMaker    = "TRAMHOSO"
	defaultFirmware = "1.00"
	defaultSerial   = "TWIN000001"
	// cutterTypeID is the bit of GS I 2 that says: has a cutter.
	cutterTypeID = 0x02
)

func (i identity) filled() identity {
	set := func(s *string, def string) {
		if *s == "" {
			*s = def
		}
	}
	set(&i.model, defaultModel)
	set(&i.maker, defaultMaker)
	set(&i.firmware, defaultFirmware)
	set(&i.serial, defaultSerial)
	if i.modelID == 0 {
		i.modelID = 0x20
	}
	return i
}

// identify is GS I n: a byte for 1–3, a block 5F … 00 for 65–69.
func (e *engine) identify(n byte) {
	text := func(s string) { e.say(append(append([]byte{0x5f}, s...), 0)...) }
	switch n {
	case 1, '1':
		e.say(e.identity.modelID)
	case 2, '2':
		e.say(bits(e.identity.typeID, map[byte]bool{cutterTypeID: !e.noCutter}))
	case 3, '3':
		e.say(0x01)
	case 65:
		text(e.identity.firmware)
	case 66:
		text(e.identity.maker)
	case 67:
		text(e.identity.model)
	case 68:
		text(e.identity.serial)
	case 69:
		text("") // no language besides the Latin ones
	}
}
