// Half of a handshake's time is its post-quantum half, of which nothing here
// depends; stations call anew after every cut.

//go:debug tlsmlkem=0
package sim

import (
	"context"
	"fmt"
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
	return os.TempDir()
}

// scratch is where everything lies that these tests make.
var scratch string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	f, err := newScratch(memory())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	scratch = f.dir
	defer func() {
		if err := f.remove(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	return m.Run()
}
