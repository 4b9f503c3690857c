//go:build tour

package tour

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tramhoso/sync/dossier"
)

const (
	// startLimit is how long a program may take until it serves: the first
	// start of a portal makes keys, on a machine that is busy with a build.
	startLimit = 60 * time.Second
	// deskLimit is how long the desk waits for what is on the way to it: a
	// slow line and a back-off lie between.
	deskLimit = 30 * time.Second
	// deskEvery is how often it looks.
	deskEvery = 100 * time.Millisecond
	// maxDeskBytes bounds an answer of the desk.
	maxDeskBytes = 1 << 20
)

// badge is a person of the demo portal's staff.
type badge struct {
	Role  string `json:"role"`
	Badge string `json:"badge"`
	PIN   string `json:"pin"`
}

// portal is the province's end of a tour: a process with a folder of its own.
type portal struct {
	*process
	program string
	dir     string
	addr    string // host:port of its protocol
	desk    string // URL of its desk
}

// startPortal starts a demo portal in dir and waits until it serves.
func startPortal(ctx context.Context, program, dir, logPath string) (*portal, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	run, err := start("portal", logPath, os.Environ(), program, "serve", "--dir", dir, "--listen", "127.0.0.1:0", "--demo")
	if err != nil {
		return nil, err
	}
	p := &portal{process: run, program: program, dir: dir}
	address, err := run.announced(ctx, "portal ")
	if err == nil {
		p.desk, err = run.announced(ctx, "desk ")
	}
	if err != nil {
		run.stop()
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		run.stop()
		return nil, fmt.Errorf("the portal listens at %q, which is no address", address)
	}
	p.addr = u.Host
	p.desk = strings.TrimSuffix(p.desk, "/")
	return p, nil
}

// token is the one-time line of text by which a station enrols.
func (p *portal) token() (string, error) {
	text, err := os.ReadFile(filepath.Join(p.dir, "enrol-token.txt"))
	if err != nil {
		return "", fmt.Errorf("failed to read the enrolment token: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// staff are the badges that the demo portal handed out.
func (p *portal) staff() ([]badge, error) {
	text, err := os.ReadFile(filepath.Join(p.dir, "demo-badges.json"))
	if err != nil {
		return nil, fmt.Errorf("failed to read the demo badges: %w", err)
	}
	var all []badge
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("failed to read the demo badges: %w", err)
	}
	return all, nil
}

// act has the desk do something with the newest dossier, waiting for it to come.
func (p *portal) act(ctx context.Context, what, text string) error {
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return fmt.Errorf("failed to ask the desk: %w", err)
	}
	return p.until(ctx, func() (bool, error) {
		status, said, err := p.ask(ctx, http.MethodPost, "/desk/dossiers/last/"+what, body)
		switch {
		case err != nil:
			return false, err
		case status == http.StatusNotFound:
			return true, errors.New("no dossier has come yet")
		case status >= 300:
			return false, fmt.Errorf("the desk answers %d: %s", status, strings.TrimSpace(said))
		}
		return false, nil
	})
}

// count waits until the desk holds exactly n dossiers; more than n is final.
func (p *portal) count(ctx context.Context, n int) error {
	return p.until(ctx, func() (bool, error) {
		status, said, err := p.ask(ctx, http.MethodGet, "/desk/count", nil)
		if err != nil {
			return false, err
		}
		var got struct {
			Count int `json:"count"`
		}
		if status != http.StatusOK || json.Unmarshal([]byte(said), &got) != nil {
			return false, fmt.Errorf("the desk answers %d: %s", status, strings.TrimSpace(said))
		}
		if got.Count != n {
			return got.Count < n, fmt.Errorf("the portal holds %d dossiers, not %d", got.Count, n)
		}
		return false, nil
	})
}

// standing waits until exactly n of the desk's dossiers are in effect: neither set
// aside, nor asked back, nor ended.
func (p *portal) standing(ctx context.Context, n int) error {
	return p.until(ctx, func() (bool, error) {
		status, said, err := p.ask(ctx, http.MethodGet, "/desk/dossiers", nil)
		if err != nil {
			return false, err
		}
		var got struct {
			Dossiers []struct {
				Status     dossier.Status `json:"status"`
				Quarantine string         `json:"quarantine"`
			} `json:"dossiers"`
		}
		if status != http.StatusOK || json.Unmarshal([]byte(said), &got) != nil {
			return false, fmt.Errorf("the desk answers %d: %s", status, strings.TrimSpace(said))
		}
		stand := 0
		for _, d := range got.Dossiers {
			if d.Quarantine == "" && d.Status != dossier.StatusWithdrawalRequested && !d.Status.Final() {
				stand++
			}
		}
		if stand != n {
			return true, fmt.Errorf("of %d dossiers %d are in effect, not %d", len(got.Dossiers), stand, n)
		}
		return false, nil
	})
}

// withdraw takes a procedure out of force.
func (p *portal) withdraw(ctx context.Context, code string) error {
	status, said, err := p.ask(ctx, http.MethodPost, "/desk/procedures/"+url.PathEscape(code)+"/withdraw", nil)
	if err == nil && status >= 300 {
		err = fmt.Errorf("the desk answers %d: %s", status, strings.TrimSpace(said))
	}
	return err
}

// importStick has the portal's own program take in a stick beside the one that
// serves.
func (p *portal) importStick(ctx context.Context, dir string) error {
	said, err := tool(ctx, nil, p.program, "", "import", "--dir", p.dir, dir)
	if err != nil {
		return err
	}
	_, err = p.log.WriteString(said)
	return err
}

// until repeats try while it says so, as long as deskLimit allows.
func (p *portal) until(ctx context.Context, try func() (again bool, err error)) error {
	limit := time.NewTimer(deskLimit)
	defer limit.Stop()
	tick := time.NewTicker(deskEvery)
	defer tick.Stop()
	for {
		again, err := try()
		if err == nil || !again {
			return err
		}
		select {
		case <-tick.C:
		case <-limit.C:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ask calls the desk.
func (p *portal) ask(ctx context.Context, method, path string, body []byte) (status int, said string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, p.desk+path, bytes.NewReader(body))
	if err != nil {
		return 0, "", fmt.Errorf("failed to ask the desk: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", fmt.Errorf("failed to ask the desk: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxDeskBytes))
	if err != nil {
		return 0, "", fmt.Errorf("failed to hear the desk: %w", err)
	}
	return answer.StatusCode, string(text), nil
}
