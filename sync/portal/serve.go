package portal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"tramhoso/sync/portal/gate"
)

// graceTimeout is how long running calls may go on after a stop was asked for.
const graceTimeout = 10 * time.Second

// Server is a portal with its two listeners.
type Server struct {
	p            *Portal
	portal, desk net.Listener
	servers      [2]*http.Server
}

// Listen opens the listeners, so that their ports are known before Run. The
// desk listens on a loopback address only.
func (p *Portal) Listen(ctx context.Context, portal, desk string) (*Server, error) {
	host, _, err := net.SplitHostPort(desk)
	if err != nil {
		return nil, fmt.Errorf("failed to read the desk's address: %w", err)
	}
	if !loopbackHost(host) {
		return nil, errors.New("failed to open the desk: it listens on loopback addresses only")
	}
	conf, err := p.TLSConfig()
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	s := &Server{p: p}
	if s.portal, err = lc.Listen(ctx, "tcp", portal); err != nil {
		return nil, fmt.Errorf("failed to listen: %w", err)
	}
	if s.desk, err = lc.Listen(ctx, "tcp", desk); err != nil {
		return nil, errors.Join(fmt.Errorf("failed to listen for the desk: %w", err), s.portal.Close())
	}
	s.portal = gate.Limit(s.portal, gate.Doors{Most: p.o.Limits.Connections, Strangers: p.o.Limits.Connections / strangersOf, Each: maxStationConns})
	s.servers = [2]*http.Server{p.server(p.Handler()), p.server(p.Desk())}
	s.servers[0].TLSConfig = conf
	return s, nil
}

func (p *Portal) server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, // body and answer: gate.Pace
		MaxHeaderBytes: maxHeaderBytes, ConnContext: gate.ConnContext,
		HTTP2:    &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug), // broken handshakes of strangers
	}
}

// URL is the portal's address, DeskURL the desk's.
func (s *Server) URL() string { return "https://" + s.portal.Addr().String() }

// DeskURL is the desk's address.
func (s *Server) DeskURL() string { return "http://" + s.desk.Addr().String() }

// Run serves until ctx ends, then lets running calls finish.
func (s *Server) Run(ctx context.Context) error {
	sweeping, stopSweeping := context.WithCancel(ctx)
	defer stopSweeping()
	var rounds sync.WaitGroup
	rounds.Go(func() { s.p.sweepDaily(sweeping) })
	rounds.Go(func() { s.p.watchKeys(sweeping) })
	rounds.Go(func() { s.p.watchContacts(sweeping) })
	failed := make(chan error, 2)
	go func() {
		failed <- s.servers[0].ServeTLS(s.portal, "", "") // the certificate is in TLSConfig
	}()
	go func() { failed <- s.servers[1].Serve(s.desk) }()
	var err error
	running := 2
	select {
	case <-ctx.Done():
	case err = <-failed:
		running--
	}
	stopSweeping()
	rounds.Wait()
	s.p.Stop()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceTimeout)
	defer cancel()
	for _, srv := range s.servers {
		if serr := srv.Shutdown(grace); serr != nil {
			err = errors.Join(err, fmt.Errorf("failed to stop gracefully: %w", serr), srv.Close())
		}
	}
	if kerr := s.p.keepContacts(grace); kerr != nil {
		s.p.log.Error("contacts are not kept", "err", kerr)
	}
	for range running {
		if ferr := <-failed; !errors.Is(ferr, http.ErrServerClosed) {
			err = errors.Join(err, ferr)
		}
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
