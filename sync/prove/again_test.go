package prove

import (
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
)

// A station can be enrolled once more, as who it is: what waits in it is signed as that.
func TestAStationStaysWhoItIs(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	w.enrol()
	was, err := w.station.Province.Enrolment()
	must(t, err)
	for name, c := range map[string]struct {
		of   *world
		code string
		want dossier.Code
	}{
		"the same":                            {w, StationCode, ""},
		"another station":                     {w, "DL99", dossier.CodeConflict},
		"the same station elsewhere":          {other, StationCode, dossier.CodeConflict},
		"another station, and that elsewhere": {other, "DL99", dossier.CodeConflict},
	} {
		tok, err := c.of.portal.IssueToken(t.Context(), ledger.Station{Code: c.code, Name: "Điểm BĐ-VHX"}, "https://"+c.of.line.addr())
		must(t, err)
		if err := w.station.Link.Enrol(t.Context(), tok); dossier.CodeOf(err) != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%s: %v", name, err)
		}
		if is, err := w.station.Province.Enrolment(); err != nil || is.Station.Code != was.Station.Code || is.Root != was.Root {
			t.Errorf("%s: it is %s now, %v", name, is.Station.Code, err)
		}
	}
}
