package client_test

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/client"
)

// Two connections together carry no more than the limit, each way, and close
// while they wait.
func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const bits, bytes = 128_000, 32_000 // 2 s of the line each
		dial := client.Limit(func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			go func() { _, _ = io.Copy(far, far) }()
			return near, nil
		}, bits)
		began := time.Now()
		done := make(chan time.Duration, 2)
		for range 2 {
			c, err := dial(t.Context(), "tcp", "portal:443")
			must(t, err)
			go func() { _, _ = c.Write(make([]byte, bytes)) }()
			go func() {
				_, err := io.ReadFull(c, make([]byte, bytes))
				if err != nil {
					t.Error(err)
				}
				done <- time.Since(began)
				_ = c.Close()
			}()
		}
		<-done
		if took := <-done; took < 4*time.Second || took > 5*time.Second {
			t.Errorf("%v for what takes the line 4 s", took)
		}
		c, err := dial(t.Context(), "tcp", "portal:443")
		must(t, err)
		go func() { done <- 0; _ = c.Close() }()
		<-done
		if _, err := c.Write(make([]byte, bytes)); err == nil {
			t.Error("a closed connection took it all")
		}
	})
}
