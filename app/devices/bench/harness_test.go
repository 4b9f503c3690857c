package bench

import (
	"io"
	"os"
	"testing"
	"time"
)

const (
	cardOf   = "066190000123||H’ Bia Niê|12081990|Nữ|Buôn Ea Bông, Cư Êbur, Buôn Ma Thuột, Đắk Lắk|15042021"
	numberOf = "066190000123"
	badCard  = "IDVNM0901234562000090123456<<29001011M3001019VNM<<<<<<<<<<<1NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"

	// patience is how long anything may take on a busy machine.
	patience = 60 * time.Second
)

// personal is what no terminal may show.
var personal = []string{numberOf, "Bia Niê", "Buôn Ea Bông", "090123456", "NGUYEN"}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// copyProgram makes another file of the program that runs.
func copyProgram(t *testing.T, to string) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	in, err := os.Open(self)
	must(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(out, in)
	must(t, err)
	must(t, out.Close())
}
