// Half of a handshake's time is its post-quantum half, of which nothing here
// depends; stations call anew after every cut.

//go:debug tlsmlkem=0
package sim

import (
	"context"
	"os"
	"testing"
)

// ctx is of what lives as long as the tests.
var ctx = context.Background()

// memory is a folder in memory where there is one: a seed writes a lot and syncs
// all of it. What power cuts do is tested elsewhere.
func memory() string {
	if st, err := os.Stat("/dev/shm"); err == nil && st.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func TestMain(m *testing.M) {
	code := m.Run()
	if t, err := province(); err == nil {
		_ = os.RemoveAll(t.dir)
	}
	os.Exit(code)
}
