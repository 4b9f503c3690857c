package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/cmd/commandline"
	"tramhoso/sync/seal"
)

// contents are the digests of every file below dir but the ledger's, which a portal
// that serves may write at any time.
func contents(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	list := map[string][sha256.Size]byte{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), fileLedger) {
			return err
		}
		data, err := os.ReadFile(path)
		list[path] = sha256.Sum256(data)
		return err
	}))
	return list
}

// A second portal on a folder changes nothing and says so, by whatever name it calls
// the folder and whatever else it would be refused for; the first serves on. When that
// is killed the folder is free.
func TestOnePortalServesFromAFolder(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	top := t.TempDir()
	dir, alias := filepath.Join(top, "portal"), filepath.Join(top, "alias")
	must(t, os.Symlink(dir, alias))
	first := serve(ctx, t, "--dir", dir, "--demo")
	before := contents(t, dir)
	for _, args := range [][]string{
		{"--dir", dir, "--demo"}, {"--dir", dir}, {"--dir", alias, "--demo"},
		{"--dir", dir, "--demo", "--listen", strings.TrimPrefix(first.portal, "https://")},
	} {
		refuse(ctx, t, dir, commandline.Failed, "another portal serves from "+args[1]+": stop that one first, or name another folder with --dir",
			append([]string{"serve"}, args...)...)
	}
	after := contents(t, dir)
	for name, sum := range before {
		if after[name] != sum {
			t.Errorf("%s is changed", name)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, first.desk+"/desk/count", nil)
	must(t, err)
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	_, err = io.Copy(io.Discard, res.Body)
	must(t, errors.Join(err, res.Body.Close()))
	http.DefaultClient.CloseIdleConnections()
	if res.StatusCode != http.StatusOK {
		t.Errorf("the first answers %d", res.StatusCode)
	}
	keys, err := seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	if _, err := client.Enrol(ctx, first.token(t, dir), keys, time.Now); err != nil {
		t.Errorf("the first one's token: %v", err)
	}
	first.kill()
	serve(ctx, t, "--dir", dir, "--demo").stop()
}

// Of several that are started at once on a new folder, one serves.
func TestPortalsAreStartedAtOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	dir := filepath.Join(t.TempDir(), "portal")
	const many = 4
	var serving []*exec.Cmd
	var said []string
	var mu sync.Mutex
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			cmd := program(ctx, "serve", "--dir", dir)
			out, oerr := cmd.StdoutPipe()
			var failed strings.Builder
			cmd.Stderr = &failed
			if err := errors.Join(oerr, cmd.Start()); err != nil {
				t.Error(err)
				return
			}
			_, rerr := bufio.NewReader(out).ReadString('\n')
			mu.Lock()
			defer mu.Unlock()
			if rerr == nil {
				serving = append(serving, cmd)
				return
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != commandline.Failed {
				t.Errorf("%v", err)
			}
			said = append(said, failed.String())
		})
	}
	all.Wait()
	if len(serving) != 1 {
		t.Errorf("%d serve", len(serving))
	}
	for _, s := range said {
		if !strings.HasPrefix(s, "tramhoso-portal: another portal serves from "+dir) {
			t.Error(s)
		}
	}
	for _, cmd := range serving {
		must(t, cmd.Process.Signal(syscall.SIGTERM))
		must(t, cmd.Wait())
	}
}
