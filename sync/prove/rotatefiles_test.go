package prove

import (
	"bytes"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
)

// The province takes two new keys while papers are on their way: of a dossier whose
// papers are half there, of one that waits, and of a draft whose first paper was
// sealed before and whose second one after. The station hears of neither until
// then. Every paper opens as it was, and no byte of one is sealed anew.
func TestRotationWhilePapersTravel(t *testing.T) {
	w := newTurning(t)
	w.enrol()
	w.run(w.station.Link)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	papers := map[string][]byte{}
	add := func(draft string, n int, seed byte) dossier.Attachment {
		a := w.add(draft, "plan", page(t, n, seed))
		papers[a.SHA256] = page(t, n, seed)
		return a
	}
	half := []dossier.Attachment{add("half", 1_500_000, 1)}
	travelling := w.submitWith("half", half...)
	must(t, w.station.Store.DropFiles(t.Context(), "half"))
	w.line.cutAfter(700_000)
	w.until("a cut", func() bool { w.station.Files.Wake(); return w.line.wasCut() > 0 })
	w.crash()
	w.open()
	waiting := []dossier.Attachment{add("waiting", 90_000, 2)}
	offline := w.submitWith("waiting", waiting...)
	begun := add("draft", 60_000, 3)

	rotate := func(end time.Duration) {
		w.clock.Add(end)
		_, err := portal.Rotate(w.dir, "", w.clock.Now())
		must(t, err)
	}
	rotate(time.Hour) // beside the portal that runs
	w.end()
	rotate(30 * 24 * time.Hour) // and once more while it does not
	w.serve()

	w.again()
	w.until("the new bundle", func() bool { return w.station.Province.Trust().Version == 3 })
	if r, err := w.station.Province.Recipient(); err != nil || r.ID != "recipient-3" {
		t.Fatalf("seals to %s, %v", r.ID, err)
	}
	late := []dossier.Attachment{begun, add("draft", 70_000, 4)}
	drafted := w.submitWith("draft", late...)
	for packet, files := range map[string][]dossier.Attachment{travelling.Packet: half, offline.Packet: waiting, drafted.Packet: late} {
		w.until("the whole", func() bool { w.station.Files.Wake(); return w.whole(packet)() })
		for i, a := range files {
			if got := w.atDesk(packet, a); !bytes.Equal(got, papers[a.SHA256]) {
				t.Errorf("paper %d: %d bytes arrived, not the %d that were added", i, len(got), len(papers[a.SHA256]))
			}
		}
		w.act(packet, portal.ActAccept)
	}
	if f := w.station.Store.Findings(); len(f) > 0 {
		t.Errorf("%+v", f)
	}
}
