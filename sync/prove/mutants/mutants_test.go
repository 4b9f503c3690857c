package mutants

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "tramhoso/sync/prove/seeds" // so that -seeds means nothing here
)

const (
	root    = "../../.." // of the module
	prefix  = "mutant_"
	patient = 4 * time.Minute // for one mutant on a busy machine; usual is some seconds
	atOnce  = 2               // builds and proofs; more would only wait for each other
)

// proof is the cheapest one that a mutant must not pass.
type proof struct {
	pkg, run string
	says     string // a part of the sentence by which it fails: the promise that was broken, and no other trouble
	args     []string
}

const power = "sync/prove/power"

// proofs names a proof for each mutant.
var proofs = map[string]proof{
	"sync_normal":             {pkg: power, run: "TestSubmit", says: `is lost: not-found`},
	"tap_forgotten":           {pkg: power, run: "TestSubmit", says: `UNIQUE constraint failed: submits.token`},
	"paper_outside_tx":        {pkg: power, run: "TestSubmit", says: `slip DL27-`},
	"withdrawal_outside_tx":   {pkg: power, run: "TestCorrection", says: `2 packets can go, want 1`},
	"slip_before_commit":      {pkg: power, run: "TestSubmit", says: `is lost: not-found`},
	"band_lazy":               {pkg: power, run: "TestPrint", says: `the job is rendered (), band 0`},
	"print_resent":            {pkg: power, run: "TestPrint", says: `the job is rendered (), band 0`},
	"backup_of_another_epoch": {pkg: "sync/store", run: "TestABackupOfAnotherHistory", says: `is lost: not-found`},
	"purge_without_durable":   {pkg: power, run: "TestSweep", says: `is lost: not-found`},
	"folder_unsynced":         {pkg: power, run: "TestKeys", says: `keys that were given out are lost`},
	"key_unsynced":            {pkg: power, run: "TestKeys", says: `the keys do not open`},
	"attachment_unsynced":     {pkg: power, run: "TestAttachment", says: `the paper is not whole`},
	"stick_unsynced":          {pkg: power, run: "TestStick", says: `is not whole on the stick`},
	"portal_sync_off":         {pkg: power, run: "TestIntake", says: `a receipted packet: `},
	"receipt_before_commit":   {pkg: power, run: "TestIntake", says: `a receipted packet: `},
	"no_replay_check":         {pkg: power, run: "TestIntake", says: `409, the identical receipt: false`},
	"effect_outside_tx":       {pkg: power, run: "TestIntake", says: `0 steps, status 0`},
	"log_unsecured":           {pkg: power, run: "TestReplayAfterADeath", says: `a receipted packet: `},
	"offset_before_fsync":     {pkg: power, run: "TestUpload", says: `bytes lie there that nobody sent`},
	"shelf_dropped":           {pkg: power, run: "TestIntakeOfAParent", says: `1 steps, status 1`},
	"gaps_unnamed":            {pkg: "sync/prove/sim", run: "TestTheLostAreNamed", says: `the portal names []`},
	"backup_on_the_same_disk": {pkg: "sync/portal", run: "TestOnlyABackupOnAnotherDiskPromises", says: `durable through 2 of 2`},
	"packet_unsigned":         {pkg: "sync/portal", run: "TestBrokenPacketsAreRefused", says: `content type application/jose`},
	"plain_index":             {pkg: "sync/prove", run: "TestSubmitOfflineAndCollect", says: `shows "0`},
	"receipt_unverified":      {pkg: "sync/client", run: "TestPutBelievesNoOtherReceipt", says: `another province's: <nil>`},
	"drop_before_receipt":     {pkg: "sync/prove", run: "TestOnlyAReceiptEndsTheWaiting", says: `an attempt counts as a receipt`},
	"skip_gap":                {pkg: "sync/inbox", run: "TestFollowWaitsAtAGap", says: `cursor {Epoch:e1 N:3}`},
	"setback_ignored":         {pkg: "sync/inbox", run: "TestFollowAPortalThatWasSetBack", says: `0 offered again`},
}

var buildLine = regexp.MustCompile(`(?m)^//go:build (!?)` + prefix + `(\w+)$`)

// inTheSource finds the mutants that the source has. Each is a pair of files.
func inTheSource(t *testing.T) []string {
	t.Helper()
	instead, usual := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "out" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if i := bytes.Index(text, []byte("\npackage ")); i >= 0 {
			text = text[:i]
		}
		for _, m := range buildLine.FindAllSubmatch(text, -1) {
			if string(m[1]) == "!" {
				usual[string(m[2])] = true
			} else {
				instead[string(m[2])] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(instead, usual) {
		t.Errorf("half a pair: mutants %v, decisions %v", slices.Sorted(maps.Keys(instead)), slices.Sorted(maps.Keys(usual)))
	}
	return slices.Sorted(maps.Keys(instead))
}

func TestEveryMutantHasItsProof(t *testing.T) {
	if got, want := inTheSource(t), slices.Sorted(maps.Keys(proofs)); !slices.Equal(got, want) {
		t.Errorf("in the source: %v\nproven: %v", got, want)
	}
}

// TestMutants builds every mutant and has its proof fail.
func TestMutants(t *testing.T) {
	dir := t.TempDir()
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	var mu sync.Mutex
	verdicts := map[string]error{}
	for _, tag := range slices.Sorted(maps.Keys(proofs)) {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			err := killed(t.Context(), tag, proofs[tag], filepath.Join(dir, tag))
			mu.Lock()
			defer mu.Unlock()
			verdicts[tag] = err
		})
	}
	all.Wait()
	for _, tag := range slices.Sorted(maps.Keys(proofs)) {
		t.Run(tag, func(t *testing.T) {
			if err := verdicts[tag]; err != nil {
				t.Error(err)
			}
		})
	}
}

// killed builds a mutant's proof, which must succeed, and runs it, which must
// fail by its own word.
func killed(ctx context.Context, tag string, p proof, binary string) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-tags", "ci,tour,migrated_fynedo,"+prefix+tag,
		"-o", binary, "./"+p.pkg)
	build.Dir = root
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOGC=400") // linkers are short-lived
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the mutant does not build: %w\n%s", err, out)
	}
	defer func() { _ = os.Remove(binary) }() // the temporary folder goes anyway
	run := exec.CommandContext(ctx, binary, append([]string{"-test.run", "^" + p.run + "$", "-test.timeout", patient.String()}, p.args...)...)
	run.Dir = filepath.Join(root, p.pkg)
	out, err := run.CombinedOutput()
	var failed *exec.ExitError
	text := string(out)
	switch {
	case err == nil:
		return fmt.Errorf("%s of %s passes with this mutant\n%s", p.run, p.pkg, text)
	case !errors.As(err, &failed), strings.Contains(text, "panic: "), !strings.Contains(text, "--- FAIL: "+p.run):
		return fmt.Errorf("%s of %s did not fail by its own word: %w\n%s", p.run, p.pkg, err, text)
	case p.says == "" || !strings.Contains(text, p.says):
		return fmt.Errorf("%s of %s failed, and does not say %q\n%s", p.run, p.pkg, p.says, text)
	}
	return nil
}
