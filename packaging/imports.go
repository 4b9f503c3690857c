package packaging

import (
	"fmt"
	"slices"
	"strings"
)

// Module is the path every package of the project starts with.
const Module = "tramhoso/"

// Package is the part of `go list -deps -json` that the rules need.
type Package struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

// The outside packages that the rules name.
const (
	fyne      = "fyne.io/fyne/v2"
	fyneTest  = "fyne.io/fyne/v2/test"
	serial    = "github.com/tarm/serial"
	sqlite    = "modernc.org/sqlite"
	pty       = "github.com/creack/pty"
	tourRun   = "github.com/rogpeppe/go-internal/testscript"
	station   = Module + "app"
	portalCmd = Module + "sync/cmd/tramhoso-portal"
)

// rule forbids imports to packages. Patterns end in "/..." for a package and
// everything below it; without it they mean one package.
type rule struct {
	why    string
	from   []string // the rule is about these packages
	except []string // but not these
	only   []string // of ours they may import these alone; nil: no such limit
	never  []string // and none of these of ours
	others []string // and none of these of others
	std    bool     // the standard library and `only`, nothing else
	linked bool     // never and others hold for everything that is linked in, not only for direct imports
	absent string   // the rule is about builds without this tag
}

// rules are DESIGN.md's "Who may import whom".
var rules = []rule{
	{
		why:  "dossier is the domain: standard library only",
		from: []string{"sync/dossier/..."}, only: []string{"sync/dossier/..."}, std: true,
	},
	{
		why:  "wire may use the types of dossier and nothing else of ours",
		from: []string{"sync/wire/..."}, only: []string{"sync/wire/...", "sync/dossier/..."},
	},
	{
		why:  "nothing under device knows dossiers, keys or screens",
		from: []string{"device/..."}, never: []string{"sync/...", "app/..."}, others: []string{fyne + "/..."},
	},
	{
		why:  "nothing under sync knows devices or screens",
		from: []string{"sync/..."}, never: []string{"device/...", "app/..."}, others: []string{fyne + "/..."},
	},
	{
		why:  "a citizen's visit works on the domain and on interfaces of its own",
		from: []string{"app/visit/..."}, only: []string{"app/visit/...", "sync/dossier", "sync/catalogue", "assets"},
	},
	{
		why:  "a clerk's work stands on the domain and on interfaces of its own",
		from: []string{"app/counter/..."}, only: []string{"app/counter/...", "sync/dossier", "sync/catalogue", "assets"},
	},
	{
		why:  "a technician's work stands on the domain and on interfaces of its own",
		from: []string{"app/upkeep/..."}, only: []string{"app/upkeep/...", "sync/dossier", "sync/catalogue", "assets"},
	},
	{
		why:    "visit, counter and upkeep run without screens, SQL and serial lines",
		from:   []string{"app/visit/...", "app/counter/...", "app/upkeep/..."},
		others: []string{fyne + "/...", sqlite + "/...", serial}, linked: true,
	},
	{
		why:    "Fyne appears in app/ui, app/tour and the program's main package only",
		from:   []string{"..."},
		except: []string{"app", "app/ui/...", "app/tour/..."},
		others: []string{fyne + "/..."},
	},
	{
		why:  "port is the only importer of tarm/serial",
		from: []string{"..."}, except: []string{"device/port"}, others: []string{serial},
	},
	{
		why:    "store is the only importer of SQLite on the station; the portal has a store of its own, and the bench measures beside it",
		from:   []string{"..."},
		except: []string{"sync/store/...", "sync/portal/...", "packaging/..."},
		others: []string{sqlite + "/..."},
	},
	{
		why:  "a screen shows plain data and calls back: no stores, clients, ports or visits",
		from: []string{"app/ui/screens/..."},
		only: []string{"app/ui/...", "sync/dossier", "assets"},
	},
	{
		why:    "concrete stores and clients meet in the program's main package",
		from:   []string{"app/..."},
		except: []string{"app", "app/tour/..."},
		never:  []string{"sync/store/...", "sync/client/...", "sync/courier/..."},
	},
	{
		why:    "lines are opened in the program's main package and by a technician's commands only",
		from:   []string{"app/..."},
		except: []string{"app", "app/tour/...", "app/devices/..."},
		never:  []string{"device/port/..."},
	},
	{
		why:    "what is known of devices, and a technician's commands, need no screen and no database",
		from:   []string{"app/devices/..."},
		never:  []string{"app/ui/...", "app/visit/...", "sync/store/...", "sync/inbox/...", "sync/outbox/..."},
		others: []string{fyne + "/...", sqlite + "/..."},
	},
	{
		why:  "the portal shares with the station only dossier, catalogue, clock, seal, token, audit, wire, durable, the manner of command lines and the form of the staff list",
		from: []string{"sync/portal/...", "sync/cmd/tramhoso-portal/..."},
		only: []string{
			"sync/portal/...", "sync/dossier/...", "sync/catalogue/...", "sync/clock/...", "sync/seal/...",
			"sync/token/...", "sync/audit/...", "sync/wire/...", "sync/staff/...", "sync/durable", "sync/cmd/commandline",
		},
	},
	{
		why:    "the station's side of sync never uses the portal's",
		from:   []string{"sync/..."},
		except: []string{"sync/portal/...", "sync/cmd/...", "sync/prove/..."},
		never:  []string{"sync/portal/..."},
	},
	{
		why:  "the station never links the portal",
		from: []string{"app"}, never: []string{"sync/portal/...", "sync/prove/..."}, linked: true,
	},
	{
		// With the tag ci Fyne itself draws on its test driver: no such build is shipped.
		why:  "Fyne's test driver installs a test app in the program",
		from: []string{"app"}, others: []string{fyneTest}, linked: true, absent: "ci",
	},
	{
		why:    "twins, ptys and the tour runner exist only in builds with the tag tour",
		from:   []string{"app"},
		never:  []string{"device/twin/..."},
		others: []string{tourRun, pty, "testing"},
		linked: true, absent: "tour",
	},
}

// Violation is one import that a rule forbids.
type Violation struct {
	From, Import, Why string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s imports %s: %s", v.From, v.Import, v.Why)
}

// Check holds a build's packages against the rules; tags are the build tags that
// the packages were listed with.
func Check(packages []Package, tags []string) []Violation {
	standard := map[string]bool{}
	for _, p := range packages {
		standard[p.ImportPath] = p.Standard
	}
	var found []Violation
	for _, p := range packages {
		name, ours := strings.CutPrefix(p.ImportPath, Module)
		if !ours {
			continue
		}
		for _, r := range rules {
			if r.absent != "" && slices.Contains(tags, r.absent) {
				continue
			}
			if !matchesAny(name, r.from) || matchesAny(name, r.except) {
				continue
			}
			for _, imported := range r.broken(p, standard) {
				found = append(found, Violation{From: p.ImportPath, Import: imported, Why: r.why})
			}
		}
	}
	return found
}

// broken lists what p imports against r.
func (r rule) broken(p Package, standard map[string]bool) []string {
	reach := p.Imports
	if r.linked {
		reach = p.Deps
	}
	var bad []string
	for _, imported := range reach {
		name, ours := strings.CutPrefix(imported, Module)
		switch {
		case ours && matchesAny(name, r.never), !ours && matchesAny(imported, r.others):
			bad = append(bad, imported)
		case ours && r.only != nil && !matchesAny(name, r.only):
			bad = append(bad, imported)
		case r.std && !ours && !standard[imported]:
			bad = append(bad, imported)
		}
	}
	return bad
}

// matchesAny reports whether a package path without the module's name is one
// that the patterns mean.
func matchesAny(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if pattern == "..." {
			return true
		}
		root, tree := strings.CutSuffix(pattern, "/...")
		return name == root || tree && strings.HasPrefix(name, root+"/")
	})
}
