package packaging

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// builds are the ways the project is built; each may link other packages.
var builds = []struct {
	name string
	cgo  string
	tags []string
}{
	{"headless", "0", []string{"ci", "tour", "migrated_fynedo"}},
	{"program", "1", []string{"x11", "migrated_fynedo", "no_animations"}},
	{"program with tours", "1", []string{"x11", "tour", "migrated_fynedo", "no_animations"}},
}

func TestImportsOfEveryBuild(t *testing.T) {
	for _, build := range builds {
		t.Run(build.name, func(t *testing.T) {
			t.Parallel()
			packages := list(t, build.cgo, build.tags)
			ours := 0
			for _, p := range packages {
				if strings.HasPrefix(p.ImportPath, Module) {
					ours++
				}
			}
			if ours < 2 {
				t.Fatalf("go list found %d packages of ours: the walk itself is broken", ours)
			}
			for _, v := range Check(packages, build.tags) {
				t.Error(v)
			}
		})
	}
}

func list(t *testing.T, cgo string, tags []string) []Package {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps",
		"-tags", strings.Join(tags, ","), "./...")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []Package
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}

// TestRulesRefuse shows each rule a graph that breaks it and one beside it that
// does not.
func TestRulesRefuse(t *testing.T) {
	tests := []struct {
		name   string
		from   string
		direct string
		linked string // reached through others
		tags   []string
		ok     bool
	}{
		{name: "dossier uses the standard library", from: "sync/dossier", direct: "errors", ok: true},
		{name: "dossier uses another module", from: "sync/dossier", direct: "github.com/google/uuid"},
		{name: "dossier uses wire", from: "sync/dossier", direct: "tramhoso/sync/wire"},
		{name: "wire uses dossier", from: "sync/wire", direct: "tramhoso/sync/dossier", ok: true},
		{name: "wire uses seal", from: "sync/wire", direct: "tramhoso/sync/seal"},
		{name: "a device uses a device", from: "device/printer", direct: "tramhoso/device/port", ok: true},
		{name: "a device uses the standard sync", from: "device/printer", direct: "sync", ok: true},
		{name: "a device knows a dossier", from: "device/printer", direct: "tramhoso/sync/dossier"},
		{name: "a device draws on the screen", from: "device/idcard", direct: "fyne.io/fyne/v2/canvas"},
		{name: "a device knows the program", from: "device/twin", direct: "tramhoso/app/config"},
		{name: "sync drives a device", from: "sync/outbox", direct: "tramhoso/device/printer"},
		{name: "sync draws on the screen", from: "sync/store", direct: "fyne.io/fyne/v2"},
		{name: "a visit uses the domain", from: "app/visit", direct: "tramhoso/sync/dossier", ok: true},
		{name: "a visit uses its form", from: "app/visit", direct: "tramhoso/app/visit/form", ok: true},
		{name: "a visit opens a store", from: "app/visit", direct: "tramhoso/sync/store"},
		{name: "a form seals", from: "app/visit/form", direct: "tramhoso/sync/seal"},
		{name: "a clerk's work uses a visit", from: "app/counter", direct: "tramhoso/app/visit"},
		{name: "a technician's commands open a port", from: "app/devices/bench", direct: "tramhoso/device/port", ok: true},
		{name: "a technician's commands open a store", from: "app/devices/bench", direct: "tramhoso/sync/store"},
		{name: "a technician's commands draw", from: "app/devices/bench", direct: "tramhoso/app/ui/kit"},
		{name: "upkeep opens a port", from: "app/upkeep", direct: "tramhoso/device/port"},
		{name: "a visit reaches Fyne through another", from: "app/visit", linked: "fyne.io/fyne/v2"},
		{name: "a visit reaches SQL through another", from: "app/visit", linked: "modernc.org/sqlite"},
		{name: "a screen uses Fyne", from: "app/ui/screens/home", direct: "fyne.io/fyne/v2", ok: true},
		{name: "a paper uses Fyne", from: "app/paper", direct: "fyne.io/fyne/v2"},
		{name: "a config uses Fyne", from: "app/config", direct: "fyne.io/fyne/v2/theme"},
		{name: "port opens a line", from: "device/port", direct: serial, ok: true},
		{name: "a scanner opens a line", from: "device/scanner", direct: serial},
		{name: "main opens a line", from: "app", direct: serial},
		{name: "the store opens SQLite", from: "sync/store", direct: sqlite, ok: true},
		{name: "the portal's store opens SQLite", from: "sync/portal/sqlite", direct: sqlite, ok: true},
		{name: "the outbox opens SQLite", from: "sync/outbox", direct: sqlite},
		{name: "main opens SQLite", from: "app", direct: sqlite + "/lib"},
		{name: "a screen knows a visit", from: "app/ui/screens/review", direct: "tramhoso/app/visit"},
		{name: "a screen uses the kit", from: "app/ui/screens/review", direct: "tramhoso/app/ui/kit", ok: true},
		{name: "main opens a store", from: "app", direct: "tramhoso/sync/store", ok: true},
		{name: "the screens open a store", from: "app/ui/flow", direct: "tramhoso/sync/store"},
		{name: "the screens open a client", from: "app/ui/flow", direct: "tramhoso/sync/client"},
		{name: "the portal uses seal", from: "sync/portal", direct: "tramhoso/sync/seal", ok: true},
		{name: "the portal uses the station's store", from: "sync/portal", direct: "tramhoso/sync/store"},
		{name: "the portal's program uses the outbox", from: "sync/cmd/tramhoso-portal", direct: "tramhoso/sync/outbox"},
		{name: "the client uses the portal", from: "sync/client", direct: "tramhoso/sync/portal"},
		{name: "proof uses both ends", from: "sync/prove", direct: "tramhoso/sync/portal", ok: true},
		{name: "the station links the portal", from: "app", linked: "tramhoso/sync/portal/sqlite", tags: []string{"tour"}},
		{name: "the station links Fyne's tests", from: "app", linked: fyneTest, tags: []string{"tour"}},
		{name: "a headless build links Fyne's tests", from: "app", linked: fyneTest, tags: []string{"ci", "tour"}, ok: true},
		{name: "a tour build links a twin", from: "app", linked: "tramhoso/device/twin", tags: []string{"x11", "tour"}, ok: true},
		{name: "a plain build links a twin", from: "app", linked: "tramhoso/device/twin", tags: []string{"x11"}},
		{name: "a plain build links the runner", from: "app", linked: tourRun},
		{name: "a longer name is another package", from: "sync/dossierx", direct: "github.com/google/uuid", ok: true},
		{name: "somebody else's package", from: "../elsewhere", direct: serial, ok: true},
	}
	proved := map[string]bool{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Package{ImportPath: Module + tt.from}
			if rest, outside := strings.CutPrefix(tt.from, "../"); outside {
				p.ImportPath = rest
			}
			if tt.direct != "" {
				p.Imports = []string{tt.direct}
				p.Deps = []string{tt.direct}
			}
			if tt.linked != "" {
				p.Imports = []string{Module + "app/paper"}
				if strings.HasPrefix(tt.from, "app/visit") {
					p.Imports = []string{Module + "assets"}
				}
				p.Deps = append(slices.Clone(p.Imports), tt.linked)
			}
			graph := []Package{p, {ImportPath: "errors", Standard: true}, {ImportPath: "testing", Standard: true}}
			found := Check(graph, tt.tags)
			if tt.ok && len(found) > 0 {
				t.Errorf("refused: %v", found)
			}
			if !tt.ok && len(found) == 0 {
				t.Errorf("%s importing %s%s was let through", tt.from, tt.direct, tt.linked)
			}
			for _, v := range found {
				if v.Why == "" {
					t.Errorf("%v: no reason given", v)
				}
				proved[v.Why] = true
			}
		})
	}
	for _, r := range rules {
		if !proved[r.why] {
			t.Errorf("no graph here breaks the rule %q", r.why)
		}
	}
}

// TestTopLevel keeps the front of the house to its rooms.
func TestTopLevel(t *testing.T) {
	allowed := []string{"app", "device", "sync", "assets", "packaging", "go.mod", "go.sum", "README.md", "LICENSE"}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || name == "out" { // out/ is what runs leave behind; git ignores it
			continue
		}
		if !slices.Contains(allowed, name) {
			t.Errorf("%s lies at the top level: it belongs in one of the rooms %v", name, allowed[:5])
		}
	}
}
