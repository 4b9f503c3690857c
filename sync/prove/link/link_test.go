package link

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	_ "tramhoso/sync/prove/seeds" // so that -seeds means nothing here
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// In virtual time a direction keeps its rate, its delay and its order exactly.
func TestDirection(t *testing.T) {
	for name, tt := range map[string]struct {
		c     Conditions
		sizes []int
		want  []time.Duration // when each arrives; a packet that is dropped has none
	}{
		"perfect":       {Conditions{}, []int{100, 100}, []time.Duration{0, 0}},
		"delay":         {Conditions{Delay: 150 * time.Millisecond}, []int{100, 1400}, []time.Duration{150e6, 150e6}},
		"rate":          {Conditions{Rate: 8000}, []int{100, 400}, []time.Duration{100e6, 500e6}},
		"rate and then": {Conditions{Rate: 8000, Delay: time.Second}, []int{100, 400}, []time.Duration{1100e6, 1500e6}},
		"full queue":    {Conditions{Rate: 8000, Queue: 500}, []int{400, 400, 100}, []time.Duration{400e6, 500e6}},
		"all lost":      {Conditions{Loss: 1}, []int{1, 2, 3}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDirection(1)
				d.set(tt.c)
				ctx, cancel := context.WithCancel(t.Context())
				begin := time.Now()
				var got []time.Duration
				go d.deliver(ctx, func([]byte) { got = append(got, time.Since(begin)) })
				for _, n := range tt.sizes {
					d.take(make([]byte, n))
				}
				time.Sleep(time.Minute)
				cancel()
				synctest.Wait()
				if len(got) != len(tt.want) {
					t.Fatalf("%v arrived, want %v", got, tt.want)
				}
				for i := range got {
					if got[i] != tt.want[i] {
						t.Errorf("packet %d after %v, want %v", i, got[i], tt.want[i])
					}
				}
			})
		})
	}
}

func TestLossIsDrawnFromTheSeed(t *testing.T) {
	lost := func(seed uint64) int64 {
		d := newDirection(seed)
		d.set(Conditions{Loss: 0.1})
		for range 2000 {
			d.take([]byte{1})
		}
		return d.count().Lost
	}
	if a, b := lost(7), lost(7); a != b || a < 120 || a > 280 {
		t.Errorf("%d and %d of 2000 lost at 10 %%", a, b)
	}
	if lost(7) == lost(8) && lost(7) == lost(9) {
		t.Error("the seed does not matter")
	}
}

func TestACutLineCarriesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDirection(1)
		d.set(Conditions{Delay: time.Second})
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		go d.deliver(ctx, func([]byte) { n++ })
		d.take([]byte{1}) // on its way when the line is cut
		d.setCut(true)
		d.take([]byte{2})
		time.Sleep(2 * time.Second)
		d.setCut(false)
		d.take([]byte{3})
		time.Sleep(2 * time.Second)
		cancel()
		synctest.Wait()
		if n != 1 {
			t.Errorf("%d arrived", n)
		}
	})
}

// The kernel's TCP carries everything over a line that loses every tenth packet.
func TestRelayOverALossyLine(t *testing.T) {
	l, err := New(3)
	must(t, err)
	defer func() { must(t, l.Close()) }()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { must(t, ln.Close()) }()
	go func() { // says back what it hears, when it heard it all
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				b, _ := io.ReadAll(c)
				_, _ = c.Write(b)
				_ = c.Close()
			}()
		}
	}()
	r, err := l.Relay(ln.Addr().String())
	must(t, err)
	defer func() { must(t, r.Close()) }()
	bad := Conditions{Delay: 2 * time.Millisecond, Loss: 0.1, Rate: 20e6}
	l.Set(bad, bad)
	sent := make([]byte, 200<<10)
	rnd := rand.NewChaCha8([32]byte{1})
	_, _ = rnd.Read(sent)
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", r.Addr())
	must(t, err)
	_, err = c.Write(sent)
	must(t, err)
	must(t, c.(*net.TCPConn).CloseWrite())
	got, err := io.ReadAll(c)
	must(t, err)
	must(t, c.Close())
	if !bytes.Equal(sent, got) {
		t.Errorf("%d bytes came back of %d", len(got), len(sent))
	}
	up, down := l.Counts()
	if up.Lost == 0 || down.Lost == 0 || up.Bytes < int64(len(sent)) {
		t.Errorf("up %+v, down %+v", up, down)
	}
}

func TestSides(t *testing.T) {
	l, err := New(1)
	must(t, err)
	defer func() { must(t, l.Close()) }()
	if _, err := l.Near.Dial(t.Context(), netip.AddrPortFrom(farAddr, 9)); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a port where nobody listens: %v", err)
	}
	l.Cut()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := l.Near.Dial(ctx, netip.AddrPortFrom(farAddr, 9)); ctx.Err() == nil || err == nil {
		t.Errorf("over a cut line: %v", err)
	}
	var out strings.Builder
	cmd := exec.CommandContext(t.Context(), "cat", "/proc/net/dev")
	cmd.Stdout = &out
	must(t, l.Far.Start(cmd))
	must(t, cmd.Wait())
	if !strings.Contains(out.String(), "line:") || strings.Contains(out.String(), "eth0:") {
		t.Errorf("a program of the far side sees\n%s", &out)
	}
}
