package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
)

const damagedVisits = 60

// copied is a copy of a folder.
func copied(t *testing.T, from string) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(from)))
	return dir
}

// used is a folder that a station has worked with.
func used(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	must(t, err)
	for i := 1; i <= damagedVisits; i++ {
		sub := visit(fmt.Sprint("t", i))
		build := sub.Build
		sub.Build = func(seq, serial uint64) (Rows, error) {
			r, err := build(seq, serial)
			r.Packet.Body = secret("body", i, 3000)
			return r, err
		}
		_, err := s.Commit(t.Context(), sub)
		must(t, err)
	}
	_, err = s.Held(t.Context(), dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1}, "r")
	must(t, err)
	must(t, s.Durable(t.Context(), "", 1))
	_, err = s.Sweep(t.Context())
	must(t, err)
	must(t, s.PutDraft(t.Context(), "d", secret("draft", 1, 9000)))
	must(t, s.PutDocument(t.Context(), DocCatalogue, "1", secret("catalogue", 1, 40_000)))
	must(t, s.PutDocument(t.Context(), DocEnrolment, "", []byte("who we are")))
	must(t, s.Close())
	return dir
}

// alter runs SQL against a closed folder, whatever refers to what.
func alter(t *testing.T, dir string, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, fileName))
	must(t, err)
	_, err = db.Exec(script)
	must(t, err)
	must(t, db.Close())
}

const pageBytes = 4096

// spoil overwrites pages of the database with noise.
func spoil(t *testing.T, dir string, pages ...int64) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, fileName), os.O_RDWR, 0)
	must(t, err)
	for _, p := range pages {
		_, err := f.WriteAt(bytes.Repeat([]byte{0xa7}, pageBytes), (p-1)*pageBytes)
		must(t, err)
	}
	must(t, f.Close())
}

// root is the first page of a table or an index.
func root(t *testing.T, dir, name string) (page int64) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, fileName))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	must(t, db.QueryRow(`SELECT rootpage FROM sqlite_master WHERE name = ?`, name).Scan(&page))
	return page
}

// pageWith is the last page on which a text lies.
func pageWith(t *testing.T, dir string, text []byte) int64 {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, fileName))
	must(t, err)
	i := bytes.LastIndex(raw, text)
	if i < 0 {
		t.Fatalf("%s is not in the database", text)
	}
	return int64(i)/pageBytes + 1
}

// What can be mended is mended, told, and nothing that counts is missing.
func TestDamageThatIsMended(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, dir string)
		found string
		lost  bool
	}{
		{"nothing", func(*testing.T, string) {}, "", false},
		{"an index", func(t *testing.T, dir string) { spoil(t, dir, root(t, dir, "sqlite_autoindex_packets_1")) }, "written anew", false},
		{"every index that has pages of its own", func(t *testing.T, dir string) {
			for _, name := range []string{"sqlite_autoindex_packets_1", "print_jobs_open", "dossiers_id_index", "sqlite_autoindex_cards_1"} {
				spoil(t, dir, root(t, dir, name))
			}
		}, "written anew", false},
		{"interrupted visits", func(t *testing.T, dir string) { spoil(t, dir, root(t, dir, "drafts")) }, "drafts: only 0 rows", true},
		{"the catalogue", func(t *testing.T, dir string) {
			spoil(t, dir, pageWith(t, dir, []byte("<catalogue of 0001>"))-4) // in the middle of its chain of pages
		}, "the document catalogue cannot be read", true},
		{"a packet that left the outbox", func(t *testing.T, dir string) { alter(t, dir, `DELETE FROM outbox WHERE seq = 7`) },
			"1 packets without a receipt were not in the outbox", false},
		{"a purged packet in the outbox", func(t *testing.T, dir string) { alter(t, dir, `INSERT INTO outbox (seq, priority) VALUES (1, 2)`) },
			"1 packets in the outbox were receipted and purged", false},
		{"a body that is gone", func(t *testing.T, dir string) {
			alter(t, dir, `INSERT INTO packets (seq, id, kind, parent, digest, created_ms, jws)
			SELECT 61, 'p-61', kind, parent, 'd', created_ms, jws FROM packets WHERE seq = 60; UPDATE counters SET value = 61 WHERE name = 'seq'`)
		},
			"1 packets have neither a body nor a receipt", true},
	}
	station := used(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := copied(t, station)
			tt.spoil(t, dir)
			b := open(t, dir, Options{})
			for _, f := range b.Findings() {
				if tt.found == "" {
					t.Errorf("found %q", f.What)
				}
			}
			if tt.found != "" && !slices.ContainsFunc(b.Findings(), func(f Finding) bool { return strings.Contains(f.What, tt.found) && f.Lost == tt.lost }) {
				t.Errorf("found %+v, want %q", b.Findings(), tt.found)
			}
			out, err := b.Outgoing(t.Context(), 100)
			must(t, err)
			if len(out) != damagedVisits-1 {
				t.Errorf("%d packets wait, want %d", len(out), damagedVisits-1)
			}
			for i := 2; i <= damagedVisits; i++ {
				p, err := b.Packet(t.Context(), fmt.Sprint("p-", i))
				must(t, err)
				if !bytes.Equal(p.Body, secret("body", i, 3000)) {
					t.Errorf("packet %d is another", i)
				}
			}
			if d, err := b.Document(t.Context(), DocEnrolment); err != nil || string(d.Content) != "who we are" {
				t.Errorf("the enrolment: %v", err)
			}
			c, err := b.Commit(t.Context(), visit("t3"))
			must(t, err)
			if !c.Again || c.Seq != 3 {
				t.Errorf("a tap from before: %+v", c)
			}
			if c, err = b.Commit(t.Context(), visit("next")); err != nil || c.SlipSerial != damagedVisits+1 {
				t.Errorf("the next: %+v, %v", c, err)
			}
			must(t, b.Store.write.QueryRow(`PRAGMA integrity_check`).Scan(new(string)))
			for _, name := range []string{damagedName, mendedName} {
				if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s stays: it holds keys", name)
				}
			}
		})
	}
}

// What cannot be mended is refused loudly and left as it is; what can be read of
// it is salvaged, and what cannot is named.
func TestDamageThatIsRefused(t *testing.T) {
	all := func(but ...uint64) (list []uint64) {
		for i := uint64(2); i <= damagedVisits; i++ {
			if !slices.Contains(but, i) {
				list = append(list, i)
			}
		}
		return list
	}
	tests := []struct {
		name     string
		spoil    func(t *testing.T, dir string)
		salvaged []uint64
		missing  []Sequence
	}{
		{"the pages of two packets", func(t *testing.T, dir string) {
			for _, i := range []int{20, 40} {
				spoil(t, dir, pageWith(t, dir, fmt.Appendf(nil, "p-%ddossier", i)))
			}
		}, nil, nil}, // which lie together on a page is SQLite's: checked below
		{"the end of a body", func(t *testing.T, dir string) {
			alter(t, dir, `UPDATE packets SET body = zeroblob(20000) WHERE seq = 33`)
			raw, err := os.ReadFile(filepath.Join(dir, fileName))
			must(t, err)
			must(t, os.Truncate(filepath.Join(dir, fileName), int64(len(raw)-2*pageBytes)))
		}, all(33), []Sequence{{33, 33}}},
		{"a packet that is missing", func(t *testing.T, dir string) { alter(t, dir, `DELETE FROM packets WHERE seq IN (11, 12, 30)`) },
			all(11, 12, 30), []Sequence{{11, 12}, {30, 30}}},
		{"the last packets", func(t *testing.T, dir string) {
			alter(t, dir, `DELETE FROM submits; DELETE FROM outbox; DELETE FROM print_jobs; DELETE FROM cards; DELETE FROM dossiers; DELETE FROM packets WHERE seq > 58`)
		}, all(59, 60), []Sequence{{59, 60}}},
		{"a dossier without its packet", func(t *testing.T, dir string) {
			alter(t, dir, `UPDATE dossiers SET packet = 'nobody' WHERE packet = 'p-9'`)
		},
			all(), nil},
		{"the beginning of the file", func(t *testing.T, dir string) { spoil(t, dir, 1) }, []uint64{}, nil},
		{"the table of the packets", func(t *testing.T, dir string) { spoil(t, dir, root(t, dir, "packets")) }, []uint64{}, []Sequence{{1, damagedVisits}}},
	}
	station := used(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := copied(t, station)
			tt.spoil(t, dir)
			before, err := os.ReadFile(filepath.Join(dir, fileName))
			must(t, err)
			for range 2 { // a second start is told the same
				_, err = Open(t.Context(), dir, Options{})
				if !errors.Is(err, ErrDamaged) || dossier.CodeOf(err) != dossier.CodeStorageDamaged {
					t.Fatalf("opened: %v", err)
				}
			}
			if after, err := os.ReadFile(filepath.Join(dir, fileName)); err != nil || !bytes.Equal(before, after) {
				t.Errorf("what was damaged has been changed, %v", err)
			}
			var got []uint64
			out, err := Salvage(t.Context(), dir, func(p dossier.Packet) error {
				if want := secret("body", int(p.Head.Seq), 3000); !bytes.Equal(p.Body, want) {
					t.Errorf("packet %d is another", p.Head.Seq)
				}
				got = append(got, p.Head.Seq)
				return nil
			})
			must(t, err)
			if tt.salvaged == nil {
				// What is not given is named, and little is missing.
				for _, m := range out.Missing {
					for i := m.From; i <= m.To; i++ {
						got = append(got, i)
					}
				}
				slices.Sort(got)
				if d := cmp.Diff(all(), got); d != "" || out.Packets < damagedVisits/2 || len(out.Missing) < 2 {
					t.Errorf("%+v: %s", out, d)
				}
				return
			}
			if d := cmp.Diff(tt.salvaged, got[:len(got):len(got)], cmp.Transformer("nil", func(l []uint64) []uint64 { return append([]uint64{}, l...) })); d != "" {
				t.Errorf("salvaged: %s", d)
			}
			if d := cmp.Diff(tt.missing, out.Missing); d != "" || out.Packets != len(got) {
				t.Errorf("missing: %s (%+v)", d, out)
			}
		})
	}
}

// Where a database was there is never a new, empty one.
func TestNeverEmptyWhereOneWas(t *testing.T) {
	station := used(t)
	for name, empty := range map[string]func(t *testing.T, path string){
		"removed": func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"emptied": func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) },
		"replaced": func(t *testing.T, path string) {
			must(t, os.Remove(path))
			alter(t, filepath.Dir(path), `CREATE TABLE t (n)`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copied(t, station)
			empty(t, filepath.Join(dir, fileName))
			if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, ErrDamaged) {
				t.Errorf("opened: %v", err)
			}
		})
	}
}

// A power cut while a mended database takes the damaged one's place loses
// neither.
func TestPowerCutWhileMending(t *testing.T) {
	station := used(t)
	for name, state := range map[string]func(t *testing.T, dir string){
		"the copy is half-written": func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, mendedName), []byte("half"), 0o600))
		},
		"the old one is aside": func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, fileName), filepath.Join(dir, damagedName)))
		},
		"the new one is in place": func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, damagedName), []byte("old"), 0o600))
		},
		"only the old log is aside": func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, damagedName+"-wal"), nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copied(t, station)
			if !strings.Contains(name, "in place") {
				spoil(t, dir, root(t, dir, "sqlite_autoindex_packets_1"))
			}
			state(t, dir)
			b := open(t, dir, Options{})
			w, err := b.Waiting(t.Context())
			must(t, err)
			if w.Packets != damagedVisits-1 {
				t.Errorf("%d packets wait", w.Packets)
			}
			for _, name := range []string{damagedName, mendedName} {
				if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s stays", name)
				}
			}
		})
	}
}
