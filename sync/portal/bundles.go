package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// maxSealedBytes bounds the sealed content of a courier's file.
const maxSealedBytes = wire.MaxBundleFileBytes

// maxUploads bounds the couriers' files that are answered at once: packets and
// answer of each lie in memory.
const maxUploads = 4

// Import is what an import of a folder found and did.
type Import struct {
	Bundles []ImportedBundle
	Answers []string // names of the files that were written, one per station
	More    bool     // the folder holds more than one import looks at
}

// ImportedBundle is what became of one file.
type ImportedBundle struct {
	Name    string
	Station string // "" where the file could not be opened
	Packets int    // in it
	New     int    // of these, not here before
	Refused int    // of these, not taken
	Files   int    // attachments in it
	Here    int    // of these, here now
	Err     error  // why nothing of it was taken
}

// parcel is an opened bundle and what its packets were answered.
type parcel struct {
	claim   wire.BundleClaim
	from    ledger.Enrolment
	results []wire.BatchResult // for the station that made the bundle
	packets int
	fresh   int
	refused int
	here    int // of its attachments
}

// Import takes in the bundles in dir, each packet as if it had been put, and
// leaves one answer for each station that made one. A file that cannot be taken
// is reported and left alone. An error is the portal's own trouble: what was
// taken in before it stays, and importing again changes nothing of it.
func (p *Portal) Import(ctx context.Context, dir string) (done Import, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to import: %w", err)
		}
	}()
	folder, err := stick.Open(dir)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	list, more, err := folder.Files(stick.Up)
	if err != nil {
		return done, err
	}
	done.More = more
	stations := map[string][]*parcel{}
	var order []string
	for _, found := range list {
		one := ImportedBundle{Name: found.Name}
		var pc *parcel
		content, err := folder.OpenFile(found, maxSealedBytes, nil)
		if err == nil {
			pc, err = p.takeBundle(ctx, foreign{content.Sealed()})
			if cerr := content.Close(); cerr != nil {
				p.log.Warn("a courier's file cannot be closed", "file", found.Name, "err", cerr)
			}
			if err != nil && ours(err) {
				return done, err
			}
		}
		one.Err = err
		if err == nil {
			one.Station, one.Packets, one.New, one.Refused = pc.claim.Station, pc.packets, pc.fresh, pc.refused
			one.Files, one.Here = len(pc.claim.Files), pc.here
			if stations[one.Station] == nil {
				order = append(order, one.Station)
			}
			stations[one.Station] = append(stations[one.Station], pc)
		} else {
			p.log.Warn("a courier's file is not taken", "file", found.Name, "err", err)
		}
		done.Bundles = append(done.Bundles, one)
	}
	for _, station := range order {
		id, sealed, err := p.answerBundles(ctx, stations[station])
		if err != nil {
			return done, err
		}
		name, err := folder.Write(stick.Down, id, sealed)
		if err != nil {
			return done, err
		}
		done.Answers = append(done.Answers, name)
	}
	return done, nil
}

// ours reports trouble of the portal: no file and no packet is at fault.
func ours(err error) bool { return problemOf(err).Status >= http.StatusInternalServerError }

// foreign reads from a stick: what fails there is the stick's fault.
type foreign struct{ r io.Reader }

func (f foreign) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = dossier.E(dossier.CodeInvalid, err)
	}
	return n, err
}

// takeBundle opens a bundle and takes in its packets, and then its attachments
// as they are read. Of a bundle without attachments nothing is taken before its
// end was seen.
func (p *Portal) takeBundle(ctx context.Context, sealed io.Reader) (*parcel, error) {
	plain, err := seal.OpenBundleFrom(sealed, p.keys().identities("")...)
	if err != nil {
		return nil, err
	}
	b, err := wire.ReadBundle(plain)
	if err != nil {
		return nil, err
	}
	pc := &parcel{packets: len(b.Items)}
	if err := p.identifyBundle(ctx, b.Claim, pc); err != nil {
		return nil, err
	}
	if err := pc.claim.CheckFiles(); err != nil {
		return nil, err
	}
	if len(pc.claim.Files) == 0 {
		if err := b.End(0); err != nil {
			return nil, err
		}
	}
	for _, item := range b.Items {
		if err := p.takeItem(ctx, item, pc); err != nil {
			return nil, err
		}
	}
	if err := p.takeFiles(ctx, b, pc); err != nil {
		return nil, err
	}
	p.log.Info("bundle", "id", pc.claim.ID, "station", pc.claim.Station, "packets", pc.packets, "new", pc.fresh, "refused", pc.refused,
		"files", len(pc.claim.Files), "here", pc.here)
	return pc, nil
}

// identifyBundle verifies a bundle's claim with the key of the station it names.
func (p *Portal) identifyBundle(ctx context.Context, signed string, pc *parcel) error {
	var claimed wire.BundleClaim
	if err := seal.PeekJSON(signed, wire.TypBundle, &claimed); err != nil {
		return err
	}
	if err := p.store.View(ctx, func(r ledger.Reader) error {
		s, err := r.Station(claimed.Station)
		if errors.Is(err, ledger.ErrNotFound) || err == nil && s.Current == 0 {
			return dossier.Errorf(dossier.CodeInvalid, "a bundle of a station that is not enrolled")
		}
		if err != nil {
			return err
		}
		pc.from, err = r.Enrolment(s.Current)
		return err
	}); err != nil {
		return err
	}
	key, err := packetKey(pc.from)
	if err != nil {
		return err
	}
	if err := seal.VerifyJSON(signed, wire.TypBundle, key, &pc.claim); err != nil {
		return err
	}
	if !stick.ValidID(pc.claim.ID) {
		return dossier.Errorf(dossier.CodeInvalid, "a bundle without an id")
	}
	return nil
}

// takeItem takes in one packet, as PUT does. What it is answered goes back only
// to the station that made both packet and bundle.
func (p *Portal) takeItem(ctx context.Context, item wire.BundleItem, pc *parcel) error {
	if item.Err != nil {
		pc.refused++
		return nil // it has no id to answer under
	}
	head, err := seal.Peek(item.JWS)
	if err != nil {
		pc.refused++
		return nil
	}
	pk, status, err := p.Receive(ctx, item.Framed)
	result := wire.BatchResult{ID: head.ID, Status: status, Receipt: pk.Receipt}
	if err != nil {
		if ours(err) {
			return err
		}
		prob := problemOf(err)
		pc.refused++
		result = wire.BatchResult{ID: head.ID, Status: prob.Status, Problem: &prob}
	}
	if err == nil && status == http.StatusCreated {
		pc.fresh++
	}
	if head.Station == pc.claim.Station {
		pc.results = append(pc.results, result)
	}
	return nil
}
