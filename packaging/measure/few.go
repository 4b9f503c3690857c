package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"tramhoso/sync/prove/link"
)

// fews are the backlogs of everyday: what came in while the network was away for
// an hour, a morning, a week.
var fews = []int{1, 8, 100}

// measureFew measures how long a few dossiers take once the network is there again,
// over the line of a commune, with every connection still to be made: beside tus,
// and beside tus under TLS, as a portal on the internet would have to offer it.
// There the round trips count, not the bytes.
func measureFew(ctx context.Context, s *sheet) error {
	peers, err := s.syncPeers(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.dir, "few")
	all, err := newBacklog(ctx, filepath.Join(dir, "backlog"), fews[len(fews)-1])
	if err != nil {
		return err
	}
	contenders := []contender{{"ours", drainOurs}, {"tus", peers.drainTus}, {"tus-tls", peers.drainTusTLS}}
	for _, n := range fews {
		b := &backlog{dir: all.dir, files: all.files[:n]}
		for _, f := range b.files {
			info, err := os.Stat(f)
			if err != nil {
				return err
			}
			b.bytes += info.Size()
		}
		calm := []weather{{}}
		if err := drains(ctx, s.rounds, filepath.Join(dir, fmt.Sprint(n)), b, contenders, calm); err != nil {
			return err
		}
		for i, c := range contenders {
			s.figure(fmt.Sprintf("few-%d-%s", n, c.name), calm[0].took[i].median()/1000, "s")
			s.figure(fmt.Sprintf("few-%d-%s-bytes", n, c.name), median(calm[0].sent[i])/float64(b.bytes), "ratio")
		}
		s.figure(fmt.Sprintf("few-%d-to-tus", n), calm[0].took[0].median()/calm[0].took[1].median(), "ratio")
		s.figure(fmt.Sprintf("few-%d-to-tus-tls", n), calm[0].took[0].median()/calm[0].took[2].median(), "ratio")
	}
	return nil
}

// drainTusTLS uploads every sealed packet as a file over TLS.
func (p *syncPeers) drainTusTLS(ctx context.Context, dir string, b *backlog, l *link.Line, start func()) error {
	pair := filepath.Join(dir, "tls.pem")
	if err := writePair(pair); err != nil {
		return err
	}
	server, addr, err := p.serve(ctx, "tus-server.mjs", filepath.Join(dir, "server"), pair)
	if err != nil {
		return err
	}
	defer server.stop()
	r, err := l.Relay(addr)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return p.drain(ctx, b, start, "tus-client.mjs", append([]string{"https://" + r.Addr() + "/files"}, b.files...)...)
}

// writePair writes a key and its certificate, of the kind that the portal's are.
func writePair(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("failed to make a key: %w", err)
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return fmt.Errorf("failed to make a certificate: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("failed to write a key: %w", err)
	}
	out := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})...)
	return os.WriteFile(path, out, 0o600)
}
