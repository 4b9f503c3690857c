package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
	"tramhoso/sync/store"
)

// SalvageTo reads what can be read of a damaged storage and leaves each sealed
// packet as a file in dir, as a mirror does, for the portal to import. make says
// whether dir may be made: on a missing stick's mount point it would fill the
// first medium. The storage is not changed.
func SalvageTo(ctx context.Context, storage, dir string, make bool) (store.Salvaged, error) {
	if make {
		if err := durable.MakeFolder(dir, 0o700); err != nil {
			return store.Salvaged{}, fmt.Errorf("failed to make a folder for what is salvaged: %w", err)
		}
	} else if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return store.Salvaged{}, ErrNoMedium
	}
	return store.Salvage(ctx, storage, func(p dossier.Packet) error { return keepPacket(dir, p) })
}

// Runs writes sequence numbers as people do: "3, 7–9".
func Runs(list []store.Sequence) string {
	var b strings.Builder
	for i, r := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, r.From)
		if r.To > r.From {
			fmt.Fprint(&b, "–", r.To)
		}
	}
	return b.String()
}
