package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"tramhoso/app/counter"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
)

// A station that cannot keep anything opens all the same, says so, and answers
// whatever is asked of it.
func TestStorageReadOnly(t *testing.T) {
	if dir := os.Getenv(storageOfChild); dir != "" {
		cannotKeep(t, dir, dossier.CodeStorageReadOnly)
		return
	}
	t.Run("marked read-only", func(t *testing.T) {
		dir := t.TempDir()
		must(t, os.Chmod(dir, 0o555))
		t.Cleanup(func() { must(t, os.Chmod(dir, 0o755)) })
		cannotKeep(t, dir, dossier.CodeStorageReadOnly)
	})
	t.Run("no folder", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(file, nil, 0o600))
		cannotKeep(t, filepath.Join(file, "data"), dossier.CodeStorageReadOnly)
	})
	t.Run("a file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(file, nil, 0o600))
		cannotKeep(t, file, dossier.CodeStorageReadOnly)
	})
	t.Run("keys that cannot be kept", func(t *testing.T) {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "keys"), nil, 0o600))
		cannotKeep(t, dir, dossier.CodeStorageReadOnly)
	})
	t.Run("somebody else's folder", asSomebodyElse)
}

const storageOfChild = "TRAMHOSO_TEST_STORAGE"

// nobody owns nothing here.
const nobody = 65534

// asSomebodyElse plays the same in a process that may not write to the folder:
// permissions do not bind root.
func asSomebodyElse(t *testing.T) {
	room, err := os.MkdirTemp("", "station") // open to others, as t.TempDir is not
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(room)) })
	must(t, os.Chmod(room, 0o755))
	dir, tmp, program := filepath.Join(room, "data"), filepath.Join(room, "tmp"), filepath.Join(room, "test")
	must(t, os.Mkdir(dir, 0o755))
	must(t, os.Mkdir(tmp, 0o777))
	must(t, os.Chmod(tmp, 0o777))
	copyProgram(t, program)
	cmd := exec.CommandContext(t.Context(), program, "-test.run", "^TestStorageReadOnly$", "-test.v")
	cmd.Dir = room
	cmd.Env = append(os.Environ(), storageOfChild+"="+dir, "TMPDIR="+tmp)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	} else {
		must(t, os.Chmod(dir, 0o555))
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestStorageReadOnly") {
		t.Errorf("%v\n%s", err, out)
	}
}

// copyProgram puts this program where others may start it.
func copyProgram(t *testing.T, to string) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	in, err := os.Open(self)
	must(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(out, in)
	must(t, err)
	must(t, out.Close())
}

// What else keeps a station from its storage has words of its own, and none of them
// is told as another.
func TestStorageClosed(t *testing.T) {
	t.Run("held by another program", func(t *testing.T) {
		dir := t.TempDir()
		s, err := store.Open(t.Context(), dir, store.Options{})
		must(t, err)
		t.Cleanup(func() { must(t, s.Close()) })
		cannotKeep(t, dir, dossier.CodeStorageInUse)
	})
	// anew makes a storage and spoils its database.
	anew := func(t *testing.T, spoil func(file string)) string {
		dir := t.TempDir()
		s, err := store.Open(t.Context(), dir, store.Options{})
		must(t, err)
		must(t, s.Close())
		spoil(filepath.Join(dir, "station.db"))
		return dir
	}
	t.Run("written by a newer program", func(t *testing.T) {
		cannotKeep(t, anew(t, func(file string) {
			db, err := sql.Open("sqlite", file)
			must(t, err)
			_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
			must(t, errors.Join(err, db.Close()))
		}), dossier.CodeStorageNewer)
	})
	t.Run("0 bytes", func(t *testing.T) {
		cannotKeep(t, anew(t, func(file string) { must(t, os.Truncate(file, 0)) }), dossier.CodeStorageDamaged)
	})
	t.Run("garbage at the front", func(t *testing.T) {
		cannotKeep(t, anew(t, func(file string) {
			f, err := os.OpenFile(file, os.O_RDWR, 0)
			must(t, err)
			_, err = f.WriteAt(bytes.Repeat([]byte("garbage "), 512), 0)
			must(t, errors.Join(err, f.Close()))
		}), dossier.CodeStorageDamaged)
	})
}

// closedFacts are the facts that go with the code of a storage that could not be opened.
var closedFacts = map[dossier.Code]visit.Facts{
	dossier.CodeStorageReadOnly: {StorageReadOnly: true}, dossier.CodeStorageDamaged: {StorageDamaged: true},
	dossier.CodeStorageInUse: {StorageInUse: true}, dossier.CodeStorageNewer: {StorageNewer: true},
	dossier.CodeStorageFull: {}, "": {StorageReadOnly: true},
}

func TestClosedFacts(t *testing.T) {
	for code, want := range closedFacts {
		s := &station{cfg: quiet(t, t.TempDir()), clock: clock.NewAdjustable(clock.NewSystem(clock.Options{})), broken: dossier.E(code, nil)}
		if code == "" {
			s.broken = errors.New("a cause without a code")
		}
		s.devices.Init(s.cfg)
		s.power.Init()
		got := s.facts()
		want.Enrolled, want.StorageClosed, want.Time, want.Printer = true, true, got.Time, visit.PrinterAbsent
		if got != want {
			t.Errorf("%s: %+v, not %+v", code, got, want)
		}
	}
}

func cannotKeep(t *testing.T, dir string, code dossier.Code) {
	t.Helper()
	for _, lang := range []string{"vi", "en"} {
		// One after the other: Fyne has one screen thread, and two booths would be two.
		t.Run(lang, func(t *testing.T) { cannotKeepIn(t, dir, code, lang) })
	}
}

func cannotKeepIn(t *testing.T, dir string, code dossier.Code, lang string) {
	t.Helper()
	cfg := quiet(t, dir)
	cfg.Language = lang
	b := openBooth(t, cfg)
	if b.kept != nil || dossier.CodeOf(b.broken) != code {
		t.Fatalf("kept %v, broken by %v", b.kept, b.broken)
	}
	if !strings.Contains(b.log.String(), "code="+string(code)) {
		t.Errorf("the log does not say why:\n%s", b.log)
	}
	w := words(lang)
	b.see(w.T("home.unavailable"))
	why := w.T("visit.reason-" + string(code))
	b.see(w.T("home.closed", "why", why))
	b.scan("https://example.vn")
	b.see(w.T("home.closed", "why", why))
	b.see(w.T("status.net-unknown"))
	b.see(w.T("status.waiting-unknown"))
	for _, way := range []string{"home.submit", "home.lookup", "home.collect", "home.browse"} {
		b.tap(w.T(way))
		b.see(why)
		b.see(w.T("cannotstart.slip"))
		b.see(w.T("part." + string(code)))
		b.scan(cardOf)
		b.tap(w.T("app.back"))
		b.see(w.T("home.closed", "why", why))
	}
	everyPort(t, b.station, code)
}

// everyPort asks everything of a station without storage; nothing may panic, and
// nothing may be said to be kept.
func everyPort(t *testing.T, s *station, code dossier.Code) {
	t.Helper()
	ctx := context.Background()
	look, l, r, a, p := lookup{s}, letters{s}, records{s}, asks{s}, papers{s}
	for name, f := range map[string]func() error{
		"by slip":  func() error { _, err := look.BySlip(visit.Slip{Text: "x"}); return err },
		"by card":  func() error { _, err := look.CountByID(numberOf); return err },
		"has slip": func() error { _, err := look.HasSlip("DL27-000001-A"); return err },
		"by code":  func() error { _, err := look.CountByCode("H15.30-260714-0001"); return err },
		"submit":   func() error { _, err := l.Submit(ctx, visit.Letter{Token: "t"}); return err },
		"picture":  func() error { _, err := p.Picture(ctx, 1); return err },
		"again":    func() error { _, err := p.Again(ctx, 1); return err },
		"form 01":  func() error { return p.Form01(ctx, dossier.CitizenCard{}) },
		"asks":     func() error { _, err := a.Open(ctx); return err },
		"answer":   func() error { return a.Answer(ctx, 1, true) },
		"hand over": func() error {
			return r.HandOver(ctx, "t", "p", dossier.Handover{})
		},
		"refuse":  func() error { return r.Refuse(ctx, "t", counter.Refusal{}) },
		"log in":  func() error { _, err := doors{s}.Login(ctx, "b", "1"); return err },
		"storage": func() error { return s.test(ctx, upkeep.Storage) },
		"network": func() error { return s.test(ctx, upkeep.Network) },
	} {
		if err := f(); dossier.CodeOf(err) != code {
			t.Errorf("%s: %v", name, err)
		}
	}
	for part, ok := range map[upkeep.Part]bool{upkeep.Printer: false, upkeep.Scanner: false, upkeep.Clock: true} {
		if err := s.test(ctx, part); (err == nil) != ok {
			t.Errorf("the test of the %s: %v", part, err)
		}
	}
	if _, err := (codes{s}).Slip("HTTPS://X/S/A#B"); err == nil {
		t.Error("a slip was believed")
	}
	s.record(didStart, "x")
	want := closedFacts[code]
	if f := s.facts(); !f.StorageClosed || f.StorageReadOnly != want.StorageReadOnly || f.StorageInUse != want.StorageInUse || f.CatalogueVersion != 0 || s.catalogue() != nil || s.code() != "" || s.name("vi") == "" {
		t.Errorf("%+v", f)
	}
	if st := s.status(); st.Net != kit.NetUnknown || !st.NoQueue || st.Printer != kit.PrinterDown || st.Scanner != kit.ScannerDown {
		t.Errorf("the status line says %+v", st)
	}
	if f := s.upkeepFacts(); !f.Closed || f.ReadOnly != want.StorageReadOnly || f.Damaged != want.StorageDamaged || f.InUse != want.StorageInUse || f.Newer != want.StorageNewer {
		t.Errorf("%+v", f)
	}
}

// A station that is nobody yet keeps nothing either, and says so.
func TestNotEnrolled(t *testing.T) {
	b := openBooth(t, quiet(t, t.TempDir()))
	b.tap("Nộp hồ sơ")
	b.see(words("vi").T("visit.reason-not-enrolled"))
	b.see(words("vi").T("status.net-unknown")) // who is nobody asks nobody
	b.until("a word about the token", func() bool { return strings.Contains(b.log.String(), "code=not-enrolled") })
	if _, err := (letters{b.station}).Submit(t.Context(), visit.Letter{Token: "t"}); dossier.CodeOf(err) != dossier.CodeNotEnrolled {
		t.Errorf("submit: %v", err)
	}
	if n, err := (lookup{b.station}).CountByID(numberOf); err != nil || n != 0 {
		t.Errorf("%d dossiers, %v", n, err)
	}
	if here, err := (lookup{b.station}).HasSlip(token.SlipNumber("DL27", 1)); err != nil || here {
		t.Errorf("here: %v, %v", here, err)
	}
	if open, err := (asks{b.station}).Open(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("asks %v, %v", open, err)
	}
	if _, err := (papers{b.station}).Picture(t.Context(), 7); err == nil {
		t.Error("a paper that never was is drawn")
	}
	if _, err := (doors{b.station}).Login(t.Context(), "TRAMBADGE:x", "123456"); err == nil {
		t.Error("somebody logged in")
	}
	if err := b.enrolWith(t.Context(), "nonsense"); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("enrolled with nonsense: %v", err)
	}
	if err := b.test(t.Context(), upkeep.Storage); err != nil {
		t.Errorf("the storage: %v", err)
	}
}

func TestDiskFull(t *testing.T) {
	b := openBooth(t, quiet(t, t.TempDir()))
	b.diskFull.Store(true)
	if f := b.facts(); f.VisitsLeft != 0 || f.StorageReadOnly {
		t.Errorf("%+v", f)
	}
	if err := b.test(t.Context(), upkeep.Storage); dossier.CodeOf(err) != dossier.CodeStorageFull {
		t.Errorf("the storage: %v", err)
	}
	b.diskFull.Store(false)
	if f := b.facts(); f.VisitsLeft == 0 {
		t.Errorf("%+v", f)
	}
}

// close ends everything that was begun.
func TestClose(t *testing.T) {
	before := goleak.IgnoreCurrent()
	last := errors.New("the work did not end before the station")
	t.Run("station", func(t *testing.T) {
		b := openBooth(t, quiet(t, t.TempDir()))
		b.see("Hôm nay ông/bà cần làm gì?")
		b.goes("last work", func(ctx context.Context) error {
			<-ctx.Done()
			for range 20 { // takes its time, on a storage that is still there
				if _, last = b.store.OpenPrintJobs(context.Background()); last != nil {
					return last
				}
			}
			return nil
		})
	})
	if last != nil {
		t.Error(last)
	}
	goleak.VerifyNone(t, before, // the toolkit watches its settings for good
		goleak.IgnoreAnyFunction("fyne.io/fyne/v2/app.watchFile.func1"),
		goleak.IgnoreAnyFunction("fyne.io/fyne/v2/internal/async.(*UnboundedChan[...]).processing"),
		goleak.IgnoreAnyFunction("github.com/fsnotify/fsnotify.(*inotify).readEvents"))
}

func TestReader(t *testing.T) {
	for frame, code := range map[string]dossier.Code{
		"https://example.vn/menu": dossier.CodeNotAnID, "": dossier.CodeNotAnID, "\x00": dossier.CodeNotAnID, badCard: dossier.CodeBadCheckDigit,
	} {
		if _, err := (reader{}).Read(frame); dossier.CodeOf(err) != code {
			t.Errorf("%q: %v", frame, err)
		}
	}
	a, err := reader{}.Read(cardOf)
	must(t, err)
	want := dossier.Person{Number: numberOf, Name: "H’ Bia Niê", Born: dossier.Date{Year: 1990, Month: 8, Day: 12}, Sex: dossier.SexFemale,
		Address: a.Person.Address, IssuedOn: dossier.Date{Year: 2021, Month: 4, Day: 15}, Trust: dossier.TrustDeclared, Source: "qr"}
	if fmt.Sprint(a.Person) != fmt.Sprint(want) {
		t.Errorf("read %+v", a.Person)
	}
	back, err := reader{}.Read("IDVNM1900001230066190000123<<49008124F3008122VNM<<<<<<<<<<<8H<<BIA<NIE<<<<<<<<<<<<<<<<<<<<")
	must(t, err)
	both, err := reader{}.Cross(a, back)
	if err != nil || both.Person.Trust != dossier.TrustConsistent || both.Person.Source != "qr+mrz" || both.Person.Name != "H’ Bia Niê" {
		t.Errorf("both sides: %+v, %v", both.Person, err)
	}
	other, err := reader{}.Read("000123456789|123456789|Nguyễn Văn An|01011990|Nam|Số 1, Phường Bến Nghé, Quận 1, TP.HCM|01012021")
	must(t, err)
	if _, err := (reader{}).Cross(a, other); dossier.CodeOf(err) != dossier.CodeSidesDiffer || strings.Contains(err.Error(), "Bia") {
		t.Errorf("two cards: %v", err)
	}
	typed, err := collectors{}.Read(numberOf)
	if err != nil || typed.Person.Source != "typed" {
		t.Errorf("typed: %+v, %v", typed, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
