package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tramhoso/device/twin"
)

const scannerHelp = `Each line is scanned as a code. \xHH, \r, \n, \t and \\ stand for bytes; a code
that begins with a colon is written \x3a… A line that begins with one commands:
  :twice CODE       the same code twice at once
  :pieces N CODE    N bytes at a time
  :raw BYTES        bytes as they are, without the model's frame
  :corrupt CODE     a code with a bit turned over in its middle
  :delay 200ms      a pause within every code from now on; 0s ends it
  :garbage          noise
  :lamp             whether it looks for codes now
  :unplug  :plug    pull the cable, put it back
  :quit             end; so does Ctrl-C`

// Scanner runs a simulated scanner until ctx ends or somebody types :quit.
func Scanner(ctx context.Context, cfg twin.ScannerConfig, in io.Reader, out io.Writer) error {
	t := &terminal{out: out}
	s, err := twin.NewScanner(cfg)
	if err != nil {
		return err
	}
	t.say("%s: a scanner, model %s; type :help", cfg.Link, s.Model())
	err = t.obey(ctx, in, func(line string) error { return scannerLine(t, s, line) })
	return errors.Join(err, s.Close(), t.err)
}

// scannerLine acts on a line that was typed.
func scannerLine(t *terminal, s *twin.Scanner, line string) error {
	if line == "" {
		return nil
	}
	if line[0] != ':' {
		code, err := Unescape(line)
		if err != nil {
			return err
		}
		return told(t, "scanned", code, s.Send(code))
	}
	word, rest, _ := strings.Cut(line[1:], " ")
	switch word {
	case "help", "?":
		t.say("%s", scannerHelp)
		return nil
	case "quit", "exit":
		return errQuit
	case "unplug":
		return s.Unplug()
	case "plug":
		return s.Plug()
	case "lamp":
		t.say("the lamp is %s", map[bool]string{true: "on", false: "off"}[s.Lamp()])
		return nil
	case "garbage":
		return s.Garbage()
	case "delay":
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 || d > time.Minute {
			return fmt.Errorf(":delay takes a time up to a minute such as 200ms, not %q", rest)
		}
		s.Delay(d)
		return nil
	case "twice", "raw", "corrupt":
		code, err := Unescape(rest)
		if err != nil {
			return err
		}
		switch word {
		case "raw":
			return told(t, "sent", code, s.Raw([]byte(code)))
		case "twice":
			return told(t, "scanned twice", code, s.SendTwice(code))
		}
		s.Corrupt(func(p []byte) []byte {
			if len(p) > 0 { // some models put nothing around a code
				p[len(p)/2] ^= 0x04
			}
			return p
		})
		return told(t, "scanned with an error", code, s.Send(code))
	case "pieces":
		size, text, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 {
			return fmt.Errorf(":pieces takes how many bytes and a code, not %q", rest)
		}
		code, err := Unescape(text)
		if err != nil {
			return err
		}
		return told(t, "scanned in pieces", code, s.SendInPieces(code, n))
	}
	return fmt.Errorf("no command :%s; type :help", word)
}

func told(t *terminal, what, code string, err error) error {
	if err != nil {
		return fmt.Errorf("not %s: %w", what, err)
	}
	t.say("%s: %d bytes", what, len(code))
	return nil
}

// ErrEscape is a backslash that stands for nothing.
var ErrEscape = errors.New(`only \xHH, \r, \n, \t and \\ stand for bytes`)

// Unescape reads the bytes that a typed line stands for.
func Unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		at := i // where the escape begins, counted from 1
		if i == len(s) {
			return "", fmt.Errorf("%w: character %d ends the line", ErrEscape, at)
		}
		switch s[i] {
		case 'r':
			b.WriteByte('\r')
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case '\\':
			b.WriteByte('\\')
		case 'x':
			if i+2 >= len(s) {
				return "", fmt.Errorf("%w: character %d lacks its two digits", ErrEscape, at)
			}
			v, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", fmt.Errorf("%w: character %d is followed by %q", ErrEscape, at, s[i+1:i+3])
			}
			b.WriteByte(byte(v))
			i += 2
		default:
			return "", fmt.Errorf("%w: character %d", ErrEscape, at)
		}
	}
	return b.String(), nil
}
