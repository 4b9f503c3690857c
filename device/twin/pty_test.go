package twin

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLineCarriesBytesBothWays(t *testing.T) {
	got := make(chan byte, 64)
	link := filepath.Join(t.TempDir(), "usb-printer")
	l, err := newLine(link, func(p []byte) {
		for _, b := range p {
			got <- b
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.close(); err != nil {
			t.Error(err)
		}
	}()
	for round := range 2 {
		station, err := os.OpenFile(link, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		// Every byte value must survive in both directions: a cooked terminal
		// would translate CR, LF, ^C, XON and XOFF.
		for v := range 256 {
			if _, err := station.Write([]byte{byte(v)}); err != nil {
				t.Fatal(err)
			}
			if b := <-got; b != byte(v) {
				t.Fatalf("round %d: device received %#x for %#x", round, b, v)
			}
			if _, err := l.Write([]byte{byte(v)}); err != nil {
				t.Fatal(err)
			}
			var one [1]byte
			if _, err := station.Read(one[:]); err != nil || one[0] != byte(v) {
				t.Fatalf("round %d: station received %#x, %v for %#x", round, one[0], err, v)
			}
		}
		if err := station.Close(); err != nil { // the line survives a reopen
			t.Fatal(err)
		}
	}
}

func TestUnplugHangsUpAndPlugReturnsUnderTheSameName(t *testing.T) {
	link := filepath.Join(t.TempDir(), "usb-printer")
	l, err := newLine(link, func([]byte) {})
	if err != nil {
		t.Fatal(err)
	}
	station, err := os.OpenFile(link, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := station.Read(make([]byte, 1))
		ended <- err
	}()
	if err := l.unplug(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("a read on an unplugged line succeeded")
		}
	case <-time.After(longWait):
		t.Fatal("a read on an unplugged line hung")
	}
	if err := station.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(link); !os.IsNotExist(err) {
		t.Errorf("the link survived the unplugging: %v", err)
	}
	if _, err := l.Write([]byte{1}); err != ErrUnplugged {
		t.Errorf("writing while unplugged: %v", err)
	}
	if err := l.plug(); err != nil {
		t.Fatal(err)
	}
	again, err := os.OpenFile(link, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if err := l.close(); err != nil {
		t.Error(err)
	}
}

func TestWriteToADeafStationIsBounded(t *testing.T) {
	l, err := newLine(filepath.Join(t.TempDir(), "deaf"), func([]byte) {})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := l.Write(make([]byte, 1<<20)); err == nil {
		t.Error("a megabyte went to a station that reads nothing")
	}
	if d := time.Since(start); d > 5*lineWriteTimeout {
		t.Errorf("the write took %v", d)
	}
	if err := l.close(); err != nil {
		t.Error(err)
	}
}
