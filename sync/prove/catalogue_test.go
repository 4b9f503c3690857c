package prove

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/portal/demo"
)

// counting is a station's way to its portal that notes which catalogue it asks
// for, and how many bytes come.
type counting struct {
	inbox.Portal
	mu     sync.Mutex
	deltas int
	whole  int
	parts  []int // bytes that were there before, by call for the whole
	tamper bool
}

func (c *counting) Delta(ctx context.Context, from int) (client.Fetched, error) {
	f, err := c.Portal.Delta(ctx, from)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deltas++
	if c.tamper && len(f.Body) > 0 {
		f.Body = bytes.Clone(f.Body)
		f.Body[len(f.Body)-1] ^= 1
	}
	return f, err
}

func (c *counting) Catalogue(ctx context.Context, tag string, part client.Fetched) (client.Fetched, error) {
	f, err := c.Portal.Catalogue(ctx, tag, part)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.whole++
	c.parts = append(c.parts, len(part.Body))
	return f, err
}

func (c *counting) take() (deltas, whole int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	deltas, whole = c.deltas, c.whole
	c.deltas, c.whole = 0, 0
	return deltas, whole
}

// runOver follows through p.
func (w *world) runOver(p inbox.Portal) {
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error)
	st := w.station
	go func() { done <- st.Run(ctx, st.Link, p) }()
	w.stop = func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			w.t.Error(err)
		}
	}
}

func (w *world) version(want int) func() bool {
	return func() bool {
		c, err := w.station.Province.Catalogue()
		return err == nil && c.Version() == want
	}
}

func (w *world) publish(edit func(*catalogue.Snapshot)) (version int) {
	w.t.Helper()
	s := demo.Snapshot()
	edit(&s)
	version, err := w.portal.Publish(w.t.Context(), s)
	must(w.t, err)
	return version
}

// What a province publishes comes as a delta, stays through a restart, and takes
// away what is gone.
func TestCatalogueDelta(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	way := &counting{Portal: w.station.Link}
	w.runOver(way)
	w.until("the first catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	if d, whole := way.take(); d != 0 || whole != 1 {
		t.Errorf("the first sync took %d deltas and the whole %d times", d, whole)
	}
	gone := demo.Snapshot().Procedures[1].Code
	edit := func(s *catalogue.Snapshot) {
		s.Procedures = slices.Delete(s.Procedures, 1, 2)
		fresh := s.Procedures[0]
		fresh.Code, fresh.Name = "9.000001", dossier.Text{"vi": "Thủ tục mới"}
		s.Procedures = append(s.Procedures, fresh)
	}
	v := w.publish(edit)
	look := func(when string) {
		t.Helper()
		c, err := w.station.Province.Catalogue()
		must(t, err)
		if p, err := c.Procedure("9.000001"); err != nil || p.Name["vi"] != "Thủ tục mới" {
			t.Errorf("%s: the new procedure: %v", when, err)
		}
		if _, err := c.Procedure(gone); dossier.CodeOf(err) != dossier.CodeProcedureUnknown {
			t.Errorf("%s: the tombstone: %v", when, err)
		}
	}
	w.until("the delta", w.version(v))
	look("online")
	if d, whole := way.take(); d != 1 || whole != 0 {
		t.Errorf("one change took %d deltas and the whole %d times", d, whole)
	}

	// A gap of many versions is one delta.
	w.line.cut()
	for range 5 {
		_, err := w.portal.Withdraw(t.Context(), "9.000001")
		must(t, err)
	}
	v, err := w.portal.Withdraw(t.Context(), "1.004873")
	must(t, err)
	w.line.mend()
	w.station.Inbox.Wake()
	w.until("the gap", w.version(v))
	if d, whole := way.take(); d != 1 || whole != 0 {
		t.Errorf("a gap of six took %d deltas and the whole %d times", d, whole)
	}

	w.crash()
	w.open()
	if !w.version(v)() {
		t.Fatal("the restart lost a delta")
	}
	c, err := w.station.Province.Catalogue()
	must(t, err)
	for _, code := range []string{"1.004873", "9.000001"} {
		if _, err := c.Procedure(code); dossier.CodeOf(err) != dossier.CodeProcedureWithdrawn {
			t.Errorf("after the restart %s: %v", code, err)
		}
	}

	// A delta whose bytes are not the province's is refused; the whole comes.
	way = &counting{Portal: w.station.Link, tamper: true}
	w.runOver(way)
	v = w.publish(func(*catalogue.Snapshot) {})
	w.until("the whole behind a bad delta", w.version(v))
	if d, whole := way.take(); d != 1 || whole != 1 {
		t.Errorf("a tampered delta: %d deltas and the whole %d times", d, whole)
	}
	if !strings.Contains(w.log.String(), "no delta leads on") {
		t.Error("nothing was logged")
	}
}

// After very many deltas the whole comes once and they begin anew.
func TestCatalogueChainEnds(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	way := &counting{Portal: w.station.Link}
	w.runOver(way)
	w.until("the first catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	way.take()
	whole := 0
	for i := range 40 {
		v := w.publish(func(s *catalogue.Snapshot) { s.Topics[0].Name = dossier.Text{"vi": fmt.Sprint("Việc ", i)} })
		w.until("the next", w.version(v))
		_, n := way.take()
		whole += n
	}
	if whole != 1 {
		t.Errorf("40 versions took the whole %d times", whole)
	}
	w.crash()
	w.open()
	c, err := w.station.Province.Catalogue()
	must(t, err)
	if got := c.Topics()[0].Name["vi"]; got != "Việc 39" {
		t.Errorf("after the restart: %s", got)
	}
}

// A first sync that is cut in the middle goes on from there, even after the
// station's own restart.
func TestFirstSyncGoesOn(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	noise := make([]byte, 300<<10) // does not compress
	_, _ = rand.Read(noise)
	w.publish(func(s *catalogue.Snapshot) {
		p := s.Procedures[0]
		p.Code, p.About = "9.000002", dossier.Text{"vi": base64.StdEncoding.EncodeToString(noise)}
		s.Procedures = append(s.Procedures, p)
	})
	way := &counting{Portal: w.station.Link}
	w.line.downAfter(200 << 10)
	w.runOver(way)
	w.until("the cut", func() bool {
		d, err := w.station.Store.Document(t.Context(), "part")
		return err == nil && len(d.Content) > 0
	})
	w.crash()
	w.line.mend()
	w.open()
	way = &counting{Portal: w.station.Link}
	w.runOver(way)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	way.mu.Lock()
	defer way.mu.Unlock()
	if len(way.parts) != 1 || way.parts[0] < 100<<10 {
		t.Errorf("went on from %v", way.parts)
	}
	if d, err := w.station.Store.Document(t.Context(), "part"); err != nil || len(d.Content) != 0 {
		t.Errorf("the part is still here: %v", err)
	}
}
