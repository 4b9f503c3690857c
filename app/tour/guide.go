//go:build tour

package tour

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// seeLimit is how long a text or a control may take to appear.
const seeLimit = 10 * time.Second

// guide plays one file: it owns everything that the file's station meets.
type guide struct {
	ctx    context.Context
	opts   Options
	played *played

	dir   string // the station's and the portal's folders, sockets, lines
	out   string // where this file's papers and pictures go
	scene *scene
}

// setup builds the scene before the first line of a file.
func (g *guide) setup(env *testscript.Env) error {
	g.out = filepath.Join(g.opts.Out, g.played.Name)
	if err := os.RemoveAll(g.out); err != nil {
		return fmt.Errorf("failed to clear the last run: %w", err)
	}
	if err := os.MkdirAll(g.out, 0o755); err != nil {
		return fmt.Errorf("failed to make the folder for papers: %w", err)
	}
	// Unix sockets have short names, so this lies in the system's own place.
	dir, err := os.MkdirTemp("", "tram")
	if err != nil {
		return fmt.Errorf("failed to make room for the station: %w", err)
	}
	g.dir = dir
	env.Setenv("TRAMHOSO", g.opts.Station) // for a file that runs it as a technician does
	env.Defer(func() { _ = os.RemoveAll(dir) })
	g.played.Log = g.relative("station.log")
	g.scene, err = newScene(g.ctx, g.opts, dir, g.out)
	if err != nil {
		return err
	}
	env.Defer(g.leave)
	return g.scene.open(g.ctx)
}

// leave takes the scene down; of a failure it keeps the last picture.
func (g *guide) leave() {
	if s := g.played.open; s != nil && s.Error != "" {
		_ = g.saveShot("failed")
	}
	g.scene.close()
}

// relative names a file of this tour as the report does.
func (g *guide) relative(name string) string { return filepath.Join(g.played.Name, name) }

// commands are what a tour's file can say beside testscript's own.
func (g *guide) commands() map[string]func(*testscript.TestScript, bool, []string) {
	all := map[string]func(*testscript.TestScript, bool, []string){stepCommand: g.markStep}
	for name, c := range map[string]command{
		"tap":     {use: "tap TEXT [twice]", least: 1, most: 2, do: g.tap},
		"enter":   {use: "enter FIELD TEXT", least: 2, most: 2, do: g.enter},
		"choose":  {use: "choose FIELD OPTION", least: 2, most: 2, do: g.choose},
		"see":     {use: "[!] see TEXT", least: 1, most: 1, neg: g.gone, do: g.see},
		"read":    {use: "read NAME TEXT", least: 2, most: 2, do: g.read},
		"scan":    {use: "scan PAYLOAD | scan paper NAME | scan codes NAME | scan badge ROLE", least: 1, most: 2, do: g.scan},
		"pin":     {use: "pin ROLE", least: 1, most: 1, do: g.pin},
		"scanner": {use: "scanner unplug|plug|garbage", least: 1, most: 1, do: g.scanner},
		"printer": {use: "printer [row N|byte N|before-cut|after-cut|after TIME] STATE [NUMBER]", least: 1, most: 4, do: g.printer},
		"paper":   {use: "paper NAME", least: 1, most: 1, do: g.paper},
		"network": {use: "network up|down|slow|captive", least: 1, most: 1, do: g.network},
		"clock":   {use: "clock +DURATION", least: 1, most: 1, do: g.clock},
		"disk":    {use: "disk full|ok", least: 1, most: 1, do: g.disk},
		"storage": {use: "storage held|free", least: 1, most: 1, do: g.storage},
		"usb":     {use: "usb insert DIR | usb pull", least: 1, most: 2, do: g.usb},
		"stick":   {use: "stick insert NAME | stick pull", least: 1, most: 2, do: g.stick},
		"crash":   {use: "crash", do: g.crash},
		"portal":  {use: "portal accept|supplement|refuse|pay|finish|ready|stop|release last [TEXT] | portal count N | portal standing N | portal withdraw CODE | portal import STICK", least: 2, most: 3, do: g.portal},
		"shot":    {use: "shot NAME", least: 1, most: 1, do: g.shot},
	} {
		all[name] = g.command(c)
	}
	return all
}

// command is one word of a tour.
type command struct {
	use         string
	least, most int // arguments
	do          func(*testscript.TestScript, []string) error
	neg         func(*testscript.TestScript, []string) error // with "!" before it; nil: not allowed
}

// command gives a word its checks and puts its failure into the report.
func (g *guide) command(c command) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		do := c.do
		if neg {
			do = c.neg
		}
		if do == nil || len(args) < c.least || len(args) > c.most {
			ts.Fatalf("usage: %s", c.use)
		}
		err := do(ts, args)
		if err == nil {
			return
		}
		if s := g.played.open; s != nil {
			s.Error = err.Error()
			var r *refused
			if errors.As(err, &r) {
				s.Error, s.Visible = strings.Replace(err.Error(), r.Error(), r.why, 1), r.visible
			}
		}
		ts.Fatalf("%v", err)
	}
}

func (g *guide) tap(_ *testscript.TestScript, args []string) error {
	times := 1
	if len(args) == 2 {
		if args[1] != "twice" {
			return fmt.Errorf("a control is tapped once or twice, not %q", args[1])
		}
		times = 2
	}
	return g.scene.ask(request{Ask: askTap, Text: args[0], Times: times, Within: seeLimit.Milliseconds()})
}

func (g *guide) enter(_ *testscript.TestScript, args []string) error {
	return g.scene.ask(request{Ask: askEnter, Field: args[0], Text: args[1], Within: seeLimit.Milliseconds()})
}

func (g *guide) choose(_ *testscript.TestScript, args []string) error {
	return g.scene.ask(request{Ask: askChoose, Field: args[0], Text: args[1], Within: seeLimit.Milliseconds()})
}

func (g *guide) see(_ *testscript.TestScript, args []string) error {
	return g.scene.ask(request{Ask: askSee, Text: args[0], Within: seeLimit.Milliseconds()})
}

// read keeps the word after a text under a name: "$NAME" stands for it from then
// on.
func (g *guide) read(ts *testscript.TestScript, args []string) error {
	a, err := g.scene.answer(request{Ask: askRead, Text: args[1], Within: seeLimit.Milliseconds()})
	if err != nil {
		return err
	}
	ts.Setenv(args[0], a.Word)
	return nil
}

func (g *guide) gone(_ *testscript.TestScript, args []string) error {
	return g.scene.ask(request{Ask: askGone, Text: args[0]})
}

func (g *guide) scan(ts *testscript.TestScript, args []string) error {
	payload := args[0]
	if len(args) == 2 {
		switch args[0] {
		case "paper":
			text, err := readCode(g.ctx, filepath.Join(g.out, args[1]+".png"))
			if err != nil {
				return err
			}
			payload = text
		case "codes":
			return g.scanCodes(filepath.Join(g.out, args[1]+".png"))
		case "badge":
			b, err := g.scene.badge(args[1])
			if err != nil {
				return err
			}
			payload = b.Badge
		default:
			return fmt.Errorf("nothing to scan called %q", args[0])
		}
	}
	return g.scene.scan(payload)
}

// scanCodes holds every code of a paper before the scanner, as somebody does who
// tries them one by one.
func (g *guide) scanCodes(picture string) error {
	codes, err := readCodes(g.ctx, picture)
	for _, c := range codes {
		if err = g.scene.scan(c); err != nil {
			break
		}
	}
	return err
}

func (g *guide) pin(_ *testscript.TestScript, args []string) error {
	b, err := g.scene.badge(args[0])
	if err != nil {
		return err
	}
	return g.scene.ask(request{Ask: askKeys, Text: b.PIN, Within: seeLimit.Milliseconds()})
}

func (g *guide) scanner(_ *testscript.TestScript, args []string) error {
	return g.scene.setScanner(args[0])
}

func (g *guide) printer(_ *testscript.TestScript, args []string) error {
	return g.scene.setPrinter(args...)
}

func (g *guide) paper(ts *testscript.TestScript, args []string) error {
	raw, drawn, err := g.scene.nextPaper(g.ctx)
	if err != nil {
		return err
	}
	for ext, data := range map[string][]byte{".bin": raw, ".png": drawn} {
		if err := g.save(ts, args[0]+ext, data); err != nil {
			return err
		}
	}
	g.played.Papers = append(g.played.Papers, g.relative(args[0]+".png"))
	return nil
}

// save leaves a file beside the report and where the tour's own commands find it.
func (g *guide) save(ts *testscript.TestScript, name string, data []byte) error {
	if filepath.Base(name) != name {
		return fmt.Errorf("%q is no name of a file", name)
	}
	return saveAll([]string{filepath.Join(g.out, name), ts.MkAbs(name)}, data)
}

func (g *guide) network(_ *testscript.TestScript, args []string) error {
	return g.scene.line.set(args[0])
}

func (g *guide) clock(_ *testscript.TestScript, args []string) error {
	d, err := time.ParseDuration(args[0])
	if err != nil || !strings.HasPrefix(args[0], "+") || d <= 0 {
		return fmt.Errorf("%q does not move a clock on: +90s does", args[0])
	}
	return g.scene.advance(d)
}

func (g *guide) disk(_ *testscript.TestScript, args []string) error {
	if args[0] != "full" && args[0] != "ok" {
		return fmt.Errorf("a disk cannot be %q: full or ok", args[0])
	}
	return g.scene.ask(request{Ask: askDisk, Full: args[0] == "full"})
}

// storage has the station meet a storage that another program holds: a second
// station, which was there first. Freed, the station is to come to itself.
func (g *guide) storage(_ *testscript.TestScript, args []string) error {
	switch args[0] {
	case "held":
		return g.scene.holdStorage(g.ctx)
	case "free":
		return g.scene.freeStorage(g.ctx)
	}
	return fmt.Errorf("a storage cannot be %q: held or free", args[0])
}

func (g *guide) usb(ts *testscript.TestScript, args []string) error {
	switch {
	case args[0] == "insert" && len(args) == 2:
		return g.scene.insertStick(ts.MkAbs(args[1]))
	case args[0] == "pull" && len(args) == 1:
		return g.scene.pullStick()
	}
	return fmt.Errorf("a stick is inserted with its folder or pulled, not %q", strings.Join(args, " "))
}

// stick is the clerk's, which travels; usb is the one that stays in the counter.
func (g *guide) stick(_ *testscript.TestScript, args []string) error {
	switch {
	case args[0] == "insert" && len(args) == 2:
		return g.scene.pocket.insert(g.ctx, args[1])
	case args[0] == "pull" && len(args) == 1:
		return g.scene.pocket.pull(g.ctx)
	}
	return fmt.Errorf("a stick is inserted by its name or pulled, not %q", strings.Join(args, " "))
}

func (g *guide) crash(*testscript.TestScript, []string) error {
	return g.scene.crash(g.ctx)
}

// deskActs are what the desk can do with a dossier.
var deskActs = []string{"accept", "supplement", "refuse", "pay", "finish", "ready", "stop", "release"}

func (g *guide) portal(ts *testscript.TestScript, args []string) error {
	if args[0] == "withdraw" && len(args) == 2 {
		return g.scene.portal.withdraw(g.ctx, args[1])
	}
	if args[0] == "import" && len(args) == 2 {
		return g.scene.pocket.atOffice(g.ctx, args[1], func(dir string) error { return g.scene.portal.importStick(g.ctx, dir) })
	}
	if args[0] == "count" || args[0] == "standing" {
		n := 0
		if _, err := fmt.Sscanf(args[1], "%d", &n); err != nil || len(args) != 2 || n < 0 {
			return fmt.Errorf("%q is no number of dossiers", args[1])
		}
		if args[0] == "count" {
			return g.scene.portal.count(g.ctx, n)
		}
		return g.scene.portal.standing(g.ctx, n)
	}
	if !slices.Contains(deskActs, args[0]) || args[1] != "last" {
		return fmt.Errorf("the desk can %s last, not %s", strings.Join(deskActs, ", "), strings.Join(args, " "))
	}
	text := ""
	if len(args) == 3 {
		text = args[2]
	}
	return g.scene.portal.act(g.ctx, args[0], text)
}

func (g *guide) shot(ts *testscript.TestScript, args []string) error {
	return g.saveShot(args[0], ts.MkAbs)
}

// saveShot saves the screen beside the report, and wherever else it is wanted.
// Each place gets a copy: the folder of a script may lie on another file system.
func (g *guide) saveShot(name string, also ...func(file string) string) error {
	if filepath.Base(name) != name {
		return fmt.Errorf("%q is no name of a picture", name)
	}
	a, err := g.scene.answer(request{Ask: askShot})
	if err != nil {
		return err
	}
	paths := []string{filepath.Join(g.out, name+".png")}
	for _, place := range also {
		paths = append(paths, place(name+".png"))
	}
	if err := saveAll(paths, a.PNG); err != nil {
		return err
	}
	g.played.Pictures = append(g.played.Pictures, g.relative(name+".png"))
	return nil
}

// saveAll writes the same file to every path.
func saveAll(paths []string, data []byte) error {
	for _, path := range paths {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return fmt.Errorf("failed to save %s: %w", filepath.Base(path), err)
		}
	}
	return nil
}
