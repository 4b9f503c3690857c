package portal

import (
	"strings"
	"testing"
)

// A host that no slip can carry is refused before a station is enrolled with it:
// otherwise its citizens would be the first to notice.
func TestSlipHostMustFitASlip(t *testing.T) {
	for _, host := range []string{strings.Repeat("a", 25) + ".vn", "hoso.vn/s", "hồsơ.vn"} {
		p, err := Open(t.Context(), Options{Dir: t.TempDir(), SlipHost: host})
		if err == nil {
			t.Errorf("%s was accepted", host)
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
