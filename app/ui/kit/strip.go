package kit

import (
	"fyne.io/fyne/v2"
)

// Net is what the network is like for a citizen.
type Net int

// The states of the network.
const (
	NetOn      Net = iota
	NetWeak        // slow
	NetOff         // none; dossiers are accepted
	NetClosed      // none, and no new dossiers for now
	NetLogin       // something that demands a log-in answers instead
	NetUnknown     // nobody has looked, or nobody can
	NetPortal      // there is one, and the portal takes nothing; dossiers are accepted
	NetShut        // likewise, and no new dossiers for now
)

// PrinterState is what the status line says of the printer.
type PrinterState int

// The states of the printer.
const (
	PrinterReady PrinterState = iota
	PrinterLow
	PrinterOut
	PrinterCover
	PrinterDown  // not there
	PrinterFault // there, and a person must look at it
	PrinterUnknown
)

// ScannerState is what the status line says of the scanner.
type ScannerState int

// The states of the scanner.
const (
	ScannerReady ScannerState = iota
	ScannerOn                 // lit, waiting for a card
	ScannerDown
)

// PowerState is what the status line says of the power: nothing while the mains
// are there.
type PowerState int

// The states of the power.
const (
	PowerMains PowerState = iota
	PowerBattery
	PowerLow
)

// Status is the status line.
type Status struct {
	Net      Net
	Printer  PrinterState
	Scanner  ScannerState
	Power    PowerState
	Dossiers int    // not sent yet: what a citizen is told
	Waiting  int    // packets not sent yet, of every kind: what staff is told
	Staff    bool   // is told of packets, and shorter
	NoQueue  bool   // nobody can say what is not sent yet: Dossiers and Waiting mean nothing
	Code     string // goes on with this visit after an interruption; "": none
}

// part is one piece of the line, with its shorter forms.
type stripPart struct {
	icon    string
	texts   []string // longest first
	trouble bool
	fine    bool // may be dropped
}

func (s Status) parts(env *Env) []stripPart {
	pick := func(keys ...string) []string {
		var out []string
		for _, k := range keys {
			if env.Words.Has("status." + k) {
				out = append(out, env.T("status."+k))
			}
		}
		return out
	}
	net := [...]string{"net-on", "net-weak", "net-off", "net-closed", "net-login", "net-unknown", "net-portal", "net-shut"}[s.Net]
	icon := "netoff"
	if s.Net == NetOn || s.Net == NetWeak || s.Net == NetUnknown {
		icon = "net"
	}
	n := stripPart{icon: icon, texts: pick(net, net+"-short")}
	if s.Staff && len(n.texts) > 1 {
		n.texts = n.texts[1:]
	}
	pr := [...]string{"printer-ready", "printer-low", "printer-out", "printer-cover", "printer-down", "printer-fault", "printer-unknown"}[s.Printer]
	p := stripPart{icon: "printer", texts: pick(pr, pr+"-short"), trouble: s.Printer != PrinterReady && s.Printer != PrinterUnknown, fine: s.Printer == PrinterReady}
	sc := [...]string{"scanner-ready", "scanner-on", "scanner-down"}[s.Scanner]
	c := stripPart{icon: "scan", texts: pick(sc, sc+"-short"), trouble: s.Scanner == ScannerDown, fine: s.Scanner != ScannerDown}
	key, waits := "waiting", s.Dossiers
	if s.Staff {
		key, waits = "packets", s.Waiting
	}
	w := stripPart{icon: "tray", fine: waits == 0 && !s.NoQueue}
	switch {
	case s.NoQueue:
		w.texts = pick(key+"-unknown", key+"-unknown-short")
	case waits == 0:
		w.texts = []string{env.T("status." + key + "-none")}
	default:
		w.texts = []string{env.T("status."+key, "n", waits)}
	}
	all := []stripPart{n, p, c, w}
	if s.Power != PowerMains {
		key := [...]string{"", "power-battery", "power-low"}[s.Power]
		all = append(all, stripPart{icon: "warn", texts: pick(key, key+"-short"), trouble: true})
	}
	if s.Code != "" { // never gives way: nobody can ask for it later
		all = append(all, stripPart{icon: "lock", texts: []string{env.T("status.code", "code", s.Code), env.T("status.code-short", "code", s.Code)}})
	}
	return all
}

// Strip is the passive line at the edge of the screen: network, printer,
// scanner, waiting. What is fine shortens, then drops; trouble stays.
type Strip struct {
	node
	env    *Env
	status Status
	shown  []string
}

// NewStrip draws the status line.
func NewStrip(env *Env, s Status) *Strip {
	t := &Strip{env: env, status: s}
	t.min = func() fyne.Size { return fyne.NewSize(env.Size.W, stripHeight(env)) }
	t.place = t.lay
	t.ExtendBaseWidget(t)
	return t
}

// StatusStrip is the status line of a screen without a frame: it follows the
// env's status.
func StatusStrip(env *Env) *Strip {
	t := NewStrip(env, env.Status)
	env.strip = t
	return t
}

// Height is the line's height.
func (t *Strip) Height() float32 { return stripHeight(t.env) }

func stripHeight(env *Env) float32 {
	switch {
	case env.IsPortrait():
		return env.Px(92)
	case env.Large:
		return 60
	}
	return 44
}

// Set changes the line.
func (t *Strip) Set(s Status) {
	s.Staff = t.status.Staff // whose screen it is does not change
	if s == t.status {
		return
	}
	t.status = s
	t.relay()
}

// SpokenText is the whole line, unshortened.
func (t *Strip) SpokenText() string {
	var texts []string
	for _, p := range t.status.parts(t.env) {
		texts = append(texts, p.texts[0])
	}
	return JoinSpoken(texts)
}

// Shown is what fits, as drawn.
func (t *Strip) Shown() []string { return t.shown }

const stripIcon float32 = 26

// fit chooses texts for a width: shortening what is fine from the right, then
// the network, then dropping what is fine.
func (t *Strip) fit(width float32) (parts []stripPart, gap float32) {
	parts = t.status.parts(t.env)
	gap = t.env.Px(29)
	size := t.env.Px(TextBody)
	total := func() float32 {
		sum := float32(0)
		for i, p := range parts {
			if i > 0 {
				sum += gap
			}
			sum += stripIcon + 9 + Measure(p.texts[0], size, p.trouble)
		}
		return sum
	}
	for _, i := range []int{2, 1, 3, 4, 5, 0} {
		if total() <= width {
			return parts, gap
		}
		if i < len(parts) && len(parts[i].texts) > 1 {
			parts[i].texts = parts[i].texts[1:]
		}
	}
	for _, i := range []int{3, 2, 1} {
		if total() <= width {
			return parts, gap
		}
		if i < len(parts) && parts[i].fine {
			parts = append(parts[:i:i], parts[i+1:]...)
		}
	}
	for total() > width && gap > 12 {
		gap--
	}
	return parts, gap
}

func (t *Strip) lay(s fyne.Size) {
	p := t.env.Pal()
	ground := Block(p.Sunk)
	edge := Block(p.Line)
	edgeW := float32(2)
	if t.env.Contrast {
		edgeW = 4
	}
	t.parts = []fyne.CanvasObject{ground, edge}
	put(ground, 0, 0, s.Width, s.Height)
	if t.env.Reach {
		put(edge, 0, s.Height-edgeW, s.Width, edgeW)
	} else {
		put(edge, 0, 0, s.Width, edgeW)
	}
	t.shown = nil
	size := t.env.Px(TextBody)
	if t.env.IsPortrait() {
		t.layPortrait(s, size)
		return
	}
	parts, gap := t.fit(s.Width - 48)
	x := float32(24)
	for _, part := range parts {
		x += t.draw(part, x, edgeW, s.Height-edgeW, size) + gap
	}
}

func (t *Strip) layPortrait(s fyne.Size, size float32) {
	top, lh := s.Height/2-size*1.36-4, size*1.36
	walk := func(parts []stripPart, draw bool) (all bool) {
		x, y := Margin, top
		for i, part := range parts {
			w := stripIcon + 9 + Measure(part.texts[0], size, part.trouble)
			if i > 0 && x+w > s.Width-Margin {
				x, y = Margin, y+lh+8
			}
			if y+lh > s.Height {
				return false
			}
			if draw {
				t.draw(part, x, y, lh, size)
			}
			x += w + 33
		}
		return true
	}
	parts := t.status.parts(t.env)
	for _, i := range []int{2, 1, 3, 4, 5, 0} { // what is fine gives way
		if walk(parts, false) {
			break
		}
		if i < len(parts) && len(parts[i].texts) > 1 {
			parts[i].texts = parts[i].texts[1:]
		}
	}
	for _, i := range []int{3, 2, 1} {
		if walk(parts, false) {
			break
		}
		if parts[i].fine {
			parts = append(parts[:i:i], parts[i+1:]...)
		}
	}
	if last := len(parts) - 1; t.status.Code != "" && !walk(parts, false) {
		parts = append([]stripPart{parts[last]}, parts[:last]...)
	}
	walk(parts, true)
}

func (t *Strip) draw(part stripPart, x, y, h, size float32) float32 {
	p := t.env.Pal()
	c := p.Ink2
	if part.trouble {
		c = p.Bronze
	}
	icon := NewIcon(part.icon, stripIcon, c)
	text := newText(part.texts[0], size, part.trouble, c)
	put(icon, x, y+(h-stripIcon)/2, stripIcon, stripIcon)
	w := text.MinSize().Width
	putText(text, x+stripIcon+9, y, w, h)
	t.parts = append(t.parts, icon, text)
	t.shown = append(t.shown, part.texts[0])
	return stripIcon + 9 + w
}
