package dossier

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

var all = []Status{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}

// The table of legal steps, row by row, as DOMAIN's ten national codes follow
// each other: x where a step is allowed.
func TestTransitions(t *testing.T) {
	rows := map[Status]string{
		//                              1234567890
		StatusRegistered:          ".xx.xxx...",
		StatusAccepted:            "...xxxxxx.",
		StatusRefused:             "..........",
		StatusInProgress:          "....xxxxx.",
		StatusSupplementRequested: "xxxx..xx..",
		StatusPaymentRequired:     ".x.x..xxx.",
		StatusWithdrawalRequested: "xx.x...x..",
		StatusStopped:             "..........",
		StatusProcessed:           ".........x",
		StatusReturned:            "..........",
	}
	for _, s := range all {
		for _, to := range all {
			want := rows[s][to-1] == 'x'
			err := s.To(to)
			if (err == nil) != want {
				t.Errorf("%s → %s: %v", s, to, err)
			}
			if err != nil && CodeOf(err) != CodeBadTransition {
				t.Errorf("%s → %s: %v", s, to, err)
			}
			if slices.Contains(s.Next(), to) != want {
				t.Errorf("Next of %s and the step to %s differ", s, to)
			}
		}
		if s.Final() != (rows[s] == "..........") {
			t.Errorf("%s is final: %v", s, s.Final())
		}
	}
}

// From a new dossier every status can be reached, and every open one can still end.
func TestEveryStatusLeadsSomewhere(t *testing.T) {
	reach := func(from Status) map[Status]bool {
		seen := map[Status]bool{from: true}
		for todo := []Status{from}; len(todo) > 0; todo = todo[1:] {
			for _, n := range todo[0].Next() {
				if !seen[n] {
					seen[n] = true
					todo = append(todo, n)
				}
			}
		}
		return seen
	}
	if got := reach(StatusRegistered); len(got) != len(all) {
		t.Errorf("only %d statuses can be reached", len(got))
	}
	for _, s := range all {
		ends := false
		for n := range reach(s) {
			ends = ends || n.Final()
		}
		if !ends {
			t.Errorf("from %s nothing ends", s)
		}
	}
}

func TestStatusOutside(t *testing.T) {
	for _, s := range []Status{-1, 0, 11} {
		if s.Valid() || s.Final() || s.Next() == nil || len(s.Next()) != 0 || s.To(StatusAccepted) == nil || StatusRegistered.To(s) == nil {
			t.Errorf("%s passes for a status", s)
		}
		if want := fmt.Sprintf("status(%d)", int(s)); s.String() != want {
			t.Errorf("%d is written %q", int(s), s)
		}
	}
	names := map[string]bool{}
	for _, s := range all {
		if !s.Valid() || s.String() == "" || names[s.String()] {
			t.Errorf("status %d is written %q", int(s), s)
		}
		names[s.String()] = true
	}
	n := StatusRegistered.Next()
	n[0] = StatusReturned
	if StatusRegistered.To(StatusReturned) == nil {
		t.Error("a caller can change the table")
	}
}

func TestErrors(t *testing.T) {
	err := fmt.Errorf("failed to put packet: %w", Errorf(CodeNoNetwork, "dial: %w", io.ErrUnexpectedEOF))
	if CodeOf(err) != CodeNoNetwork || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
	if err.Error() != "failed to put packet: no-network: dial: unexpected EOF" {
		t.Errorf("%v", err)
	}
	if E(CodeInvalid, nil).Error() != "invalid" || CodeOf(io.EOF) != "" || CodeOf(nil) != "" {
		t.Error("an error without cause or code")
	}
	// The outermost code is the one to act on.
	if CodeOf(E(CodeConflict, E(CodeInvalid, nil))) != CodeConflict {
		t.Error("an inner code won")
	}
}

func TestKinds(t *testing.T) {
	if len(Kinds) != 12 {
		t.Errorf("%d kinds", len(Kinds))
	}
	seen := map[PacketKind]bool{}
	for _, k := range Kinds {
		if !k.Valid() || seen[k] || strings.ToLower(string(k)) != string(k) {
			t.Errorf("kind %q", k)
		}
		seen[k] = true
	}
	if PacketKind("").Valid() || PacketKind("Dossier").Valid() {
		t.Error("something else is a kind")
	}
}

func TestSmallThings(t *testing.T) {
	for number, want := range map[string]string{"066190000123": "0123", "123": "", "": ""} {
		if got := (Person{Number: number}).Last4(); got != want {
			t.Errorf("last 4 of %q are %q", number, got)
		}
	}
	name := Text{"vi": "Khai sinh", "en": "Birth"}
	if name.In("en") != "Birth" || name.In("ede") != "Khai sinh" || Text(nil).In("vi") != "" {
		t.Error("text in another language")
	}
	if (Procedure{Code: "1.001193", Version: 3}).Ref() != (ProcedureRef{"1.001193", 3}) {
		t.Error("reference")
	}
}

// The JSON that is frozen in packets in the field.
func TestHeadForm(t *testing.T) {
	h := Head{ID: "i", Kind: KindDossier, Station: "DL27", Seq: 7, Procedure: &ProcedureRef{"2.000635", 1},
		Attachments: []Attachment{{SHA256: "aa", Size: 3, Role: "declaration"}}, BodySHA256: "bb", BodySize: 9, Recipient: "r1"}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"i","kind":"dossier","station":"DL27","seq":7,"procedure":{"code":"2.000635","version":1},` +
		`"time":{"wall":"0001-01-01T00:00:00Z","source":"","boot":"","mono_ms":0},` +
		`"attachments":[{"sha256":"aa","size":3,"role":"declaration"}],"body_sha256":"bb","body_size":9,"recipient":"r1"}`
	if string(data) != want {
		t.Errorf("head is\n%s", data)
	}
}
