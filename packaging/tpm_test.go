package packaging

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"tramhoso/sync/seal/tpm"
)

// lines are a configuration file's without comments.
func lines(t *testing.T, name string) (list []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list
}

// udevPair is one match or assignment of udev(7).
var udevPair = regexp.MustCompile(`^(SUBSYSTEM|KERNEL|GROUP|MODE)(==|=)"([^"]*)"$`)

// The station's user can open the TPM that the program looks for, through a group
// that exists, and nobody else can.
func TestTheStationsUserReachesTheTPM(t *testing.T) {
	rules := lines(t, "udev/70-tramhoso-tpm.rules")
	if len(rules) != 1 {
		t.Fatalf("%d rules", len(rules))
	}
	says := map[string]string{}
	for pair := range strings.SplitSeq(rules[0], ",") {
		m := udevPair.FindStringSubmatch(strings.TrimSpace(pair))
		if m == nil {
			t.Fatalf("udev would not read %q", pair)
		}
		says[m[1]+m[2]] = m[3]
	}
	name := strings.TrimPrefix(tpm.Device, "/dev/")
	if says["SUBSYSTEM=="] != "tpmrm" || says["KERNEL=="] != "tpmrm[0-9]*" || !regexp.MustCompile(`^tpmrm[0-9]`).MatchString(name) {
		t.Errorf("the rule is not for %s: %v", tpm.Device, says)
	}
	if says["MODE="] != "0660" {
		t.Errorf("mode %s", says["MODE="])
	}
	group := says["GROUP="]
	users := lines(t, "sysusers/tramhoso.conf")
	made, member := false, false
	for _, line := range users {
		f := strings.Fields(line)
		made = made || f[0] == "g" && f[1] == group
		member = member || f[0] == "m" && f[1] == "tramhoso" && f[2] == group
	}
	if !made || !member {
		t.Errorf("group %q: made %v, the station's user is in it: %v", group, made, member)
	}
}
