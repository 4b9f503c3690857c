package twin

import "time"

// maxWaitingBytes bounds answers that are on their way.
const maxWaitingBytes = 64 << 10

// outgoing are answers on their way: the line to the station is slow, too.
type outgoing struct {
	at    time.Time // when the last byte is there
	bytes []byte
}

// speak sends what the engine has to say and tells the news, each in its
// order.
func (p *Printer) speak() {
	p.out.Lock()
	defer p.out.Unlock()
	p.mu.Lock()
	replies, news, late := p.engine.take(), p.news, p.late
	p.news = nil
	p.mu.Unlock()
	if len(replies) > 0 {
		p.garble(replies)
		p.send(replies, late)
	}
	for _, tell := range news {
		tell()
	}
}

// send says something now, or when the line has carried it. The caller holds
// out.
func (p *Printer) send(b []byte, late time.Duration) {
	if late == 0 && p.cfg.Baud == 0 && len(p.waiting) == 0 {
		// A station that does not read, or is gone, hears nothing: so it is
		// with a real printer.
		_, _ = p.line.say(b)
		return
	}
	held := 0
	at := time.Now().Add(late)
	for _, w := range p.waiting {
		held += len(w.bytes)
		if w.at.After(at) {
			at = w.at
		}
	}
	if p.cfg.Baud > 0 {
		at = at.Add(byteTime(len(b), p.cfg.Baud))
	}
	if held+len(b) > maxWaitingBytes {
		return
	}
	p.waiting = append(p.waiting, outgoing{at, b})
	if len(p.waiting) > 1 {
		return // somebody delivers already
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.timed.Go(p.deliver)
	}
}

// deliver sends what waits, each when its time has come.
func (p *Printer) deliver() {
	for {
		p.out.Lock()
		if len(p.waiting) == 0 {
			p.out.Unlock()
			return
		}
		wait := time.Until(p.waiting[0].at)
		if wait <= 0 {
			_, _ = p.line.say(p.waiting[0].bytes) // as in send
			p.waiting = p.waiting[1:]
		}
		p.out.Unlock()
		if wait > 0 && !p.pause(wait, p.over) {
			return
		}
	}
}

// lose forgets what is on its way: the cable was pulled.
func (p *Printer) lose() {
	p.out.Lock()
	defer p.out.Unlock()
	for i := range p.waiting {
		p.waiting[i].bytes = nil // deliver finds nothing in its envelopes
	}
}

// Late lets every answer take so much longer from now on, as slow clones and
// busy hubs do; 0 ends it.
func (p *Printer) Late(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = d
}

// Interleave sends XOFF and XON between the bytes of every automatic status,
// as a printer does whose buffer fills at that moment. OK ends it.
func (p *Printer) Interleave() { p.do(func(e *engine) { e.interleave = true }) }
