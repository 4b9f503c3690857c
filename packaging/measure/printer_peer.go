package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
)

// What ours is measured beside, pinned so that figures stay comparable.
const (
	peerPackage = "@point-of-sale/receipt-printer-encoder"
	peerVersion = "3.0.3"
)

// peerStack, in KB, is what the peer needs for a long slip: it hands a picture on
// as one list of arguments. It stays below the 8 MB that Linux gives a thread.
const peerStack = "6000"

//go:embed peer.mjs
var peerScript []byte

// peer is the other encoder, installed into a folder that is thrown away.
type peer struct{ dir string }

func installPeer(ctx context.Context) (*peer, error) {
	dir, err := os.MkdirTemp("", "peer")
	if err != nil {
		return nil, fmt.Errorf("failed to make room for the peer: %w", err)
	}
	p := &peer{dir}
	if err := os.WriteFile(filepath.Join(dir, "peer.mjs"), peerScript, 0o600); err != nil {
		p.remove()
		return nil, fmt.Errorf("failed to write the peer's script: %w", err)
	}
	install := exec.CommandContext(ctx, "npm", "install", "--silent", "--no-audit", "--no-fund",
		"--prefix", dir, peerPackage+"@"+peerVersion)
	if out, err := install.CombinedOutput(); err != nil {
		p.remove()
		return nil, fmt.Errorf("failed to install the peer: %w\n%s", err, out)
	}
	return p, nil
}

func (p *peer) remove() { _ = os.RemoveAll(p.dir) }

// encode has the peer encode a picture: its bytes on the wire.
func (p *peer) encode(ctx context.Context, img *image.Gray) ([]byte, error) {
	// It takes pictures whose height is a multiple of 8: white rows below.
	width, height := img.Rect.Dx(), (img.Rect.Dy()+7)/8*8
	input := fmt.Appendf(nil, "%d\n%d\n", width, height)
	for y := range height {
		row := bytes.Repeat([]byte{0xff}, width)
		if y < img.Rect.Dy() {
			copy(row, img.Pix[y*img.Stride:y*img.Stride+width])
		}
		input = append(input, row...)
	}
	node := exec.CommandContext(ctx, "node", "--stack-size="+peerStack, filepath.Join(p.dir, "peer.mjs"))
	node.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	node.Stderr = &stderr
	out, err := node.Output()
	if err != nil {
		return nil, fmt.Errorf("failed to run the peer: %w\n%s", err, stderr.String())
	}
	return out, nil
}

// rawRaster is a picture in the plainest way: every dot of every row.
func rawRaster(img *image.Gray) []byte {
	stride, rows := img.Rect.Dx()/8, img.Rect.Dy()
	out := []byte{0x1b, '@', 0x1d, 'v', '0', 0, byte(stride), byte(stride >> 8), byte(rows), byte(rows >> 8)}
	for y := range rows {
		for x := range stride {
			var b byte
			for bit := range 8 {
				if img.Pix[y*img.Stride+x*8+bit] < 0x80 {
					b |= 0x80 >> bit
				}
			}
			out = append(out, b)
		}
	}
	return append(out, 0x1d, 'V', 66, 0)
}
