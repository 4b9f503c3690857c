//go:build tour

package tour

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// stopLimit is how long a process may take to end by itself when asked to.
const stopLimit = 10 * time.Second

// process is a program that a tour started, with its output in a log.
type process struct {
	name string
	cmd  *exec.Cmd
	log  *os.File
	done chan struct{}

	mu    sync.Mutex
	said  []string // complete lines of standard output
	rest  []byte
	heard chan struct{} // closed and renewed with every line
}

// start runs a program; its standard output is also kept by lines, so that what
// it announces can be waited for. The log is appended to.
func start(name, logPath string, env []string, program string, args ...string) (*process, error) {
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("failed to open the log of the %s: %w", name, err)
	}
	p := &process{
		name: name, log: log,
		cmd:  exec.Command(program, args...),
		done: make(chan struct{}), heard: make(chan struct{}),
	}
	p.cmd.Env = env
	p.cmd.Stdout, p.cmd.Stderr = p, log
	// If the runner dies, nothing that it started stays behind.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		_ = log.Close()
		return nil, fmt.Errorf("failed to start the %s: %w", name, err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Write takes the process's standard output.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest = append(p.rest, b...)
	for {
		i := bytes.IndexByte(p.rest, '\n')
		if i < 0 {
			break
		}
		p.said = append(p.said, string(p.rest[:i]))
		p.rest = p.rest[i+1:]
	}
	close(p.heard)
	p.heard = make(chan struct{})
	return p.log.Write(b)
}

// announced waits for a line that begins with prefix and returns what follows.
func (p *process) announced(ctx context.Context, prefix string) (string, error) {
	for {
		p.mu.Lock()
		for _, line := range p.said {
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				p.mu.Unlock()
				return strings.TrimSpace(rest), nil
			}
		}
		heard := p.heard
		p.mu.Unlock()
		select {
		case <-heard:
		case <-p.done:
			return "", fmt.Errorf("the %s ended before it said %q; its log: %s", p.name, prefix, p.log.Name())
		case <-ctx.Done():
			return "", fmt.Errorf("the %s does not say %q: %w", p.name, prefix, ctx.Err())
		}
	}
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
	_ = p.log.Close()
}

// stop asks the process to end, and kills it if it does not.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-p.done:
	case <-limit.C:
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	_ = p.log.Close()
}
