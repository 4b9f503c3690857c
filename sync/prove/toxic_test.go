package prove

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/token"
)

// toxics puts toxiproxy between the station and the portal of a world.
type toxics struct {
	t     *testing.T
	proxy *toxiproxy.Proxy
	names []string
}

func newToxics(t *testing.T, target string) *toxics {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, "country", freeAddr(t), target)
	must(t, server.Collection.Add(p, true))
	t.Cleanup(func() { must(t, server.Collection.Clear()) })
	return &toxics{t: t, proxy: p}
}

// freeAddr is an address that nothing listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	must(t, ln.Close())
	return ln.Addr().String()
}

// add poisons one way of the line: "upstream" is the station's way to the portal.
func (x *toxics) add(kind, stream, attributes string) {
	x.t.Helper()
	name := fmt.Sprintf("%s-%s", kind, stream)
	_, err := x.proxy.Toxics.AddToxicJson(strings.NewReader(
		fmt.Sprintf(`{"name":%q,"type":%q,"stream":%q,"attributes":%s}`, name, kind, stream, attributes)))
	must(x.t, err)
	x.names = append(x.names, name)
}

// heal takes all poison out again.
func (x *toxics) heal() {
	for _, name := range x.names {
		must(x.t, x.proxy.Toxics.RemoveToxic(context.Background(), name))
	}
	x.names = nil
}

// toxicWorld is a world whose line runs through toxiproxy, with an enrolled
// station.
func toxicWorld(t *testing.T) (*world, *toxics) {
	t.Helper()
	w := newWorld(t)
	x := newToxics(t, w.line.target)
	w.line.reroute(x.proxy.Listen)
	w.enrol()
	return w, x
}

// Whatever a line does to bytes and connections, every slip has one dossier at
// the portal and its news come back.
func TestOverAToxicLine(t *testing.T) {
	for name, poison := range map[string]func(*toxics){
		"latency": func(x *toxics) {
			x.add("latency", "upstream", `{"latency":80,"jitter":40}`)
			x.add("latency", "downstream", `{"latency":80,"jitter":40}`)
		},
		"slices": func(x *toxics) {
			x.add("slicer", "upstream", `{"average_size":90,"size_variation":80,"delay":50}`)
			x.add("slicer", "downstream", `{"average_size":90,"size_variation":80,"delay":50}`)
		},
		"bandwidth": func(x *toxics) { x.add("bandwidth", "upstream", `{"rate":32}`) },
		"slow and late and sliced": func(x *toxics) {
			x.add("bandwidth", "upstream", `{"rate":64}`)
			x.add("latency", "downstream", `{"latency":60,"jitter":20}`)
			x.add("slicer", "upstream", `{"average_size":200,"size_variation":100,"delay":10}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			w, x := toxicWorld(t)
			poison(x)
			w.submitAndFollow(3)
		})
	}
}

// Lines that break: after so many bytes of the way there or of the way back, or
// at any moment by a reset. The station tries, the line is mended, nothing is
// lost and nothing twice.
func TestOverALineThatBreaks(t *testing.T) {
	for name, poison := range map[string]func(*toxics){
		// 1,500 bytes end in the handshake, the others inside the packets.
		"upstream ends in the handshake": func(x *toxics) { x.add("limit_data", "upstream", `{"bytes":1500}`) },
		"upstream ends in a packet":      func(x *toxics) { x.add("limit_data", "upstream", `{"bytes":9000}`) },
		"upstream ends in a later one":   func(x *toxics) { x.add("limit_data", "upstream", `{"bytes":20000}`) },
		"the answer is cut":              func(x *toxics) { x.add("limit_data", "downstream", `{"bytes":4200}`) },
		"resets":                         func(x *toxics) { x.add("reset_peer", "upstream", `{"timeout":30}`) },
		"resets of answers":              func(x *toxics) { x.add("reset_peer", "downstream", `{"timeout":30}`) },
		"silence":                        func(x *toxics) { x.add("timeout", "downstream", `{"timeout":200}`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			w, x := toxicWorld(t)
			poison(x)
			var sent []string
			for i := range 4 {
				s, _ := w.submit(fmt.Sprint("tap ", i))
				sent = append(sent, s.Packet)
			}
			ctx, broke := t.Context(), 0
			for range 3 { // what the queue does between its pauses
				for _, id := range sent {
					pk, err := w.station.Store.Packet(ctx, id)
					must(t, err)
					_, _, err = w.station.Link.Put(ctx, pk)
					if err == nil {
						continue
					}
					broke++
					if code := dossier.CodeOf(err); code != dossier.CodeNoNetwork {
						t.Errorf("a broken line is %q: %v", code, err)
					}
				}
			}
			if broke == 0 {
				t.Error("the line never broke")
			}
			x.heal()
			w.run(w.station.Link)
			for _, id := range sent {
				w.until("the receipt", w.held(id))
			}
			if n := w.count(); n != len(sent) {
				t.Errorf("%d slips and %d dossiers", len(sent), n)
			}
		})
	}
}

// submitAndFollow submits n dossiers over the line as it is, and follows each to
// its acceptance.
func (w *world) submitAndFollow(n int) {
	w.t.Helper()
	w.run(w.station.Link)
	var slips []token.Slip
	for i := range n {
		s, slip := w.submit(fmt.Sprint("tap ", i))
		slips = append(slips, slip)
		w.until("the receipt", w.held(s.Packet))
		w.act(s.Packet, portal.ActAccept)
	}
	for _, slip := range slips {
		w.until("the acceptance", w.status(slip, dossier.StatusAccepted))
	}
	if got := w.count(); got != n {
		w.t.Errorf("%d slips and %d dossiers", n, got)
	}
}
