package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/sync/seal"
)

// A portal that goes on from a copy from before a station was enrolled does not know
// it. With another token for the same code it does, and gets what it forgot.
func TestThePortalForgotTheStation(t *testing.T) {
	o := openOffice(t)
	at, err := url.Parse(o.url)
	must(t, err)
	way := openLine(t, at.Host)
	reached := func(o *office) []byte { // a token that leads through the line
		tok, err := seal.ParseToken(o.token(t))
		must(t, err)
		tok.URL = "https://" + way.Addr().String()
		return []byte(tok.String())
	}
	cfg := quiet(t, t.TempDir())
	must(t, os.WriteFile(cfg.Portal.TokenFile, reached(o), 0o600))
	b := openBooth(t, cfg)
	b.until("enrolment and catalogue", func() bool { return b.code() == "DL27" && b.catalogue() != nil })
	b.until("contact", func() bool { _, online, _ := b.inbox.Contact(); return online })

	dir := t.TempDir()
	must(t, os.CopyFS(filepath.Join(dir, "keys"), os.DirFS(filepath.Join(o.dir, "keys"))))
	entries, err := os.ReadDir(filepath.Join(dir, "keys"))
	must(t, err)
	for _, e := range entries {
		must(t, os.Chmod(filepath.Join(dir, "keys", e.Name()), 0o600))
	}
	after := openOfficeIn(t, dir)
	host := strings.TrimPrefix(after.url, "https://")
	way.to.Store(&host)
	way.drop()
	b.until("word of it", func() bool {
		return strings.Contains(b.log.String(), "the portal does not know this station")
	})
	must(t, os.WriteFile(cfg.Portal.TokenFile, reached(after), 0o600))
	b.until("its enrolment again", func() bool {
		_, online, _ := b.inbox.Contact()
		return online && strings.Contains(b.log.String(), "the portal had forgotten this station")
	})
	if b.code() != "DL27" {
		t.Errorf("it is %s now", b.code())
	}
}
