package courier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// Exported says what an export left on the stick.
type Exported struct {
	Name    string // of the file
	Packets int    // in it
	Left    int    // still waiting that did not fit: they go with the next
}

// Export writes one bundle of what waits into dir. Where nothing waits it still
// asks for news.
func (c *Courier) Export(ctx context.Context, dir string) (done Exported, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to export: %w", err)
		}
	}()
	station, err := c.Province.Station()
	if err != nil {
		return done, err
	}
	to, err := c.Province.Recipient()
	if err != nil {
		return done, err
	}
	packets, err := c.waiting(ctx)
	if err != nil {
		return done, err
	}
	id, err := stick.NewID(c.rand())
	if err != nil {
		return done, err
	}
	cur, err := c.Store.Cursor(ctx)
	if err != nil {
		return done, err
	}
	claim := wire.BundleClaim{ID: id, Station: station.Code, At: c.now().UTC().Truncate(time.Millisecond), Epoch: cur.Epoch, N: cur.N,
		Known: c.Province.Known()}
	if t := c.Province.Trust(); t != nil {
		claim.Trust = t.Version
	}
	signed, err := seal.SignJSON(claim, wire.TypBundle, c.Keys.PacketSigner())
	if err != nil {
		return done, err
	}
	sealed, err := seal.SealBundle(wire.EncodeBundle(signed, packets), to.Key)
	if err != nil {
		return done, err
	}
	waiting, err := c.Store.Waiting(ctx)
	if err != nil {
		return done, err
	}
	folder, err := stick.Open(dir)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if done.Name, err = folder.Write(stick.Up, id, sealed); err != nil {
		return Exported{}, err
	}
	done.Packets, done.Left = len(packets), max(0, waiting.Packets-len(packets))
	c.log().Info("exported", "file", done.Name, "packets", done.Packets, "left", done.Left)
	return done, nil
}

// frameBytes is more than the frames around one packet take.
const frameBytes = 64

// waiting is what goes into one bundle, what is most urgent first.
func (c *Courier) waiting(ctx context.Context) (packets []dossier.Packet, err error) {
	list, err := c.Store.Outgoing(ctx, wire.MaxBundlePackets)
	if err != nil {
		return nil, err
	}
	size := wire.MaxHeadBytes // of the claim
	for _, o := range list {
		if size += len(o.Packet.JWS) + len(o.Packet.Body) + frameBytes; size > wire.MaxBundleBytes {
			break
		}
		packets = append(packets, o.Packet)
	}
	return packets, nil
}
