package printer

import (
	"bytes"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Codes of every size that fits are read from the paper by a reader that is
// not ours, on both papers and wherever they stand.
func TestCodesRead(t *testing.T) {
	zbarimg, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Fatalf("zbarimg (Debian: zbar-tools) is needed to read codes as a phone would: %v", err)
	}
	bar := Text{Invert: true, Runs: []Run{{Text: "ĐÃ NHẬN TẠI ĐIỂM NÀY", Bold: true}}}
	const ticket = 1 // the payload that slips have
	for _, width := range []int{Width80mm, Width58mm} {
		for i, payload := range []string{
			"A", "HTTPS://TRAM.EXAMPLE.VN/S/" + strings.Repeat("MFRGG2LT", 9) + "#ORSXG5A2ORSXG5A2",
			strings.Repeat("0123456789", 30), strings.Repeat("https://x.vn/", 18),
		} {
			for name, q := range map[string]QR{
				"alone": {}, "centre": {Align: Center}, "right": {Align: Right}, "finest": {Module: minModuleDots, Align: Right},
			} {
				if name != "alone" && name != "finest" && i != ticket {
					continue // where it stands does not depend on what it says
				}
				q.Payload = payload
				img, err := Layout(Document{Blocks: []Block{bar, q, bar}}, Paper{WidthDots: width})
				if err != nil {
					t.Fatalf("%d dots, %d bytes, %s: %v", width, len(payload), name, err)
				}
				var buf bytes.Buffer
				if err := png.Encode(&buf, img); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(t.TempDir(), "paper.png")
				if err := os.WriteFile(file, buf.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
				out, err := exec.Command(zbarimg, "--quiet", "--raw", "-Sbinary", file).Output()
				if err != nil || string(out) != payload {
					t.Errorf("%d dots, %d bytes, %s: read %q, %v", width, len(payload), name, out, err)
				}
			}
		}
	}
}

// The white that a code needs around it is there, also between two bars.
func TestCodesHaveTheirQuietZone(t *testing.T) {
	bar := Text{Invert: true, Runs: []Run{{Text: "X"}}}
	for _, width := range []int{Width80mm, Width58mm} {
		for _, align := range []Align{Left, Center, Right} {
			img, err := Layout(Document{Blocks: []Block{bar, QR{Payload: "HELLO", Module: 5, Align: align}, bar}}, Paper{WidthDots: width})
			if err != nil {
				t.Fatal(err)
			}
			m := pack(img)
			rows := m.extents()
			top := 0
			for rows[top].white() || rows[top].r-rows[top].l > width/2 {
				top++
			}
			bottom := top
			for !rows[bottom].white() {
				bottom++
			}
			l, r := rows[top].l, rows[top].r
			const quiet = quietModules * 5
			if l < quiet || width-r < quiet {
				t.Errorf("%d dots, align %d: the code stands from %d to %d", width, align, l, r)
			}
			for y := range quiet {
				if !rows[top-1-y].white() || !rows[bottom+y].white() {
					t.Errorf("%d dots, align %d: ink %d rows from the code", width, align, y)
				}
			}
		}
	}
}
