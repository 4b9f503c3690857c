package main

import (
	"net/url"
	"os"
	"testing"

	"tramhoso/app/upkeep"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

// The doctor's probes are the station's own client on a real line: an open way, a
// log-in page, and a line that hangs up.
func TestDoctor(t *testing.T) {
	o := openOffice(t)
	at, err := url.Parse(o.url)
	must(t, err)
	way := openLine(t, at.Host)
	cfg := quiet(t, t.TempDir())
	tok, err := seal.ParseToken(o.token(t))
	must(t, err)
	at.Host = way.Addr().String()
	tok.URL = at.String()
	must(t, os.WriteFile(cfg.Portal.TokenFile, []byte(tok.String()), 0o600))
	well, fix, unknown := upkeep.Well, upkeep.Fix, upkeep.Unknown
	for _, tt := range []struct {
		name   string
		set    func()
		want   [5]upkeep.Health
		broken upkeep.Link
		code   dossier.Code
	}{
		{"open", func() {}, [5]upkeep.Health{well, well, well, well, well}, "", ""},
		{"log-in page", func() { way.captive.Store(true) }, [5]upkeep.Health{well, well, fix, unknown, unknown}, upkeep.LinkLogin, client.CauseLogIn},
		{"hung up", func() { way.cut.Store(true) }, [5]upkeep.Health{well, well, unknown, unknown, fix}, upkeep.LinkPortal, client.CauseCutOff},
	} {
		t.Run(tt.name, func(t *testing.T) { // each with a station that has no open connection yet
			tt.set()
			b := openBooth(t, cfg)
			b.until("enrolment", func() bool { return b.code() == "DL27" })
			f := upkeep.Examine(t.Context(), b.probes(), b.now)
			for i, l := range f.Links {
				if l.Health != tt.want[i] {
					t.Errorf("%s is %s (%s), not %s", l.Link, l.Health, l.Code, tt.want[i])
				}
				if l.Health == fix && l.Code != tt.code {
					t.Errorf("%s: %q, not %q", l.Link, l.Code, tt.code)
				}
			}
			if f.Broken != tt.broken {
				t.Errorf("broken at %q", f.Broken)
			}
		})
	}
}
