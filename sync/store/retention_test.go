package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/sync/dossier"
)

// Each class of record is there a moment before its life ends and gone when it
// has.
func TestRetention(t *testing.T) {
	held := func(t *testing.T, b *bench, counter, durable uint64) {
		_, err := b.Held(t.Context(), dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: counter}, "r")
		must(t, err)
		must(t, b.Durable(t.Context(), "", durable))
	}
	body := func(t *testing.T, b *bench) bool {
		_, err := b.Packet(t.Context(), "p-1")
		return found(t, err)
	}
	paper := func(t *testing.T, b *bench) bool {
		j, err := b.PrintJob(t.Context(), 1)
		must(t, err)
		if (j.Key == nil) != (j.Sealed == nil) {
			t.Error("a paper without its key, or a key without its paper")
		}
		return j.Key != nil
	}
	cards := func(t *testing.T, b *bench) bool {
		_, err := b.Kept(t.Context(), "p-1")
		for _, class := range []Class{ClassCitizen, ClassCounter} {
			list, err2 := b.Cards(t.Context(), "p-1", class)
			must(t, err2)
			if (len(list) > 0) != found(t, err) {
				t.Errorf("%d %s cards", len(list), class)
			}
		}
		file, err2 := b.HasResultFile(t.Context(), "p-1")
		must(t, err2)
		if file != found(t, err) {
			t.Error("the result's file has another life than the cards")
		}
		return found(t, err)
	}
	news := func(t *testing.T, b *bench) {
		_, err := b.Apply(t.Context(), Cursor{N: 1}, []Card{{Packet: "p-1", Class: ClassCounter, Mark: "n", Sealed: []byte("s"), File: []byte("pdf")}})
		must(t, err)
	}
	const never = 0
	tests := []struct {
		name  string
		begin func(t *testing.T, b *bench)
		life  time.Duration
		there func(t *testing.T, b *bench) bool
	}{
		{"a body with a receipt", func(t *testing.T, b *bench) { held(t, b, 1, 0) }, BodyLife, body},
		{"a body that waits", func(*testing.T, *bench) {}, never, body},
		{"a body that is offered again", func(t *testing.T, b *bench) {
			held(t, b, 1, 0)
			_, err := b.Watermark(t.Context(), "", 1, 0, 0)
			must(t, err)
		}, never, body},
		{"a paper that was printed", func(t *testing.T, b *bench) {
			must(t, b.SetPrint(t.Context(), 1, PrintSending, ""))
			must(t, b.SetPrint(t.Context(), 1, PrintPrinted, ""))
		}, PrintKeyLife, paper},
		{"a paper that nobody printed", func(*testing.T, *bench) {}, PrintKeyLast, paper},
		{"the cards of what was handed over", func(t *testing.T, b *bench) {
			news(t, b)
			_, err := b.Commit(t.Context(), handover("h", "p-1"))
			must(t, err)
		}, HandedCardLife, cards},
		{"the cards of what went another way", func(t *testing.T, b *bench) {
			held(t, b, 1, 0)
			b.clock = b.clock.Add(SilentCardLife - time.Hour) // old, and heard of just now
			news(t, b)
		}, SilentCardLife, cards},
		{"the cards of what was never sent", func(t *testing.T, b *bench) {
			_, err := b.Commit(t.Context(), Submission{Token: "other", Build: func(seq, _ uint64) (Rows, error) {
				return Rows{Packet: frozen(seq, dossier.KindMessage, "b"), Digest: digestOf(seq), Priority: PriorityPacket}, nil
			}})
			must(t, err)
			news(t, b)
		}, never, cards},
		{"the first result of a tap", func(*testing.T, *bench) {}, SubmitLife, func(t *testing.T, b *bench) bool {
			_, err := b.r.FirstResult(t.Context(), "t")
			return err == nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, t.TempDir(), Options{})
			_, err := b.Commit(t.Context(), visit("t"))
			must(t, err)
			tt.begin(t, b)
			sweep := func(after time.Duration) bool {
				b.clock = b.clock.Add(after)
				_, err := b.Sweep(t.Context())
				must(t, err)
				return tt.there(t, b)
			}
			if !sweep(0) {
				t.Fatal("gone at once")
			}
			if tt.life == never {
				if !sweep(10 * SilentCardLife) {
					t.Error("gone")
				}
				return
			}
			if !sweep(tt.life - time.Millisecond) {
				t.Error("gone too early")
			}
			if sweep(time.Millisecond) {
				t.Error("still there")
			}
		})
	}
}

func found(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Fatal(err)
	}
	return err == nil
}

// secret is a text that stands for sealed bytes, long enough to be found again
// and different for every record.
func secret(what string, n, size int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "<%s of %04d>", what, n), size/10+1)
}

// What was destroyed is in no file of the folder any more: not in the database,
// not in its log, and not after a power cut in the middle.
func TestDestroyedBytesAreGone(t *testing.T) {
	const visits = 120
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	for i := 1; i <= visits; i++ {
		sub := visit(fmt.Sprint(i))
		build := sub.Build
		sub.Build = func(seq, serial uint64) (Rows, error) {
			r, err := build(seq, serial)
			r.Packet.Body = secret("body", i, 100+i*53%9000) // some within a page, some over several
			r.Print.Key, r.Print.Sealed = secret("key", i, 40), secret("paper", i, 100+i*97%5000)
			r.Cards[0].Sealed, r.Cards[1].Sealed = secret("citizen", i, i*31%3000), secret("counter", i, i*13%3000)
			return r, err
		}
		_, err := b.Commit(ctx, sub)
		must(t, err)
	}
	whole := map[string]bool{}
	for _, what := range []string{"body", "key", "paper", "citizen", "counter"} {
		whole[what] = true
		if !inAnyFile(t, b.Dir(), secret(what, 1, 0)) {
			t.Fatalf("the search does not find the %s that is there", what)
		}
	}
	// Every other dossier goes: what goes lies between what stays.
	for i := 2; i <= visits; i += 2 {
		packet := fmt.Sprintf("p-%d", i)
		_, err := b.Held(ctx, dossier.Receipt{Packet: packet, Digest: digestOf(uint64(i)), Counter: uint64(i)}, "r")
		must(t, err)
		must(t, b.Durable(ctx, "", visits))
		must(t, b.SetPrint(ctx, int64(i), PrintSending, ""))
		must(t, b.SetPrint(ctx, int64(i), PrintPrinted, ""))
		_, err = b.Commit(ctx, handover(fmt.Sprint("h", i), packet))
		must(t, err)
	}
	b.clock = b.clock.Add(HandedCardLife)
	for i := 1; i <= visits; i += 2 { // young papers among the old
		_, err := b.Reprint(ctx, int64(i))
		must(t, err)
	}
	_, err := b.Sweep(ctx)
	must(t, err)
	check := func(dir string) {
		t.Helper()
		for i := 1; i <= visits; i++ {
			for what := range whole {
				gone := i%2 == 0
				if there := inAnyFile(t, dir, secret(what, i, 0)); there == gone && (gone || what == "body") {
					t.Errorf("the %s of %d: there %v", what, i, there)
				}
			}
		}
	}
	check(b.Dir())
}

// A power cut between the destruction and the clearing of the log leaves nothing
// behind either.
func TestDestroyedBytesAreGoneAfterAPowerCut(t *testing.T) {
	var after string
	o := Options{}
	b := &bench{}
	o.Point = func(p Point) error {
		if p == (Point{"sweep", After}) && after == "" {
			after = powerCut(t, b.Dir())
		}
		return nil
	}
	*b = *open(t, t.TempDir(), o)
	_, err := b.Commit(t.Context(), visit("t"))
	must(t, err)
	_, err = b.AddPrint(t.Context(), "p-1", Print{Kind: "form01", Sealed: secret("paper", 1, 3000), Key: secret("key", 1, 40)})
	must(t, err)
	b.now = func() time.Time { return time.Date(2026, 8, 14, 9, 24, 0, 0, time.UTC) }
	_, err = b.Sweep(t.Context())
	must(t, err)
	if !inAnyFile(t, after, secret("key", 1, 0)) {
		t.Fatal("the cut did not come in time: the test shows nothing")
	}
	open(t, after, Options{})
	if inAnyFile(t, after, secret("key", 1, 0)) || inAnyFile(t, after, secret("paper", 1, 0)) {
		t.Error("the key survived")
	}
}

// onDisk looks for bytes in every file of a folder.
func inAnyFile(t *testing.T, dir string, what []byte) (there bool) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		there = there || bytes.Contains(raw, what)
		return err
	}))
	return there
}

// How long each class lives is a promise to citizens; whoever changes it changes
// this too.
func TestLivesArePromised(t *testing.T) {
	const day = 24 * time.Hour
	for name, life := range map[string][2]time.Duration{
		"body": {BodyLife, 30 * day}, "printed paper": {PrintKeyLife, day}, "unprinted paper": {PrintKeyLast, 7 * day},
		"cards": {HandedCardLife, 30 * day}, "silent cards": {SilentCardLife, 730 * day}, "draft": {DraftLife, 10 * time.Minute},
	} {
		if life[0] != life[1] {
			t.Errorf("%s: %v, promised %v", name, life[0], life[1])
		}
	}
}
