package power

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStates(t *testing.T) {
	for status, want := range map[string]Condition{
		"OL": Mains, "OL CHRG": Mains, "OL LB CHRG": Mains, "OL BOOST": Mains, "OB": Battery, "OB DISCHRG": Battery, "OB DISCHRG LB": Low,
		"OL FSD": Low, "FSD OB LB": Low, "": Unknown, "WAIT": Unknown, "OFF": Unknown, "CAL": Unknown, "OL OB": Unknown, "LB": Unknown, "ol": Unknown,
	} {
		s := readState(map[string]string{"ups.status": status})
		if got := s.Condition(); got != want || s.Known != (want != Unknown) || (s.Why == WhyNone) != s.Known {
			t.Errorf("%q is %s %+v, not %s", status, got, s, want)
		}
	}
	if got := (State{}).Condition(); got != Unknown {
		t.Errorf("nothing is %s", got)
	}
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct {
		charge, runtime string
		want            State
	}{
		{"100", "3600", State{Charge: 100, Runtime: time.Hour}}, {"87.6", "90.5", State{Charge: 87, Runtime: 90 * time.Second}},
		{"", "", State{Charge: -1, Runtime: -1}}, {"-1", "-1", State{Charge: -1, Runtime: -1}}, {"101", "x", State{Charge: -1, Runtime: -1}},
		{"NaN", "NaN", State{Charge: -1, Runtime: -1}}, {"0", "1e300", State{Charge: 0, Runtime: maxRuntime}}, {"+Inf", "+Inf", State{Charge: -1, Runtime: maxRuntime}},
	} {
		tt.want.Known, tt.want.OnLine = true, true
		got := readState(map[string]string{"ups.status": "OL", "battery.charge": tt.charge, "battery.runtime": tt.runtime})
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%q, %q: %s", tt.charge, tt.runtime, d)
		}
	}
}

func TestParse(t *testing.T) {
	for in, addr := range map[string]string{"ups@localhost": "localhost:3493", "kiosk@127.0.0.1:3494": "127.0.0.1:3494", "u@[::1]": "[::1]:3493", "u@::1": "[::1]:3493"} {
		if c, err := Parse(in); err != nil || c.address() != addr {
			t.Errorf("%q: %v, %v", in, c.address(), err)
		}
	}
	for _, in := range []string{"", "ups", "@localhost", "ups@", "two words@localhost", "a\nLOGOUT@localhost", `"@localhost`} {
		if _, err := Parse(in); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}

// server answers connections one after another, each as a test says.
func server(t *testing.T, each ...func(in *bufio.Reader, c net.Conn)) Config {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		for _, f := range each {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			f(bufio.NewReader(c), c)
			_ = c.Close()
		}
		_ = ln.Close()
	})
	t.Cleanup(func() { _ = ln.Close(); work.Wait() })
	return Config{Addr: ln.Addr().String(), UPS: "u", Timeout: 5 * time.Second}
}

// says answers the first question and hangs up.
func says(answer string) func(*bufio.Reader, net.Conn) {
	return func(in *bufio.Reader, c net.Conn) {
		if _, err := in.ReadString('\n'); err == nil {
			_, _ = io.WriteString(c, answer)
		}
	}
}

const onLine = "BEGIN LIST VAR u\nVAR u ups.status \"OL\"\nVAR u ups.mfr \"a \\\"b\\\" \\\\\"\nEND LIST VAR u\n"

func TestAnswers(t *testing.T) {
	good := State{Known: true, OnLine: true, Charge: -1, Runtime: -1}
	for _, tt := range []struct {
		name          string
		first, second func(*bufio.Reader, net.Conn)
		want          State
	}{
		{"well", says(onLine), nil, good},
		{"a server that was restarted", says(""), says(onLine), good},
		{"nonsense once", says("HTTP/1.1 400 Bad Request\r\n\r\n"), says(onLine), good},
		{"nonsense twice", says("HTTP/1.1 400 Bad Request\r\n\r\n"), says("220 mail\r\n"), unknown(WhyAnswer)},
		{"nothing", says(""), says(""), unknown(WhyNoServer)},
		{"half a list", says("BEGIN LIST VAR u\nVAR u ups.status \"OL\"\n"), says(onLine[:40]), unknown(WhyNoServer)},
		{"another's list", says(strings.ReplaceAll(onLine, " u", " v")), says(strings.ReplaceAll(onLine, "VAR u ups", "VAR v ups")), unknown(WhyAnswer)},
		{"a line without an end", says(strings.Repeat("x", 3*maxLine)), says("BEGIN LIST VAR u\n" + strings.Repeat("x", 3*maxLine)), unknown(WhyAnswer)},
		{"a list without an end", says("BEGIN LIST VAR u\n" + strings.Repeat("VAR u a \"b\"\n", maxVars+1)),
			says("BEGIN LIST VAR u\n" + strings.Repeat("VAR u a \"b\"\n", maxVars+1)), unknown(WhyAnswer)},
		{"no such supply", says("ERR UNKNOWN-UPS\n"), nil, unknown(WhyNoSupply)},
		{"no driver", says("ERR DRIVER-NOT-CONNECTED\n"), nil, unknown(WhyNoDriver)},
		{"old data", says("ERR DATA-STALE\n"), nil, unknown(WhyNoDriver)},
		{"not for us", says("ERR ACCESS-DENIED\n"), nil, unknown(WhyDenied)},
		{"an error nobody knows", says("ERR SOMETHING more\n"), nil, unknown(WhyAnswer)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			each := []func(*bufio.Reader, net.Conn){tt.first}
			if tt.second != nil {
				each = append(each, tt.second)
			}
			if d := cmp.Diff(tt.want, Ask(t.Context(), server(t, each...))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNameAndPassword(t *testing.T) {
	var said []string
	c := server(t, func(in *bufio.Reader, c net.Conn) {
		for _, answer := range []string{"OK\n", "OK\n", onLine} {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			said = append(said, strings.TrimSpace(line))
			_, _ = io.WriteString(c, answer)
		}
	})
	c.User, c.Password = "reader", "secret"
	if s := Ask(t.Context(), c); s.Condition() != Mains {
		t.Errorf("%+v", s)
	}
	if d := cmp.Diff([]string{"USERNAME reader", "PASSWORD secret", "LIST VAR u"}, said); d != "" {
		t.Error(d)
	}
	for _, refused := range []Config{{User: "two words"}, {User: "a", Password: "b\nFSD u"}} {
		c := server(t, says("OK\n"), says("OK\n"))
		c.User, c.Password = refused.User, refused.Password
		if s := Ask(t.Context(), c); s != unknown(WhyDenied) {
			t.Errorf("%+v", s)
		}
	}
}

// A server that trickles costs one deadline a connection, and none once the
// watch is to end.
func TestATricklingServer(t *testing.T) {
	asked := make(chan struct{}, 2)
	trickle := func(in *bufio.Reader, c net.Conn) {
		if _, err := in.ReadString('\n'); err != nil {
			return
		}
		_, _ = io.WriteString(c, "BEGIN LIST")
		asked <- struct{}{}
		_, _ = in.ReadString('\n') // until we hang up
	}
	c := server(t, trickle)
	c.Timeout = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if err := Watch(ctx, c, func(s State) { t.Errorf("told %+v", s) }); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	c = server(t, trickle, trickle)
	c.Timeout = 10 * time.Millisecond
	if s := Ask(t.Context(), c); s.Known {
		t.Errorf("%+v", s)
	}
}

// FuzzVars: what is taken from a server is within the limits and never makes a
// state that contradicts itself.
func FuzzVars(f *testing.F) {
	f.Add([]byte(onLine))
	f.Add([]byte("BEGIN LIST VAR u\nVAR u ups.status \"OB LB\"\nVAR u battery.charge \"9\"\nVAR u battery.runtime \"60\"\nEND LIST VAR u\n"))
	f.Add([]byte("ERR DATA-STALE\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		k := &conn{in: bufio.NewReaderSize(strings.NewReader(string(raw)), maxLine)}
		vars, err := readVars("u", k.line)
		if err != nil {
			if why(err) == WhyNone {
				t.Error("an error without a reason")
			}
			return
		}
		if len(vars) > maxVars {
			t.Errorf("%d variables", len(vars))
		}
		s := readState(vars)
		if s.OnLine && s.OnBattery || !s.Known && (s.OnLine || s.OnBattery || s.Low) || s.Charge < -1 || s.Charge > 100 || s.Runtime < -1 || s.Runtime > maxRuntime {
			t.Errorf("%+v of %q", s, raw)
		}
	})
}
