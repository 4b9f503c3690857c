package sticks

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/prove"
	_ "tramhoso/sync/prove/seeds" // -seeds is for all of sync/prove
	"tramhoso/sync/wire/stick"
)

var sick *Sick

func TestMain(m *testing.M) {
	ServeChild()
	flag.Parse()
	var err error
	if sick, err = Start(); err != nil {
		fmt.Println(err)
		fmt.Println("FAIL")
		os.Exit(1)
	}
	code := m.Run()
	if err := sick.Stop(); err != nil {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var begin = time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)

// world is a station that has no network any more, and its portal.
type world struct {
	t       *testing.T
	portal  *portal.Portal
	station *prove.Station
	n       int // dossiers
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	c := clock.NewFake(begin)
	log := slog.New(slog.DiscardHandler)
	var err error
	w.portal, err = portal.Open(t.Context(), portal.Options{Dir: filepath.Join(t.TempDir(), "portal"), Clock: c, Log: log,
		Catalogue: demo.Snapshot(), SlipHost: prove.SlipHost})
	must(t, err)
	t.Cleanup(func() { must(t, w.portal.Close()) })
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := w.portal.Listen(ctx, "127.0.0.1:0", "127.0.0.1:0")
	must(t, err)
	served := make(chan error)
	go func() { served <- srv.Run(ctx) }()
	w.station, err = prove.OpenStation(t.Context(), filepath.Join(t.TempDir(), "station"), c, log)
	must(t, err)
	t.Cleanup(func() { must(t, w.station.Close()) })
	tok, err := w.portal.IssueToken(t.Context(), ledger.Station{Code: prove.StationCode, Name: "Điểm BĐ-VHX Ea Thử", Address: "Xã Ea Thử"}, srv.URL())
	must(t, err)
	must(t, w.station.Link.Enrol(t.Context(), tok))
	cancel()
	must(t, <-served)
	return w
}

// submit keeps a dossier with papers of so many bytes each.
func (w *world) submit(papers ...int) (packet string) {
	w.t.Helper()
	w.n++
	var files []dossier.Attachment
	for i, size := range papers {
		noise := rand.NewChaCha8([32]byte{byte(w.n), byte(i)})
		a, err := w.station.Outbox.AddFile(w.t.Context(), fmt.Sprint("visit ", w.n), fmt.Sprint("plan", i), io.LimitReader(noise, int64(size)))
		must(w.t, err)
		files = append(files, a)
	}
	s, err := w.station.Outbox.SubmitDossier(w.t.Context(), fmt.Sprint("tap ", w.n), prove.Dossier(begin), "UBND xã Ea Thử",
		func(outbox.Facts) ([]byte, error) { return []byte("slip"), nil }, files...)
	must(w.t, err)
	return s.Packet
}

func (w *world) held(packet string) bool {
	w.t.Helper()
	st, err := w.station.Store.State(w.t.Context(), packet)
	must(w.t, err)
	return !st.Held.IsZero()
}

func (w *world) waiting() (packets, files int) {
	w.t.Helper()
	p, err := w.station.Store.Waiting(w.t.Context())
	must(w.t, err)
	f, err := w.station.Store.WaitingFiles(w.t.Context())
	must(w.t, err)
	return p.Packets, f.Files
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// wholeOnly checks that whatever has the name of a file of ours is one to its
// last byte.
func wholeOnly(t *testing.T, dir string) {
	t.Helper()
	for _, name := range names(t, dir) {
		if !strings.HasSuffix(name, string(stick.Up)) && !strings.HasSuffix(name, string(stick.Down)) {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		if _, err := stick.Unwrap(raw); err != nil {
			t.Errorf("%s has its name and is not whole: %v", name, err)
		}
	}
}
