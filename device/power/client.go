package power

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// The limits of the protocol. A supply has about a hundred variables.
const (
	maxLine = 2048
	maxVars = 512
)

// defaultPort is NUT's (RFC 9271 section 6).
const defaultPort = "3493"

// answerError is an answer that says no.
type answerError struct{ code string }

func (e *answerError) Error() string { return "the NUT server answers " + e.code }

// errProtocol is an answer of something else.
var errProtocol = errors.New("not a NUT server")

// Config says which supply of which server is asked.
type Config struct {
	Addr string // host, or host:port
	UPS  string // its name
	// User and Password, if set, are given before the first question; reading
	// needs none on a server that is set up as usual.
	User, Password string

	Every   time.Duration // 0: 2 s, which is how often drivers ask the supply
	Timeout time.Duration // 0: 5 s
}

// Parse reads "name@host" or "name@host:port".
func Parse(s string) (Config, error) {
	name, addr, ok := strings.Cut(s, "@")
	c := Config{UPS: name, Addr: addr}
	if !ok || !word(name) || addr == "" {
		return Config{}, errors.New("a supply is named like ups@localhost or ups@localhost:3493")
	}
	if _, _, err := net.SplitHostPort(c.address()); err != nil {
		return Config{}, errors.New("a supply is named like ups@localhost or ups@localhost:3493")
	}
	return c, nil
}

func (c Config) address() string {
	if _, _, err := net.SplitHostPort(c.Addr); err == nil {
		return c.Addr
	}
	return net.JoinHostPort(strings.Trim(c.Addr, "[]"), defaultPort)
}

// word reports whether s can stand unquoted in a command: anything else could
// end it and begin another.
func word(s string) bool {
	return s != "" && len(s) <= 255 && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"\=#`, r) }) < 0
}

// conn is a connection to a server.
type conn struct {
	net.Conn
	in      *bufio.Reader
	timeout time.Duration
}

// open connects and gives the name and the password.
func (c Config) open(ctx context.Context) (*conn, error) {
	d := net.Dialer{Timeout: c.Timeout}
	nc, err := d.DialContext(ctx, "tcp", c.address())
	if err != nil {
		return nil, fmt.Errorf("failed to reach the NUT server: %w", err)
	}
	k := &conn{Conn: nc, in: bufio.NewReaderSize(nc, maxLine), timeout: c.Timeout}
	for _, say := range [][2]string{{"USERNAME", c.User}, {"PASSWORD", c.Password}} {
		if say[1] == "" {
			continue
		}
		if !word(say[1]) {
			err = &answerError{"INVALID-" + say[0]}
		} else {
			err = k.ask(ctx, say[0]+" "+say[1], k.ok)
		}
		if err != nil {
			return nil, errors.Join(err, nc.Close())
		}
	}
	return k, nil
}

// ask says a line and reads what is answered, all of it by one deadline or
// until ctx ends.
func (k *conn) ask(ctx context.Context, line string, read func() error) error {
	if err := k.SetDeadline(time.Now().Add(k.timeout)); err != nil {
		return fmt.Errorf("failed to set a deadline: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = k.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := k.Write([]byte(line + "\n")); err != nil {
		return fmt.Errorf("failed to ask the NUT server: %w", err)
	}
	return read()
}

// line reads one line and tells errors of the server apart.
func (k *conn) line() (string, error) {
	raw, err := k.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", fmt.Errorf("%w: a line of more than %d bytes", errProtocol, maxLine)
	}
	if err != nil {
		return "", fmt.Errorf("failed to read the NUT server's answer: %w", err)
	}
	line := strings.TrimRight(string(raw), "\r\n")
	if code, no := strings.CutPrefix(line, "ERR "); no {
		code, _, _ = strings.Cut(code, " ")
		return "", &answerError{code}
	}
	return line, nil
}

func (k *conn) ok() error {
	line, err := k.line()
	if err == nil && line != "OK" && !strings.HasPrefix(line, "OK ") {
		err = errProtocol
	}
	return err
}

// vars asks for everything that the supply says.
func (k *conn) vars(ctx context.Context, ups string) (vars map[string]string, err error) {
	err = k.ask(ctx, "LIST VAR "+ups, func() (err error) {
		vars, err = readVars(ups, k.line)
		return err
	})
	return vars, err
}

// readVars reads the answer to LIST VAR, line by line.
func readVars(ups string, next func() (string, error)) (map[string]string, error) {
	line, err := next()
	if err != nil {
		return nil, err
	}
	if line != "BEGIN LIST VAR "+ups {
		return nil, fmt.Errorf("%w: the list does not begin", errProtocol)
	}
	vars := map[string]string{}
	for range maxVars {
		line, err := next()
		if err != nil {
			return nil, err
		}
		if line == "END LIST VAR "+ups {
			return vars, nil
		}
		rest, ok := strings.CutPrefix(line, "VAR "+ups+" ")
		name, quoted, found := strings.Cut(rest, " ")
		if !ok || !found || !word(name) {
			return nil, fmt.Errorf("%w: a line that is no variable", errProtocol)
		}
		if vars[name], err = unquote(quoted); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: more than %d variables", errProtocol, maxVars)
}

// unquote reads "a \"quoted\" value" (RFC 9271 section 4.1).
func unquote(s string) (string, error) {
	if len(s) < 2 || s[0] != '"' {
		return "", fmt.Errorf("%w: a value without quotes", errProtocol)
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
			if i == len(s) {
				return "", fmt.Errorf("%w: a value that does not end", errProtocol)
			}
			b.WriteByte(s[i])
		case '"':
			if i != len(s)-1 {
				return "", fmt.Errorf("%w: something behind a value", errProtocol)
			}
			return b.String(), nil
		default:
			b.WriteByte(s[i])
		}
	}
	return "", fmt.Errorf("%w: a value that does not end", errProtocol)
}

// why puts an error into a reason.
func why(err error) Why {
	var no *answerError
	switch {
	case errors.As(err, &no):
		switch no.code {
		case "UNKNOWN-UPS":
			return WhyNoSupply
		case "DRIVER-NOT-CONNECTED", "DATA-STALE":
			return WhyNoDriver
		case "ACCESS-DENIED", "INVALID-USERNAME", "INVALID-PASSWORD", "USERNAME-REQUIRED", "PASSWORD-REQUIRED":
			return WhyDenied
		}
		return WhyAnswer
	case errors.Is(err, errProtocol):
		return WhyAnswer
	}
	return WhyNoServer
}
