package twin

import "time"

// pacedEvery is how long a paced line gathers bytes before it hands them over:
// a hundred wake-ups a second carry any speed.
const pacedEvery = 10 * time.Millisecond

// byteTime is ten bit times: a start bit, eight of data, a stop bit.
func byteTime(n, baud int) time.Duration {
	return time.Duration(n) * 10 * time.Second / time.Duration(baud)
}

// receive takes what the station wrote, at the line's speed, while flow
// control allows it. What is left when the cable is pulled is lost.
func (p *Printer) receive(b []byte, gone <-chan struct{}) {
	<-p.ready
	p.garble(b)
	for len(b) > 0 {
		if !p.clear(gone) {
			return
		}
		n := len(b)
		if p.cfg.Baud > 0 {
			n = min(n, max(1, int(pacedEvery/byteTime(1, p.cfg.Baud))))
			if !p.pause(byteTime(n, p.cfg.Baud), gone) {
				return
			}
		}
		taken := 0
		p.do(func(e *engine) { taken = e.feed(b[:n]) })
		select {
		case <-gone: // a moment pulled the cable
			return
		default:
		}
		b = b[taken:]
	}
}

// clear waits until flow control lets bytes through. XOFF stops only a station
// that heeds it, and that hears it.
func (p *Printer) clear(gone <-chan struct{}) bool {
	for {
		p.mu.Lock()
		flowing := p.flowing
		deaf := p.engine.flow == FlowXonXoff && p.engine.silent
		p.mu.Unlock()
		if p.cfg.Flow == "" || deaf || p.cfg.Flow == FlowXonXoff && !p.line.heedsXoff() {
			return true
		}
		select {
		case <-flowing:
			return true
		case <-gone:
			return false
		}
	}
}

// pause waits, or says that the cable was pulled.
func (p *Printer) pause(d time.Duration, gone <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-gone:
		return false
	}
}
