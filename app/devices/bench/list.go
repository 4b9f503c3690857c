package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"tramhoso/app/upkeep"
	"tramhoso/device/port"
)

type listCommand struct {
	JSON bool `help:"For programs: one JSON document." name:"json"`
}

// deviceReport is `list` for programs.
type deviceReport struct {
	Config  string       `json:"config,omitempty"`
	Wrong   string       `json:"config_error,omitempty"`
	Lines   []lineReport `json:"lines"`
	Devices []partReport `json:"devices"`
}

// lineReport is one serial line.
type lineReport struct {
	Path   string `json:"path"` // the name for station.toml, "" when it has none that stays
	Node   string `json:"node"`
	Maker  string `json:"maker,omitempty"`
	Model  string `json:"model,omitempty"`
	Serial string `json:"serial,omitempty"`
	USB    string `json:"usb,omitempty"` // vendor:product
	Role   string `json:"role,omitempty"`
	Holder string `json:"held_by,omitempty"`
	Twin   bool   `json:"twin,omitempty"`
	system bool   // the kernel's own console, or a line that no device hangs on
}

// partReport is one device as the station knows it.
type partReport struct {
	Part   upkeep.Part   `json:"device"`
	Health upkeep.Health `json:"health"`
	State  string        `json:"state"`
	Says   string        `json:"says"`
	Note   string        `json:"note,omitempty"`
	Path   string        `json:"path,omitempty"`
}

// Run lists.
func (l listCommand) Run(ctx context.Context, d *Command, c *Terminal) error {
	b := d.open(c)
	r, facts, err := b.report(ctx)
	if err != nil {
		return err
	}
	if l.JSON {
		e := json.NewEncoder(b.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		if err := e.Encode(r); err != nil {
			return fmt.Errorf("failed to write: %w", err)
		}
	} else {
		b.print(r)
	}
	switch {
	case b.wrong != nil:
		return exitNotKnown
	case needHand(facts):
		return exitNeedsHand
	case slices.ContainsFunc(deviceLines(facts), func(l upkeep.Line) bool { return l.Health == upkeep.Unknown }):
		return exitNotKnown
	}
	return nil
}

// needHand says whether a device is to be mended.
func needHand(f upkeep.Facts) bool {
	return slices.ContainsFunc(deviceLines(f), func(l upkeep.Line) bool { return l.Health == upkeep.Fix })
}

// deviceLines are the devices' lines of the technician's screen.
func deviceLines(f upkeep.Facts) []upkeep.Line {
	return slices.DeleteFunc(upkeep.Lines(f), func(l upkeep.Line) bool { return !slices.Contains(upkeep.Devices, l.Part) })
}

// report looks at everything once.
func (b *bench) report(ctx context.Context) (deviceReport, upkeep.Facts, error) {
	r := deviceReport{Config: b.from, Lines: []lineReport{}, Devices: []partReport{}}
	lines, err := b.finder.List()
	if err != nil {
		return r, upkeep.Facts{}, err
	}
	for _, f := range lines {
		r.Lines = append(r.Lines, b.lineOf(f))
	}
	if b.wrong != nil {
		r.Wrong = b.wrong.Error()
		return r, upkeep.Facts{}, nil
	}
	facts, err := b.look(ctx)
	if err != nil {
		return r, facts, err
	}
	for _, l := range deviceLines(facts) {
		_, says, note := l.Say(b.words)
		path := map[upkeep.Part]string{upkeep.Printer: b.cfg.Printer.Path, upkeep.Scanner: b.cfg.Scanner.Path,
			upkeep.Page: b.cfg.Page.Printer, upkeep.Power: b.cfg.Power.UPS}[l.Part]
		r.Devices = append(r.Devices, partReport{Part: l.Part, Health: l.Health, Says: says, Note: note, Path: path,
			State: strings.TrimPrefix(l.Word, "part."+string(l.Part)+"-")})
	}
	return r, facts, nil
}

// lineOf says what is known of a serial line and what it is used for.
func (b *bench) lineOf(f port.Found) lineReport {
	r := lineReport{Path: f.Path, Node: f.Node, Maker: f.Maker, Model: f.Model, Serial: f.Serial, Holder: f.Holder, Twin: f.Twin,
		system: f.Console || !f.USB}
	if f.USB {
		r.USB = f.Vendor + ":" + f.Product
	}
	for role, path := range map[string]string{"printer": b.cfg.Printer.Path, "scanner": b.cfg.Scanner.Path} {
		if path != "" && slices.Contains([]string{f.Path, f.ByID, f.ByPath, f.Node}, path) {
			r.Role = role
		}
	}
	return r
}

// print writes the report for a person.
func (b *bench) print(r deviceReport) {
	switch {
	case b.wrong != nil:
		b.say("config-wrong", "file", r.Config)
		b.line(indent(r.Wrong))
	case r.Config == "":
		b.say("config-none")
	default:
		b.say("config", "file", r.Config)
	}
	b.line("")
	b.say("lines")
	shown := 0
	for _, l := range r.Lines {
		if l.system && l.Role == "" {
			continue // a board's own lines: nothing hangs on most of them
		}
		shown++
		b.printLine(l)
	}
	if shown == 0 {
		b.line(indent(b.words.T("tool.lines-none")))
	}
	if len(r.Devices) == 0 {
		return
	}
	b.line("")
	b.say("devices")
	for _, d := range r.Devices {
		b.line("  " + mark(d.Health) + " " + sentence(b.words.T("upkeep."+string(d.Part)), d.Says, d.Note))
		if d.Path != "" && !slices.ContainsFunc(r.Lines, func(l lineReport) bool { return l.Role == string(d.Part) }) {
			b.line("      " + d.Path) // not a line of this machine now: said in full
		}
	}
}

// printLine says of a serial line what it is, and of one that nobody uses what
// to write into station.toml.
func (b *bench) printLine(l lineReport) {
	role := b.words.T("tool.line-free")
	if l.Role != "" {
		role = b.words.T("upkeep." + l.Role)
	}
	name := l.Path
	if name == "" {
		name = l.Node
	}
	b.line("  " + name)
	about := []string{role}
	if what := strings.TrimSpace(l.Maker + " " + l.Model); what != "" {
		about = append(about, what)
	}
	about = append(about, filepath.Base(l.Node))
	switch l.Holder {
	case "":
	case upkeep.Program:
		about = append(about, b.words.T("tool.held-by-station"))
	default:
		about = append(about, b.words.T("tool.held", "who", l.Holder))
	}
	b.line("      " + strings.Join(about, ", "))
	switch {
	case l.Role != "":
	case l.Path == "":
		b.line("      " + b.words.T("tool.line-nameless"))
	default:
		b.line("      " + b.words.T("tool.line-advice", "path", l.Path))
	}
}

// mark is a health at the beginning of a line.
func mark(h upkeep.Health) string {
	return map[upkeep.Health]string{upkeep.Well: "✓", upkeep.Fix: "!", upkeep.Unknown: "?"}[h]
}

// sentence joins what a device is called, how it is and what to do.
func sentence(name, says, note string) string {
	if note == "" {
		return name + ": " + says + "."
	}
	return name + ": " + says + ". " + strings.TrimSuffix(note, ".") + "."
}

func indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
