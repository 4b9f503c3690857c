package main

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// peerFiles are the scripts of the peers of sync and the versions that they run
// with, pinned so that figures stay comparable.
//
//go:embed peers
var peerFiles embed.FS

// syncPeers are PouchDB and the tus project's own programs, in a folder that is
// thrown away.
type syncPeers struct{ dir string }

// syncPeers installs them once.
func (s *sheet) syncPeers(ctx context.Context) (_ *syncPeers, err error) {
	if s.installed == nil {
		s.installed, err = installSyncPeers(ctx, s)
	}
	return s.installed, err
}

func (s *sheet) removePeers() {
	if s.installed != nil {
		s.installed.remove()
	}
}

func installSyncPeers(ctx context.Context, s *sheet) (*syncPeers, error) {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return nil, fmt.Errorf("failed to make room for the peers: %w", err)
	}
	p := &syncPeers{dir}
	scripts, err := fs.Sub(peerFiles, "peers")
	if err == nil {
		err = os.CopyFS(dir, scripts)
	}
	if err != nil {
		p.remove()
		return nil, fmt.Errorf("failed to write the peers' scripts: %w", err)
	}
	install := exec.CommandContext(ctx, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir)
	if out, err := install.CombinedOutput(); err != nil {
		p.remove()
		return nil, fmt.Errorf("failed to install the peers: %w\n%s", err, out)
	}
	for _, name := range []string{"pouchdb", "express-pouchdb", "tus-js-client", "@tus/server"} {
		out, err := exec.CommandContext(ctx, "node", "-p",
			fmt.Sprintf("JSON.parse(fs.readFileSync(%q)).version", filepath.Join(dir, "node_modules", name, "package.json"))).Output()
		if err != nil {
			p.remove()
			return nil, fmt.Errorf("failed to ask for the version of %s: %w", name, err)
		}
		s.peer(name + " " + strings.TrimSpace(string(out)))
	}
	return p, nil
}

func (p *syncPeers) remove() { _ = os.RemoveAll(p.dir) }

// node is a running peer that is told and asked by lines.
type node struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	errors strings.Builder
}

func (p *syncPeers) start(ctx context.Context, script string, args ...string) (*node, error) {
	n := &node{cmd: exec.CommandContext(ctx, "node", append([]string{filepath.Join(p.dir, script)}, args...)...)}
	n.cmd.Stderr = &n.errors
	in, err := n.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	n.in, n.out = in, bufio.NewScanner(out)
	if err := n.cmd.Start(); err != nil {
		return nil, fmt.Errorf("failed to start %s: %w", script, err)
	}
	return n, nil
}

// line is the next line that the peer prints.
func (n *node) line() (string, error) {
	if !n.out.Scan() {
		n.stop()
		return "", fmt.Errorf("the peer ended: %s", n.errors.String())
	}
	return n.out.Text(), nil
}

// ask tells the peer to go on and reads the number it answers with.
func (n *node) ask() (int, error) {
	if _, err := io.WriteString(n.in, "go\n"); err != nil {
		return 0, err
	}
	text, err := n.line()
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
}

func (n *node) stop() {
	_ = n.in.Close()
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
}

// serve starts a peer that serves folder and returns its address.
func (p *syncPeers) serve(ctx context.Context, script, folder string, more ...string) (*node, string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, "", err
	}
	n, err := p.start(ctx, script, append([]string{folder}, more...)...)
	if err != nil {
		return nil, "", err
	}
	port, err := n.line()
	if err != nil {
		return nil, "", err
	}
	if _, err := strconv.Atoi(port); err != nil {
		n.stop()
		return nil, "", errors.Join(fmt.Errorf("%s printed %q for its port", script, port), err)
	}
	return n, "127.0.0.1:" + port, nil
}
