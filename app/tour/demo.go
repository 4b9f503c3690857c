//go:build tour

package tour

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/png" // papers are PNG
	"os"
	"path/filepath"
	"sync"
	"time"

	"tramhoso/assets"
)

// Demo shows the station's window and a dock in which a person plays everything
// around it: cards, badges, printer, network and the agency's desk. It returns
// when either window is closed or ctx ends. Nothing is kept but papers and logs.
func Demo(ctx context.Context, o Options) error {
	if err := o.complete(); err != nil {
		return err
	}
	words, err := assets.Load(o.Lang)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tram")
	if err != nil {
		return fmt.Errorf("failed to make room for the demo: %w", err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := newScene(ctx, o, dir, o.Out)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.open(ctx); err != nil {
		return err
	}
	p := &player{scene: s, words: words, todo: make(chan act, 8)}
	p.dock = newDock(words, p.groups())
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()
	working.Go(func() {
		p.work(ctx)
		p.dock.quit()
	})
	working.Go(func() { p.watchPapers(ctx) })
	p.dock.show()
	return nil
}

// demoJump is how far the dock moves the clock: past the time after which the
// screen asks whether somebody is still there.
const demoJump = 90 * time.Second

// sampleCards are payloads of identity cards that are nobody's.
var sampleCards = []string{
	"000123456789|123456789|Nguyễn Văn An|01011990|Nam|Số 1, Phường Bến Nghé, Quận 1, TP.HCM|01012021",
	"066190000123||H’ Bia Niê|12081990|Nữ|Buôn Ea Bông, Cư Êbur, Buôn Ma Thuột, Đắk Lắk|15042021",
	"000000000001||NGUOI DEMO|01011990|Nam|DIA CHI DEMO|01012021",
}

// notACard is what a menu in a café says.
const notACard = "https://example.vn/menu"

// act is one press of a button in the dock.
type act struct {
	name string
	do   func(context.Context) error
}

// player turns the dock's buttons into what happens around the station.
type player struct {
	scene *scene
	words *assets.Words
	dock  *dock
	todo  chan act // one at a time: the channel to the station is one

	mu     sync.Mutex
	papers int
}

// button makes a button that does something around the station.
func (p *player) button(name string, do func(context.Context) error) button {
	return button{name: name, press: func() {
		select {
		case p.todo <- act{name, do}:
		default: // a person who presses faster than anything can happen
		}
	}}
}

// states makes a button for each state that something can be put into.
func (p *player) states(thing string, set func(string) error, names ...string) group {
	g := group{title: p.words.T("dock." + thing)}
	for _, name := range names {
		g.buttons = append(g.buttons, p.button(p.words.T("dock."+thing+"-"+name), func(context.Context) error {
			return set(name)
		}))
	}
	return g
}

// groups are the dock's buttons, by what they are about.
func (p *player) groups() []group {
	scan := func(payload string) func(context.Context) error {
		return func(context.Context) error { return p.scene.scan(payload) }
	}
	disk := func(full bool) func(context.Context) error {
		return func(context.Context) error { return p.scene.ask(request{Ask: askDisk, Full: full}) }
	}
	cards := group{title: p.words.T("dock.cards")}
	for i, payload := range sampleCards {
		cards.buttons = append(cards.buttons, p.button(p.words.T("dock.card", "n", i+1), scan(payload)))
	}
	cards.buttons = append(cards.buttons,
		p.button(p.words.T("dock.card-wrong"), scan(notACard)),
		p.button(p.words.T("dock.card-slip"), p.scanLastSlip))
	badges := group{title: p.words.T("dock.badges")}
	for _, b := range p.scene.staff {
		name := p.words.T("dock.badge", "role", p.words.T("app."+b.Role), "pin", b.PIN)
		badges.buttons = append(badges.buttons, p.button(name, scan(b.Badge)))
	}
	desk := group{title: p.words.T("dock.desk")}
	for _, what := range deskActs {
		desk.buttons = append(desk.buttons, p.button(p.words.T("dock.desk-"+what), func(ctx context.Context) error {
			return p.scene.portal.act(ctx, what, p.words.T("dock.desk-text"))
		}))
	}
	return []group{
		cards, badges,
		p.states("printer", func(state string) error { return p.scene.setPrinter(state) },
			"ok", "near-end", "paper-out", "cover-open", "cutter-jam", "hot", "power-cycle", "silent", "unplug", "plug"),
		p.states("scanner", p.scene.setScanner, "unplug", "plug", "garbage"),
		p.states("network", p.scene.line.set, networkUp, networkDown, networkSlow, networkCaptive),
		desk,
		{title: p.words.T("dock.station"), buttons: []button{
			p.button(p.words.T("dock.station-crash"), p.scene.crash),
			p.button(p.words.T("dock.station-clock"), func(context.Context) error { return p.scene.advance(demoJump) }),
			p.button(p.words.T("dock.station-disk-full"), disk(true)),
			p.button(p.words.T("dock.station-disk-ok"), disk(false)),
		}},
	}
}

// work does what was pressed, one after the other, and says what came of it. It
// ends with ctx, or when the station's window was closed.
func (p *player) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.scene.station.done:
			return
		case a := <-p.todo:
			p.dock.say(p.words.T("dock.doing", "what", a.name))
			if err := a.do(ctx); err != nil {
				p.dock.say(p.words.T("dock.failed", "what", a.name, "why", err.Error()))
				continue
			}
			p.dock.say(p.words.T("dock.done", "what", a.name))
		}
	}
}

// watchPapers keeps every paper that comes out and shows the last.
func (p *player) watchPapers(ctx context.Context) {
	for {
		paper, err := p.scene.printer.NextPaper(ctx)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.papers++
		name := p.paperPath(p.papers)
		p.mu.Unlock()
		if err := os.WriteFile(name, paper.PNG, 0o644); err != nil {
			p.dock.say(err.Error())
		}
		if img, _, err := image.Decode(bytes.NewReader(paper.PNG)); err == nil {
			p.dock.showPaper(img)
		}
	}
}

func (p *player) paperPath(n int) string {
	return filepath.Join(p.scene.out, fmt.Sprintf("paper-%03d.png", n))
}

// scanLastSlip holds the paper that came out last before the scanner.
func (p *player) scanLastSlip(ctx context.Context) error {
	p.mu.Lock()
	n := p.papers
	p.mu.Unlock()
	if n == 0 {
		return errors.New(p.words.T("dock.no-paper"))
	}
	text, err := readCode(ctx, p.paperPath(n))
	if err != nil {
		return err
	}
	return p.scene.scan(text)
}
