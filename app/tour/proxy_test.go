//go:build tour

package tour

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hello starts a server that answers "xin chao" and the network to it.
func hello(t *testing.T) (*line, *http.Client) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, io.MultiReader(strings.NewReader("xin chao "), r.Body))
	}))
	l, err := newLine(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		l.close()
		server.Close()
	})
	return l, client
}

func post(l *line, client *http.Client, body string) (string, int, error) {
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Post("http://"+l.addr(), "text/plain", strings.NewReader(body))
	if err != nil {
		return "", 0, err
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	return string(got), answer.StatusCode, err
}

func TestLineStates(t *testing.T) {
	l, client := hello(t)
	for _, step := range []struct {
		state, want string
		status      int
		broken      bool
	}{
		{state: networkUp, want: "xin chao an", status: 200},
		{state: networkDown, broken: true},
		{state: networkCaptive, want: "<html><title>Wi-Fi</title>Please log in</html>", status: 302},
		{state: networkUp, want: "xin chao an", status: 200},
	} {
		if err := l.set(step.state); err != nil {
			t.Fatal(err)
		}
		got, status, err := post(l, client, "an")
		if step.broken != (err != nil) {
			t.Fatalf("%s: error %v", step.state, err)
		}
		if !step.broken && (got != step.want || status != step.status) {
			t.Errorf("%s: got %d %q, want %d %q", step.state, status, got, step.status, step.want)
		}
	}
	if err := l.set("flaky"); err == nil {
		t.Error("a state that does not exist was taken")
	}
}

// A connection that is open when the line is cut breaks at once.
func TestLineCutsWhatIsUnderWay(t *testing.T) {
	l, _ := hello(t)
	conn, err := net.Dial("tcp", l.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	cut := make(chan error, 1)
	go func() {
		_, err := bufio.NewReader(conn).ReadString('!')
		cut <- err
	}()
	// The proxy may not have met the connection yet: cut it when it has.
	for kept := false; !kept; {
		l.mu.Lock()
		kept = len(l.conns) == 2
		l.mu.Unlock()
	}
	if err := l.set(networkDown); err != nil {
		t.Fatal(err)
	}
	if err := <-cut; err == nil || strings.Contains(err.Error(), "timeout") {
		t.Errorf("the open connection did not break: %v", err)
	}
}

// A slow line delivers whole, but takes its time: 300 ms and the rate.
func TestLineSlow(t *testing.T) {
	l, client := hello(t)
	if err := l.set(networkSlow); err != nil {
		t.Fatal(err)
	}
	body := string(bytes.Repeat([]byte("0123456789abcdef"), 256)) // 4 KiB there and 4 KiB back
	start := time.Now()
	got, _, err := post(l, client, body)
	if err != nil || got != "xin chao "+body {
		t.Fatalf("the answer is not whole: %d bytes, %v", len(got), err)
	}
	least := 2*slowDelay + 2*time.Duration(len(body))*time.Second/slowBytesPerSec
	if took := time.Since(start); took < least {
		t.Errorf("took %v, a line of 300 ms and 256 kbit/s takes at least %v", took, least)
	}
}
