package portal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// What a station's second medium, an export and a salvage leave: a file for each
// sealed packet, and one for each attachment under its digest.
const (
	loosePacket = ".packet"
	looseFile   = ".file"
	looseBatch  = 500                                          // entries looked at at once
	looseMost   = wire.MaxHeadBytes + wire.MaxBodyBytes + 1024 // bytes of a packet's file
)

// Loose is what an import of loose packets found and did.
type Loose struct {
	Packets  int            // taken, or here already
	New      int            // of these, not here before
	Files    int            // attachments that were missing and are whole now
	Refused  []LooseRefusal // left where they are
	Stations []StationGaps  // of every station that a packet was of
}

// LooseRefusal is a file that was not taken.
type LooseRefusal struct {
	Name string
	Err  error
}

// StationGaps names what a station said and nobody heard.
type StationGaps struct {
	Station   string
	Enrolment int64
	Last      uint64       // the highest sequence number that came
	Gaps      []ledger.Run // numbers below it that never came
}

// ImportLoose takes in the loose packets in dir, each under its own signature,
// with their attachments. Whoever carried them is nobody: nothing is answered. A
// file that cannot be taken is named and left alone.
func (p *Portal) ImportLoose(ctx context.Context, dir string) (done Loose, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to import packets: %w", err)
		}
	}()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	d, err := root.Open(".")
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	stations := map[string]bool{}
	for {
		entries, err := d.ReadDir(looseBatch)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return done, err
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), loosePacket) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return done, err
			}
			pk, fresh, files, err := p.takeLoose(ctx, root, e.Name())
			if err != nil && ours(err) {
				return done, err
			}
			if err != nil {
				p.log.Warn("a loose packet is not taken", "file", e.Name(), "err", err)
				done.Refused = append(done.Refused, LooseRefusal{e.Name(), err})
				continue
			}
			done.Packets++
			done.Files += files
			if fresh {
				done.New++
			}
			stations[pk.Station] = true
		}
	}
	all, err := p.Gaps(ctx)
	for _, g := range all {
		if stations[g.Station] {
			done.Stations = append(done.Stations, g)
		}
	}
	return done, err
}

func (p *Portal) takeLoose(ctx context.Context, root *os.Root, name string) (pk ledger.Packet, fresh bool, files int, err error) {
	raw, err := readLoose(root, name)
	if err != nil {
		return pk, false, 0, err
	}
	f, err := wire.DecodePacket(bytes.NewReader(raw), wire.PacketLimits)
	if err != nil {
		return pk, false, 0, err
	}
	if _, err := seal.Peek(f.JWS); err != nil {
		return pk, false, 0, err
	}
	pk, status, err := p.Receive(ctx, f)
	if err != nil {
		return pk, false, 0, err
	}
	for _, file := range pk.Files {
		if file.Held {
			continue
		}
		switch err := p.takeLooseFile(ctx, root, pk, file.Attachment); {
		case err == nil:
			files++
		case ours(err) && dossier.CodeOf(err) != wire.CodeBusy:
			return pk, false, files, err
		default: // it may come another way
			p.log.Warn("an attachment does not lie with its packet", "packet", pk.ID, "sha256", file.SHA256, "err", err)
		}
	}
	return pk, status == http.StatusCreated, files, nil
}

// readLoose reads a whole file of a stick that may be hostile: nothing outside
// the folder is reached, and nothing that is no file is waited for.
func readLoose(root *os.Root, name string) ([]byte, error) {
	f, err := openLoose(root, name, looseMost)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, looseMost))
	if err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "failed to read the file: %w", err)
	}
	return raw, nil
}

func openLoose(root *os.Root, name string, most int64) (*os.File, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "failed to look at the file: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, dossier.Errorf(dossier.CodeInvalid, "not a regular file of at most %d bytes", most)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "failed to open the file: %w", err)
	}
	return f, nil
}

// takeLooseFile takes in an attachment as an upload of its station would be.
func (p *Portal) takeLooseFile(ctx context.Context, root *os.Root, pk ledger.Packet, a dossier.Attachment) error {
	f, err := openLoose(root, a.SHA256+looseFile, a.Size)
	if err != nil {
		return err
	}
	defer f.Close()
	name := wire.FileName{Station: pk.Station, Packet: pk.ID, SHA256: a.SHA256}
	var from ledger.Enrolment
	if err := p.store.View(ctx, func(r ledger.Reader) error {
		from, err = r.Enrolment(pk.Enrolment)
		return err
	}); err != nil {
		return err
	}
	release, err := p.writing.take(ctx, name, nil)
	if err != nil {
		return err
	}
	defer release()
	for again := false; ; again = true {
		u, err := p.begin(ctx, name, a.Size, from)
		if err != nil || u.Offset == u.Size {
			return err
		}
		at := u
		n, err := p.files.Write(ctx, name.Packet, name.SHA256, at.Offset, io.NewSectionReader(f, at.Offset, a.Size-at.Offset))
		at.Offset += n
		if err != nil {
			// A portal set up from a backup may know of bytes that its disk has not.
			gone := errors.Is(err, ledger.ErrNotFound)
			if err = p.brokenOff(ctx, u, at, err); gone && !again {
				continue
			}
			return err
		}
		at, err = p.settle(ctx, name, u, at)
		if err == nil && at.Offset != at.Size {
			return dossier.Errorf(dossier.CodeInvalid, "the attachment is cut short")
		}
		return err
	}
}

// Gaps names, station by station, what was said and never came.
func (p *Portal) Gaps(ctx context.Context) (list []StationGaps, err error) {
	err = p.store.View(ctx, func(r ledger.Reader) error {
		stations, err := r.Stations()
		if err != nil {
			return err
		}
		for _, s := range stations {
			if s.Current == 0 {
				continue
			}
			g := StationGaps{Station: s.Code, Enrolment: s.Current}
			if g.Gaps, g.Last, err = r.Gaps(s.Current); err != nil {
				return err
			}
			if !gapsAreNamed {
				g.Gaps = nil
			}
			list = append(list, g)
		}
		return nil
	})
	return list, err
}
