package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/portal/ledger"
)

// setBackStep is the least by which a portal that was set back jumps ahead in
// versions.
const setBackStep = 1000

// keptVersions is how many numbers back a catalogue is kept: deltas lead on from it.
const keptVersions = 1100

// jump is where the versions of the catalogue leave numbers out: those which the
// days that were lost with the ledger gave, so that no number means two catalogues.
type jump struct{ From, To int }

const docCatalogueJump = "catalogue-jump" // the last one

// jumpFrom jumps over a version for every second since the last one that is known.
// A portal may be set back to the same copy again, and then knows nothing of the
// first time: only the clock has gone on since. A jump of one length would give the
// same numbers twice, and stations that heard the later one the first time would
// never take what has it now.
func jumpFrom(version int, made, now time.Time) jump {
	return jump{From: version, To: version + setBackStep + int(max(0, now.Sub(made))/time.Second)}
}

// before is the version before one, as far as numbers tell.
func (j jump) before(version int) int {
	if version--; j.From < version && version < j.To {
		return j.From
	}
	return version
}

// oldest is the oldest version that is kept where this is the newest.
func (j jump) oldest(version int) int {
	n := version - keptVersions
	if n < j.To && j.To <= version {
		n = j.From - (j.To - n)
	}
	return n
}

func readJump(r ledger.Reader) (j jump, err error) {
	data, err := r.Document(docCatalogueJump)
	if errors.Is(err, ledger.ErrNotFound) {
		return jump{}, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &j)
	}
	if err != nil {
		return jump{}, fmt.Errorf("failed to read how the catalogue's versions go on: %w", err)
	}
	return j, nil
}

func putJump(tx ledger.Tx, j jump) error {
	data, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("failed to write how the catalogue's versions go on: %w", err)
	}
	return tx.PutDocument(docCatalogueJump, data)
}
