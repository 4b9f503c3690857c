package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// alertWait is how long a broken connection is read for the peer's reason.
const alertWait = 2 * time.Second

// dialer connects and shakes hands, and returns connections that tell why the
// peer hung up.
func dialer(dial Dial, conf *tls.Config) Dial {
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: idleTimeout / 2}).DialContext
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, fmt.Errorf("failed to read the address: %w", err)
		}
		connecting, connected := context.WithTimeout(ctx, dialTimeout)
		defer connected()
		raw, err := dial(connecting, network, addr)
		if err != nil {
			return nil, err
		}
		conf := conf.Clone()
		conf.ServerName = host
		c := tls.Client(raw, conf)
		ctx, cancel := context.WithTimeout(ctx, tlsTimeout)
		defer cancel()
		if err := c.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, ignoreClosed(raw.Close()))
		}
		return &telling{c}, nil
	}
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// telling is a TLS connection whose failed writes report the alert that the
// peer sent before it hung up. In TLS 1.3 a refused client certificate shows
// only then, and a broken pipe alone would look like a missing network.
type telling struct{ *tls.Conn }

func (c *telling) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if err == nil {
		return n, nil
	}
	if derr := c.SetReadDeadline(time.Now().Add(alertWait)); derr != nil {
		return n, err
	}
	// The connection is lost, so what else is read does not matter. An alert
	// that somebody has read already is reported again.
	if _, rerr := c.Read(make([]byte, 1)); isAlert(rerr) {
		return n, rerr
	}
	return n, err
}
