package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// Exported says what an export left on the stick.
type Exported struct {
	Name     string   // of the file with the packets
	More     []string // of those with attachments
	Packets  int      // on the stick
	Left     int      // still waiting that did not fit: they go with the next; not those that only a person can help on
	Files    int      // attachments on the stick
	FilesNot int      // attachments for which the stick has no room
	Need     int64    // bytes that those need
}

// Progress is how much of a copy has reached the stick.
type Progress struct{ Done, Total int64 }

// RoomError is a stick that has no room even for the packets.
type RoomError struct{ Need, Free int64 } // bytes

func (e *RoomError) Error() string {
	return fmt.Sprintf("%d bytes are needed on the stick, %d are free", e.Need, e.Free)
}

const (
	// answerRoom is left free beside attachments: the answer needs it, with a
	// catalogue.
	answerRoom = 16 << 20
	// mostFiles bounds the attachments of one export: as many bundles as a folder
	// takes.
	mostFiles = stick.MaxFiles * wire.MaxBundleFiles
	// mostRemembered bounds the names of bundles that are remembered.
	mostRemembered = 512
	// frameBytes is more than the frames around one packet take.
	frameBytes = 64
)

// Export writes a bundle of the packets that wait into dir, and after it bundles
// of their attachments as far as the stick has room. Where nothing waits it still
// asks for news. What this station left on the stick before gives way: it all
// goes again. tell hears of the progress, on this goroutine; it may be nil.
func (c *Courier) Export(ctx context.Context, dir string, tell func(Progress)) (done Exported, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to export: %w", err)
		}
	}()
	x := exporting{Courier: c, tell: tell}
	if x.station, err = c.Province.Station(); err != nil {
		return done, err
	}
	if x.to, err = c.Province.Recipient(); err != nil {
		return done, err
	}
	packets, err := c.waiting(ctx)
	if err != nil {
		return done, err
	}
	waiting, err := c.Store.Waiting(ctx)
	if err != nil {
		return done, err
	}
	files, err := c.Store.FilesToCarry(ctx, mostFiles)
	if err != nil {
		return done, err
	}
	if x.folder, err = stick.Open(dir); err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, x.folder.Close()) }()
	if err := x.makeWay(ctx); err != nil {
		return done, err
	}
	plan, err := x.plan(ctx, packets, files)
	if err != nil {
		return done, err
	}
	done.Packets, done.Left = len(packets), max(0, waiting.Packets-waiting.GivenUp-len(packets))
	if done.Name, err = x.write(ctx, packets, nil); err != nil {
		return Exported{}, err
	}
	for i, part := range plan.parts {
		name, n, err := x.attachments(ctx, part)
		if errors.Is(err, errNoRoom) { // a stick that is smaller than it says
			for _, rest := range plan.parts[i:] {
				plan.leave(rest...)
			}
			break
		}
		if err != nil {
			return done, err
		}
		if done.Files += n; n > 0 {
			done.More = append(done.More, name)
		}
	}
	done.FilesNot, done.Need = plan.left, plan.need
	c.log().Info("exported", "file", done.Name, "packets", done.Packets, "left", done.Left, "files", done.Files, "files_left", done.FilesNot)
	return done, nil
}

// waiting is what goes into one bundle, what is most urgent first.
func (c *Courier) waiting(ctx context.Context) (packets []dossier.Packet, err error) {
	list, err := c.Store.Outgoing(ctx, wire.MaxBundlePackets)
	if err != nil {
		return nil, err
	}
	size := wire.MaxHeadBytes // of the claim
	for _, o := range list {
		if size += packetBytes(o.Packet); size > wire.MaxBundleBytes {
			break
		}
		packets = append(packets, o.Packet)
	}
	return packets, nil
}

func packetBytes(p dossier.Packet) int { return len(p.JWS) + len(p.Body) + frameBytes }

// remembered are the names of the bundles that this station has written, the
// newest last.
func (c *Courier) remembered(ctx context.Context) (ids []string, err error) {
	d, err := c.Store.Document(ctx, store.DocSticks)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(d.Content, &ids); err != nil {
		return nil, fmt.Errorf("failed to read the names of bundles: %w", err)
	}
	return ids, nil
}

// exporting is one export.
type exporting struct {
	*Courier
	folder  *stick.Folder
	station outbox.Station
	to      seal.Recipient
	tell    func(Progress)
	at      Progress
}

// makeWay takes away what this station left on the stick before, and parts of
// files that nobody will finish.
func (x *exporting) makeWay(ctx context.Context) error {
	ids, err := x.remembered(ctx)
	if err != nil {
		return err
	}
	if n, err := x.folder.Unfinished(true); err != nil {
		return err
	} else if n > 0 {
		x.log().Warn("a copy on the stick was not finished; it begins anew", "files", n)
	}
	list, _, err := x.folder.Files(stick.Up)
	if err != nil {
		return err
	}
	var old []string
	for _, found := range list {
		if id := strings.TrimSuffix(found.Name, string(stick.Up)); found.Err == nil && slices.Contains(ids, id) {
			old = append(old, id)
		}
	}
	if len(old) == 0 {
		return nil
	}
	return x.folder.Remove(stick.Up, old...)
}

// plan is how attachments are parted into bundles, and what the stick has no
// room for.
type plan struct {
	parts [][]store.ToCarry
	left  int
	need  int64
}

func (p *plan) leave(files ...store.ToCarry) {
	for _, f := range files {
		p.left++
		p.need += sealedBytes(f.Size)
	}
}

// sealedBytes is more than n bytes take on the stick.
func sealedBytes(n int64) int64 { return n + n/1024 + 8<<10 }

func (x *exporting) plan(ctx context.Context, packets []dossier.Packet, files []store.ToCarry) (p plan, err error) {
	free, err := x.folder.Free()
	if err != nil {
		return p, err
	}
	size := int64(0)
	for _, pk := range packets {
		size += int64(packetBytes(pk))
	}
	x.at.Total = size
	if size = sealedBytes(size); size > free {
		return p, dossier.E(dossier.CodeStorageFull, &RoomError{Need: size, Free: free})
	}
	free -= size + answerRoom
	var part []store.ToCarry
	var bytes int64
	for _, f := range files {
		// The packet goes with its file: a stick that was parted still makes sense.
		need := sealedBytes(f.Size + wire.MaxPacketBytes)
		if need > free { // a smaller one may still fit
			p.leave(f)
			continue
		}
		free -= need
		if len(part) == wire.MaxBundleFiles || bytes+f.Size > wire.MaxBundleFilesBytes {
			p.parts, part, bytes = append(p.parts, part), nil, 0
		}
		part, bytes = append(part, f), bytes+f.Size
		x.at.Total += f.Size
	}
	if len(part) > 0 {
		p.parts = append(p.parts, part)
	}
	return p, ctx.Err()
}

// attachments writes one bundle of attachments and says how many are in it. One
// that this station cannot read any more is noted as lost, and the rest goes.
func (x *exporting) attachments(ctx context.Context, part []store.ToCarry) (name string, n int, err error) {
	for len(part) > 0 {
		var packets []dossier.Packet
		had := map[string]bool{}
		for _, f := range part {
			if had[f.Packet] {
				continue
			}
			p, err := x.Store.Packet(ctx, f.Packet)
			if dossier.CodeOf(err) == dossier.CodeNotFound {
				continue // purged meanwhile, and so its files are at the portal
			}
			if err != nil {
				return "", 0, err
			}
			had[f.Packet] = true
			packets = append(packets, p)
		}
		part = slices.DeleteFunc(slices.Clone(part), func(f store.ToCarry) bool { return !had[f.Packet] })
		if len(part) == 0 {
			break
		}
		before := x.at.Done
		name, err = x.write(ctx, packets, part)
		var lost *lostError
		if errors.As(err, &lost) {
			if err := x.Store.LoseFile(ctx, lost.sha256); err != nil {
				return "", 0, err
			}
			part = slices.DeleteFunc(part, func(f store.ToCarry) bool { return f.SHA256 == lost.sha256 })
			x.at.Done = before
			continue
		}
		if dossier.CodeOf(err) == dossier.CodeStorageFull {
			err = errNoRoom
		}
		return name, len(part), err
	}
	return "", 0, nil
}

var errNoRoom = errors.New("the stick is full")

// write leaves one bundle on the stick, whole or not at all.
func (x *exporting) write(ctx context.Context, packets []dossier.Packet, files []store.ToCarry) (name string, err error) {
	id, err := stick.NewID(x.rand())
	if err != nil {
		return "", err
	}
	claim, err := x.claim(ctx, id, files)
	if err != nil {
		return "", err
	}
	if err := x.remember(ctx, id); err != nil {
		return "", err
	}
	file, err := x.folder.Create(stick.Up, id)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil { // Abort after a failed Commit finds nothing
			if aerr := file.Abort(); aerr != nil {
				x.log().Warn("a part of a bundle stays on the stick", "err", aerr)
			}
		}
	}()
	enc, err := seal.SealBundleTo(file, x.to.Key)
	if err != nil {
		return "", err
	}
	if _, err := enc.Write(wire.EncodeBundle(claim, packets)); err != nil {
		return "", err
	}
	if len(files) > 0 {
		if _, err := enc.Write(wire.EndOfPackets); err != nil {
			return "", err
		}
	} else {
		for _, p := range packets {
			x.at.Done += int64(packetBytes(p))
		}
	}
	for _, f := range files {
		if err := x.copy(ctx, enc, f); err != nil {
			return "", err
		}
	}
	if err := enc.Close(); err != nil {
		return "", err
	}
	if name, err = file.Commit(); err == nil {
		x.say()
	}
	return name, err
}

func (x *exporting) claim(ctx context.Context, id string, files []store.ToCarry) (string, error) {
	cur, err := x.Store.Cursor(ctx)
	if err != nil {
		return "", err
	}
	claim := wire.BundleClaim{ID: id, Station: x.station.Code, At: x.now().UTC().Truncate(time.Millisecond), Epoch: cur.Epoch, N: cur.N,
		Known: x.Province.Known()}
	if t := x.Province.Trust(); t != nil {
		claim.Trust = t.Version
	}
	for _, f := range files {
		claim.Files = append(claim.Files, wire.BundleFile{Packet: f.Packet, SHA256: f.SHA256, Size: f.Size})
	}
	return seal.SignJSON(claim, wire.TypBundle, x.Keys.PacketSigner())
}

// remember keeps a name before there is a file under it.
func (x *exporting) remember(ctx context.Context, id string) error {
	ids, err := x.remembered(ctx)
	if err != nil {
		return err
	}
	ids = append(ids, id)
	raw, err := json.Marshal(ids[max(0, len(ids)-mostRemembered):])
	if err != nil {
		return fmt.Errorf("failed to keep the names of bundles: %w", err)
	}
	return x.Store.PutDocument(ctx, store.DocSticks, "", raw)
}

func (x *exporting) say() {
	if x.tell != nil {
		x.tell(x.at)
	}
}

// lostError is an attachment that is not what it was.
type lostError struct{ sha256 string }

func (e *lostError) Error() string { return "an attachment cannot be read" }

// copy writes a file's bytes a piece at a time.
func (x *exporting) copy(ctx context.Context, to io.Writer, f store.ToCarry) (err error) {
	file, err := x.Store.OpenFile(f.SHA256)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return &lostError{f.SHA256}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	c := copying{sum: newDigest()}
	for c.n < f.Size {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, rerr := io.CopyN(io.MultiWriter(&c, to), file, min(pieceBytes, f.Size-c.n))
		if errors.Is(rerr, io.EOF) {
			return &lostError{f.SHA256}
		}
		if rerr != nil {
			return rerr
		}
		x.at.Done += n
		x.say()
	}
	if c.hex() != f.SHA256 {
		return &lostError{f.SHA256}
	}
	return nil
}

// pieceBytes is copied between two looks whether somebody still wants it.
const pieceBytes = 1 << 20
