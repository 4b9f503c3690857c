package store

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
)

// fill commits visits until the log holds so many pages that the database does
// not have.
func fill(t *testing.T, b *bench, pages int) {
	t.Helper()
	for n := 0; ; n++ {
		all, moved, err := b.logLength(t.Context())
		must(t, err)
		if all-moved >= pages {
			return
		}
		long(t, b, fmt.Sprintf("%d pages, %d", pages, n))
	}
}

// long commits what takes as many pages as one submission can.
func long(t *testing.T, b *bench, token string) {
	t.Helper()
	body := strings.Repeat("b", MaxBody)
	_, err := b.Commit(t.Context(), Submission{Token: token, Build: func(seq, _ uint64) (Rows, error) {
		return Rows{Packet: frozen(seq, dossier.KindMessage, body), Digest: digestOf(seq), Priority: PriorityPacket}, nil
	}})
	must(t, err)
}

// stopped is a store whose log nobody moves.
func stopped(t *testing.T) *bench {
	b := open(t, t.TempDir(), Options{})
	b.mover.stop()
	return b
}

// No submit waits for a checkpoint, however long the log has become.
func TestCommitsLeaveTheLogAlone(t *testing.T) {
	b := stopped(t)
	fill(t, b, movePages+500)
	if _, moved, err := b.logLength(t.Context()); err != nil || moved != 0 {
		t.Errorf("%d pages were moved by commits, %v", moved, err)
	}
}

// A long log is moved by itself and then begins anew.
func TestTheLogIsMoved(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	before := 0
	for n := 0; ; n++ {
		all, moved, err := b.logLength(t.Context())
		must(t, err)
		if moved > 0 || all < before {
			break
		}
		before = all
		if all < moveAtCommit-movePages { // else it would be a commit's work
			long(t, b, fmt.Sprint(n))
		}
		runtime.Gosched() // it is on its way
	}
	must(t, b.MoveLog(t.Context())) // what came meanwhile
	_, err := b.Commit(t.Context(), visit("next"))
	must(t, err)
	if all, _, err := b.logLength(t.Context()); err != nil || all >= lookEvery {
		t.Errorf("the log goes on at %d pages, %v", all, err)
	}
}

// Where the log is not moved in time, it does not grow without an end.
func TestTheLogIsBounded(t *testing.T) {
	b := stopped(t)
	fill(t, b, moveAtCommit-movePages)
	longest := 0
	for n := range 2 * lookEvery {
		long(t, b, fmt.Sprintf("one more %d", n))
		all, _, err := b.logLength(t.Context())
		must(t, err)
		longest = max(longest, all)
	}
	if longest < moveAtCommit || longest > moveAtCommit+movePages {
		t.Errorf("the log grew to %d pages", longest)
	}
}

// A short log is left where it is: a move costs two syncs.
func TestAShortLogIsLeft(t *testing.T) {
	b := stopped(t)
	fill(t, b, movePages/2)
	must(t, b.moveLong(t.Context()))
	if _, moved, err := b.logLength(t.Context()); err != nil || moved != 0 {
		t.Errorf("%d pages moved, %v", moved, err)
	}
	fill(t, b, movePages)
	must(t, b.moveLong(t.Context()))
	if all, moved, err := b.logLength(t.Context()); err != nil || moved != all {
		t.Errorf("%d of %d pages moved, %v", moved, all, err)
	}
}
