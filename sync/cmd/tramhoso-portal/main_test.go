package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
)

// asProgram makes the test binary be the program.
const asProgram = "TRAMHOSO_PORTAL_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func program(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// limit is far beyond what a slow machine needs.
const limit = time.Minute

// running is a portal that serves as a child process.
type running struct {
	portal, desk string // addresses
	stop, kill   func()
}

func serve(ctx context.Context, t *testing.T, args ...string) *running {
	t.Helper()
	cmd := program(ctx, append([]string{"serve"}, args...)...)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	r := &running{stop: func() {
		must(t, cmd.Process.Signal(syscall.SIGTERM))
		must(t, cmd.Wait())
	}, kill: func() {
		must(t, cmd.Process.Kill())
		if err := cmd.Wait(); err == nil {
			t.Error("it was not killed")
		}
	}}
	lines := bufio.NewReader(out)
	for _, to := range []*string{&r.portal, &r.desk} {
		line, err := lines.ReadString('\n')
		must(t, err)
		_, *to, _ = strings.Cut(strings.TrimSpace(line), " ")
	}
	if !strings.HasPrefix(r.portal, "https://127.0.0.1:") || !strings.HasPrefix(r.desk, "http://127.0.0.1:") {
		t.Fatalf("%q, %q", r.portal, r.desk)
	}
	return r
}

// token is the one that a demonstration leaves.
func (*running) token(t *testing.T, dir string) seal.Token {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, fileToken))
	must(t, err)
	tok, err := seal.ParseToken(string(text))
	must(t, err)
	return tok
}

func TestServeDemo(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	dir := filepath.Join(t.TempDir(), "portal")
	start := func() (*running, string, string) {
		r := serve(ctx, t, "--dir", dir, "--demo", "--now", "2026-07-14T09:00:00+07:00")
		return r, r.portal, r.desk
	}
	// A little ahead of --now, as a station's clock may be.
	now := func() time.Time { return time.Date(2026, 7, 14, 2, 5, 0, 0, time.UTC) }

	cmd, portal, desk := start()
	first := cmd.token(t, dir)
	if first.URL != portal {
		t.Errorf("the token names %s", first.URL)
	}
	keys, err := seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	e, err := client.Enrol(ctx, first, keys, now)
	must(t, err)
	if s := e.Enrolment.Station; s.Code != demoStation.Code || s.Name != demoStation.Name {
		t.Errorf("%+v", s)
	}
	var badges []struct{ Role, Name, Badge, PIN string }
	text, err := os.ReadFile(filepath.Join(dir, fileBadges))
	must(t, err)
	must(t, json.Unmarshal(text, &badges))
	list, err := staff.Open(e.Staff, e.Trust.KeysFor(seal.UseStaff, now()))
	must(t, err)
	for i, role := range []staff.Role{staff.RoleClerk, staff.RoleSupervisor, staff.RoleTechnician} {
		s, err := staff.Login(list, badges[i].Badge, badges[i].PIN, now())
		if err != nil || s.Role != role || len(badges[i].PIN) != 6 {
			t.Errorf("%s: %+v, %v", role, s, err)
		}
	}
	get := func(url string) (int, string) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		must(t, err)
		res, err := http.DefaultClient.Do(req)
		must(t, err)
		defer http.DefaultClient.CloseIdleConnections()
		body, err := io.ReadAll(res.Body)
		must(t, err)
		must(t, res.Body.Close())
		return res.StatusCode, string(body)
	}
	if code, body := get(desk + "/desk/count"); code != http.StatusOK || strings.TrimSpace(body) != `{"count":0}` {
		t.Errorf("%d %s", code, body)
	}

	made, err := program(ctx, "token", "--dir", dir, "--code", "DL40", "--name", "Điểm khác", "--url", portal).Output()
	must(t, err)
	tok, err := seal.ParseToken(string(made))
	must(t, err)
	other, err := seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	if e, err := client.Enrol(ctx, tok, other, now); err != nil || e.Enrolment.Station.Code != "DL40" {
		t.Errorf("a token made beside the running portal: %v", err)
	}
	importBeside(ctx, t, dir, keys, e.Trust, now())
	cmd.stop()

	cmd, _, _ = start()
	again := cmd.token(t, dir)
	if again.RootSHA256 != first.RootSHA256 || again.Secret == first.Secret {
		t.Error("a second start: another root, or an old token")
	}
	if kept, err := os.ReadFile(filepath.Join(dir, fileBadges)); err != nil || string(kept) != string(text) {
		t.Errorf("a second start changed the badges: %v", err)
	}
	third, err := seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	if e, err := client.Enrol(ctx, again, third, now); err != nil || e.Enrolment.Station.Code != "DL28" {
		t.Errorf("the next station: %v", err)
	}
	cmd.stop()
}
