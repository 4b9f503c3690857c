package scanner

import (
	"context"
	"time"

	"tramhoso/device/port"
)

// speak says everything that the scanner has to hear, one word after another:
// answers first, then what the lamp should do. Seen hears of bytes that came,
// after which a triggered scanner has switched off by itself.
//
// Words that the line does not take are dropped: an unplugged scanner is
// noticed by Run's reading, and the lamp is told again with every refresh.
func (s *Scanner) speak(ctx context.Context, p port.Port, answers <-chan []byte, seen <-chan struct{}) {
	refresh := time.NewTimer(0)
	defer refresh.Stop()
	told, lit := false, false // a program that died may have left the lamp on
	defer func() {
		if lit { // nobody is there to want anything
			say(context.WithoutCancel(ctx), p, s.lamp.off)
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-answers:
			say(ctx, p, a)
			continue
		case <-seen:
			if lit {
				refresh.Reset(rearmAfter)
			}
			continue
		case <-s.poke:
		case <-refresh.C:
		}
		if !s.Triggered() {
			continue
		}
		switch on := s.wanted(); {
		case on:
			say(ctx, p, s.lamp.on)
			refresh.Reset(s.lamp.every)
			told, lit = true, true
		case lit || !told:
			say(ctx, p, s.lamp.off)
			refresh.Stop()
			told, lit = true, false
		}
	}
}

// say writes a word within its time.
func say(ctx context.Context, p port.Port, word []byte) {
	ctx, cancel := context.WithTimeout(ctx, sayTimeout)
	defer cancel()
	_, _ = port.WriteContext(ctx, p, word) // dropped, see speak
}
