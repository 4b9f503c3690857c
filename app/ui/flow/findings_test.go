package flow

import (
	"errors"
	"testing"

	"tramhoso/app/upkeep"
	"tramhoso/sync/dossier"
)

// What the check of the storage found stays on its card until a technician has looked
// at it and could say so.
func TestFindingsAreLookedAt(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.damage = []upkeep.Found{
			{Kind: "rows", What: "drafts", Lost: true, At: noon, Times: 1},
			{Kind: "anew", What: "the database", At: noon, Times: 3},
		}
		h.parts.Found, h.parts.FoundLost, h.parts.FoundLast = 2, 1, "rows"
		h.Scan("BADGE|technician")
		h.pin("123456")
		h.settle()
		h.see("part.storage-lost")
		look := h.env.T("findings.look") + ": " + h.env.T("upkeep.storage")
		h.press(look)
		h.see("findings.lost")
		h.see("findings.times", "n", 3, "when", h.env.Words.DateTime(noon))
		h.tap("app.back")
		h.see("part.storage-lost") // looking is not saying so

		h.press(look)
		h.fail = dossier.E(dossier.CodeStorageReadOnly, errors.New("a dead card"))
		h.tap("findings.seen")
		h.settle()
		h.see("error.storage-read-only")
		h.fail = nil
		h.damage = append(h.damage, upkeep.Found{Kind: "document", What: "the catalogue", At: noon, Times: 1}) // meanwhile
		h.tap("findings.seen")
		h.settle()
		h.see("part.storage-mended")
		h.press(look)
		h.see("findings.mended")
		h.tap("findings.seen")
		h.settle()
		h.hidden(h.env.T("part.storage-mended"))
		h.hidden(look)
		if len(h.tests) != 0 {
			t.Errorf("looking tested %v", h.tests)
		}

		// Nothing of it is left for whoever comes next.
		h.damage, h.parts.Found = []upkeep.Found{{Kind: "anew", At: noon, Times: 1}}, 1
		h.Changed()
		h.press(look)
		h.tap("app.lock")
		h.settle()
		h.Scan("BADGE|technician")
		h.pin("123456")
		h.settle()
		h.see("upkeep.title-fix", "n", 1)
	})
}
