package inbox

import (
	"context"
	"io"
	"sync"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// Link is the portal of this station, whoever that is at the moment: it makes a
// client when the station is enrolled and a new one when its identity or the
// trust bundle changes. It is an outbox.Sender and a Portal.
type Link struct {
	Province *Province
	Keys     *seal.Keys
	Now      func() time.Time // never before the trusted floor; nil: time.Now
	Signed   func(time.Time)  // hears every signed time; may be nil
	Dial     client.Dial      // nil: TCP

	mu    sync.Mutex
	made  *client.Client
	owner string // the certificate that made is for
	trust *seal.Trust
}

// client returns the client for the present identity.
func (l *Link) client() (*client.Client, error) {
	e, err := l.Province.Enrolment()
	if err != nil {
		return nil, err
	}
	trust := l.Province.Trust()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made != nil && l.owner == e.Certificate && l.trust == trust {
		return l.made, nil
	}
	c, err := client.New(client.Config{URL: e.URL, Station: e.Station.Code, Certificate: e.Certificate, Key: l.Keys.TLSKey(),
		Trust: l.Province.Trust, Now: l.Now, Signed: l.Signed, Dial: l.Dial})
	if err != nil {
		return nil, err
	}
	if l.made != nil {
		l.made.Close()
	}
	l.made, l.owner, l.trust = c, e.Certificate, trust
	return c, nil
}

// Close lets go of idle connections.
func (l *Link) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made != nil {
		l.made.Close()
		l.made = nil
	}
}

// Put implements outbox.Sender.
func (l *Link) Put(ctx context.Context, p dossier.Packet) (dossier.Receipt, string, error) {
	c, err := l.client()
	if err != nil {
		return dossier.Receipt{}, "", err
	}
	return c.Put(ctx, p)
}

// Batch implements outbox.Sender.
func (l *Link) Batch(ctx context.Context, ps []dossier.Packet, away func(),
	each func(int, dossier.Receipt, string, error)) error {
	c, err := l.client()
	if err != nil {
		return err
	}
	return c.Batch(ctx, ps, away, each)
}

// Carry implements outbox.Carrier.
func (l *Link) Carry(ctx context.Context, packet string, a dossier.Attachment, content io.ReaderAt, from int64) (int64, error) {
	c, err := l.client()
	if err != nil {
		return -1, err
	}
	return c.Carry(ctx, packet, a, content, from)
}

// CarryBundle implements courier.Bearer.
func (l *Link) CarryBundle(ctx context.Context, sum string, content io.ReaderAt, size, from int64) (int64, error) {
	c, err := l.client()
	if err != nil {
		return -1, err
	}
	return c.CarryBundle(ctx, sum, content, size, from)
}

// AnswerBundle implements courier.Bearer.
func (l *Link) AnswerBundle(ctx context.Context, sum string, take func(io.Reader) error) error {
	c, err := l.client()
	if err != nil {
		return err
	}
	return c.AnswerBundle(ctx, sum, take)
}

// DropBundle implements courier.Bearer.
func (l *Link) DropBundle(ctx context.Context, sum string) error {
	c, err := l.client()
	if err != nil {
		return err
	}
	return c.DropBundle(ctx, sum)
}

// State implements outbox.Carrier.
func (l *Link) State(ctx context.Context, p dossier.Packet) (dossier.Receipt, string, []string, error) {
	c, err := l.client()
	if err != nil {
		return dossier.Receipt{}, "", nil, err
	}
	return c.State(ctx, p)
}

// Events implements Portal.
func (l *Link) Events(ctx context.Context, q wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
	c, err := l.client()
	if err != nil {
		return wire.EventsAnswer{}, wire.Watermark{}, err
	}
	return c.Events(ctx, q)
}

// Catalogue implements Portal.
func (l *Link) Catalogue(ctx context.Context, tag string, part client.Fetched) (client.Fetched, error) {
	c, err := l.client()
	if err != nil {
		return client.Fetched{}, err
	}
	return c.Catalogue(ctx, tag, part)
}

// Delta implements Portal.
func (l *Link) Delta(ctx context.Context, from int) (client.Fetched, error) {
	c, err := l.client()
	if err != nil {
		return client.Fetched{}, err
	}
	return c.Delta(ctx, from)
}

// Staff implements Portal.
func (l *Link) Staff(ctx context.Context, tag string) (client.Fetched, error) {
	c, err := l.client()
	if err != nil {
		return client.Fetched{}, err
	}
	return c.Staff(ctx, tag)
}

// Trust implements Portal.
func (l *Link) Trust(ctx context.Context, tag string) (client.Fetched, error) {
	if l.Province.Trust() == nil {
		return l.pinnedTrust(ctx)
	}
	c, err := l.client()
	if err != nil {
		return client.Fetched{}, err
	}
	f, err := c.Trust(ctx, tag)
	if dossier.CauseOf(err) == client.CauseIntercepted {
		// The portal's authority may be another one since this station last listened.
		if pinned, perr := l.pinnedTrust(ctx); perr == nil {
			return pinned, nil
		}
	}
	return f, err
}

// pinnedTrust asks for the trust bundle by the root alone, whose signature it bears.
func (l *Link) pinnedTrust(ctx context.Context) (client.Fetched, error) {
	e, err := l.Province.Enrolment()
	if err != nil {
		return client.Fetched{}, err
	}
	c, err := client.NewPinned(client.Config{URL: e.URL, Station: e.Station.Code, Certificate: e.Certificate, Key: l.Keys.TLSKey(),
		Root: e.Root, Now: l.Now, Dial: l.Dial})
	if err != nil {
		return client.Fetched{}, err
	}
	defer c.Close()
	return c.Trust(ctx, "")
}

// Renew implements Portal: it trades the present certificate for a later one and
// keeps that. Until the portal sees the new one, both hold.
func (l *Link) Renew(ctx context.Context) error {
	c, err := l.client()
	if err != nil {
		return err
	}
	csr, err := l.Keys.CSR()
	if err != nil {
		return err
	}
	chain, err := c.Renew(ctx, csr)
	if err != nil {
		return err
	}
	return l.Province.Renewed(ctx, chain)
}

// Time asks the portal for the time.
func (l *Link) Time(ctx context.Context) (time.Time, error) {
	c, err := l.client()
	if err != nil {
		return time.Time{}, err
	}
	return c.Time(ctx)
}

// Enrol trades a token for an identity and keeps it. A station that is somebody
// already can only become the same again: what waits here is signed as that.
func (l *Link) Enrol(ctx context.Context, t seal.Token) error {
	was, nobody := l.Province.Enrolment()
	if nobody == nil && t.RootSHA256 != was.Root {
		return dossier.Errorf(dossier.CodeConflict, "station %s is of another province than the token", was.Station.Code)
	}
	e, err := client.Enrol(ctx, t, l.Keys, l.Now)
	if err != nil {
		return err
	}
	if nobody == nil && e.Enrolment.Station.Code != was.Station.Code {
		return dossier.Errorf(dossier.CodeConflict, "station %s got a token of station %s", was.Station.Code, e.Enrolment.Station.Code)
	}
	return l.Province.Enrolled(ctx, e)
}
