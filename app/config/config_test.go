package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/device/printer"
	"tramhoso/device/scanner"
)

func TestDefaultsAreTheDocumentedOnes(t *testing.T) {
	c, err := Parse([]byte(Documented()))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Default(), c); d != "" {
		t.Error(d)
	}
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
	empty, err := Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Default(), empty); d != "" {
		t.Error(d)
	}
	want := Config{
		Storage: "/var/lib/tramhoso", Sticks: "/run/tramhoso/stick", TPM: "auto", Language: "vi", Portal: Portal{TokenFile: "/etc/tramhoso/enrol-token.txt"},
		Printer: Printer{Profile: "measured"},
		Scanner: Scanner{Baud: 9600, Model: "plain"},
		Power:   Power{Shutdown: []string{}}, Sync: Sync{Metered: "no"},
		Screen: Screen{Width: 1280, Height: 800, Kiosk: true, Scale: 1}, Log: Log{Level: "info"},
	}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
}

// Every field stands in the file, with a word of explanation above its table or
// itself.
func TestEveryKeyIsDocumented(t *testing.T) {
	var walk func(reflect.Type)
	walk = func(ty reflect.Type) {
		for i := range ty.NumField() {
			f := ty.Field(i)
			key := f.Tag.Get("toml")
			if f.Type.Kind() == reflect.Struct {
				if !strings.Contains(documented, "["+key+"]") {
					t.Errorf("[%s] is not documented", key)
				}
				walk(f.Type)
			} else if !strings.Contains(documented, "\n"+key+" = ") {
				t.Errorf("%s is not documented", key)
			}
		}
	}
	walk(reflect.TypeFor[Config]())
}

func TestParseOverDefaults(t *testing.T) {
	c, err := Parse([]byte("storage = \"here\"\n[printer]\npath = \"/dev/serial/by-id/x\"\nwidth_dots = 384\nprofile = \"silent\"\nbaud = 115200\n[log]\nlevel = \"debug\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Storage, want.Log.Level = "here", "debug"
	want.Printer = Printer{Path: "/dev/serial/by-id/x", Baud: 115200, Profile: "silent", WidthDots: 384}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
	if c.Log.Slog() != slog.LevelDebug || Default().Log.Slog() != slog.LevelInfo {
		t.Error("wrong level")
	}
	if d := cmp.Diff(printer.Profile{Name: "silent", Baud: 115200, WidthDots: 384, NoProcessID: true, NoAutoStatus: true}, c.Printer.Model()); d != "" {
		t.Error(d)
	}
}

// What stood in a station's file before profiles were files means the same.
func TestOldConfiguration(t *testing.T) {
	c, err := Parse([]byte("[printer]\nprofile = \"common\"\nbaud = 19200\nflow = \"xonxoff\"\nwidth_dots = 384\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := printer.Profile{Name: "common", Baud: 19200, Flow: printer.FlowXOnXOff, WidthDots: 384}
	if d := cmp.Diff(want, c.Printer.Model()); d != "" {
		t.Error(d)
	}
}

func TestProfileIsTheModels(t *testing.T) {
	c, err := Parse([]byte("[printer]\nprofile = \"pos-5890\""))
	if err != nil {
		t.Fatal(err)
	}
	if m := c.Printer.Model(); m.WidthDots != 384 || m.Cut != printer.CutNone || m.Baud != 0 {
		t.Errorf("%+v", m)
	}
	if m := Default().Printer.Model(); m.Name != "common" || m.WidthDots != 576 {
		t.Errorf("before anything is measured: %+v", m)
	}
	for _, name := range Profiles() {
		if _, err := Parse([]byte("[printer]\nprofile = \"" + name + "\"")); err != nil {
			t.Error(err)
		}
	}
}

func TestMistakesAreNamed(t *testing.T) {
	tests := map[string][]string{
		"storag = \"x\"":                                                 {"line 1", "storag"},
		"[printer]\nbuad = 9600\nspeed = 3":                              {"line 2", "printer.buad", "line 3", "printer.speed"},
		"[printer":                                                       {"line 1"},
		"[printer]\nbaud = \"fast\"":                                     {"line 2"},
		"storage = \"\"":                                                 {"storage must name a folder"},
		"storage = \"a\"\nmirror = \"./a/\"":                             {"mirror"},
		"language = \"fr\"":                                              {"language", "vi, en", "fr"},
		"[printer]\nbaud = 300":                                          {"printer.baud", "300"},
		"[printer]\nflow = \"fast\"":                                     {"printer.flow", "rtscts"},
		"[printer]\nprofile = \"x\"":                                     {"printer.profile", "measured, common, silent, bixolon"},
		"[printer]\nwidth_dots = 500":                                    {"printer.width_dots", "multiple of 8", "500"},
		"[printer]\nwidth_dots = 1600":                                   {"printer.width_dots", "200 to 896"},
		"[scanner]\nframe = \"7n2\"\nbaud = 1":                           {"scanner.frame", "scanner.baud"},
		"[scanner]\nmodel = \"zebra\"":                                   {"scanner.model", "zebra-ssi"},
		"[scanner]\ntrigger_on = \"1b3\"":                                {"scanner.trigger_on", "hexadecimal"},
		"[scanner]\ntrigger_on = \"1b31\"":                               {"scanner", "neither"},
		"printer.path=\"a\"\nscanner.path=\"a\"":                         {"same line"},
		"printer.path=\"/dev/ttyUSB0\"\nscanner.path=\"/dev//ttyACM12\"": {"printer.path", "/dev/ttyUSB0", "scanner.path", "/dev//ttyACM12", "/dev/serial/by-id"},
		"[screen]\nwidth = 1\nheight = 99999":                            {"screen.width", "screen.height"},
		"[screen]\nscale = nan":                                          {"screen.scale"},
		"[service]\nprice = -1":                                          {"service.price"},
		"[page]\nprinter = \"http://a\"":                                 {"page.printer", "ipp://localhost/printers/NAME"},
		"[page]\nsocket = \"a\"\nmedia = \"a3\"":                         {"page.socket", "page.media", "a3"},
		"[power]\nups = \"ups\"":                                         {"power.ups", "ups@localhost"},
		"[power]\nshutdown = [\"\"]":                                     {"power.shutdown"},
		"[sync]\nmetered = \"yes\"\nwindow = \"20-6\"":                   {"sync.metered", "packets-only", "sync.window", "20:00-06:00"},
		"[sync]\nrate = \"128\"":                                         {"sync.rate", "128 kbit/s"},
		"[sync]\nrate = \"2 kbit/s\"":                                    {"sync.rate", "16 kbit/s"},
		"[log]\nlevel = \"loud\"":                                        {"log.level"},
	}
	for raw, want := range tests {
		_, err := Parse([]byte(raw))
		if err == nil {
			t.Errorf("%q was taken", raw)
			continue
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q: %q does not say %q", raw, err, w)
			}
		}
	}
}

func TestScannerDevice(t *testing.T) {
	honeywell, _ := scanner.Model("honeywell")
	access, _ := scanner.Model("access-is")
	for raw, want := range map[string]scanner.Config{
		"":                      {},
		"model = \"honeywell\"": honeywell,
		"model = \"access-is\"": access,
		"frame = \"7e1\"":       {SevenBits: true},
		"trigger_on = \"1b31\"\ntrigger_off = \"1B30\"": {On: []byte{0x1b, '1'}, Off: []byte{0x1b, '0'}},
		"model = \"access-is\"\nframe = \"8n1\"":        {SymbolByte: true},
	} {
		c, err := Parse([]byte("[scanner]\n" + raw))
		if err != nil {
			t.Errorf("%q: %v", raw, err)
		}
		if d := cmp.Diff(want, c.Scanner.Device()); d != "" {
			t.Errorf("%q: %s", raw, d)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "station.toml")
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "tramhoso config") {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("#", MaxBytes+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil {
		t.Error("a huge file was read")
	}
	if err := os.WriteFile(path, []byte("language = \"en\""), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(path); err != nil || c.Language != "en" {
		t.Error(c, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(Documented()))
	f.Add([]byte("[screen]\nscale = inf"))
	f.Add([]byte("a.b.c = 1979-05-27"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := Parse(raw)
		if err == nil && c.Validate() != nil {
			t.Error("took what it refuses")
		}
	})
}
