package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"sync"
	"syscall"
	"time"

	"tramhoso/app/upkeep"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
)

// askMost bounds the question to the portal: less than a probe may take, so that it
// is the portal that did not answer and not the probe that was cut off.
const askMost = upkeep.ProbeTime - time.Second

// somewhere are addresses of no machine (RFC 5737, RFC 3849): whether there is a way
// out can be asked of the routing table without sending anything.
var somewhere = []string{"192.0.2.1:443", "[2001:db8::1]:443"}

// probes examine the way from this station to its portal, with the very client that
// sends. One question is asked for the last three links: what comes back tells them
// apart.
func (s *station) probes() upkeep.Probes {
	host := ""
	if s.kept != nil {
		if e, err := s.province.Enrolment(); err == nil {
			if u, err := url.Parse(e.URL); err == nil {
				host = u.Hostname()
			}
		}
	}
	var once sync.Once
	var answer error
	ask := func(ctx context.Context) error {
		once.Do(func() {
			if s.kept == nil {
				answer = s.broken
				return
			}
			ctx, done := context.WithTimeout(ctx, askMost)
			defer done()
			_, answer = s.link.Time(ctx)
			if errors.Is(answer, context.DeadlineExceeded) && dossier.CodeOf(answer) == "" {
				answer = dossier.E(dossier.CodeNoNetwork, dossier.E(client.CauseTimeout, answer))
			}
		})
		return answer
	}
	return upkeep.Probes{
		upkeep.LinkCable: func(context.Context) error { return wayOut(host) },
		upkeep.LinkDNS: func(ctx context.Context) error {
			switch {
			case host == "":
				return upkeep.ErrUnsaid
			case net.ParseIP(host) != nil:
				return nil
			}
			if _, err := net.DefaultResolver.LookupHost(ctx, host); err != nil {
				return dossier.E(dossier.CodeNoNetwork, dossier.E(client.CauseNoName, err))
			}
			return nil
		},
		upkeep.LinkLogin: func(ctx context.Context) error {
			err := ask(ctx)
			switch dossier.CodeOf(err) {
			case dossier.CodeNotThePortal:
				return err
			case dossier.CodeNoNetwork, dossier.CodeNotEnrolled:
				return upkeep.ErrUnsaid
			}
			return nil
		},
		upkeep.LinkClock: func(ctx context.Context) error {
			err := ask(ctx)
			switch {
			case dossier.CauseOf(err) == client.CauseClock:
				return err
			case err != nil:
				return upkeep.ErrUnsaid
			}
			return nil
		},
		upkeep.LinkPortal: ask,
	}
}

// wayOut reports whether the machine knows a way to a host, or to anywhere where the
// host is a name. It sends nothing: connecting a datagram socket only looks it up.
func wayOut(host string) error {
	to := somewhere
	if net.ParseIP(host) != nil {
		to = []string{net.JoinHostPort(host, "443")}
	}
	var all []error
	for _, addr := range to {
		c, err := net.Dial("udp", addr)
		if err == nil {
			return c.Close()
		}
		all = append(all, err)
	}
	err := errors.Join(all...)
	if errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETDOWN) {
		return dossier.E(dossier.CodeNoNetwork, dossier.E(client.CauseNoRoute, err))
	}
	return errors.Join(upkeep.ErrUnsaid, err)
}
