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
	"strconv"
	"strings"
	"time"

	"tramhoso/app/paper"
	"tramhoso/app/visit"
	"tramhoso/app/visit/papers"
	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// What ours is measured beside, pinned so that figures stay comparable.
const (
	peerPackage = "@point-of-sale/receipt-printer-encoder"
	peerVersion = "3.0.3"
)

//go:embed peer.mjs
var peerScript []byte

// encodeRounds is how often the slip is laid out and encoded.
const encodeRounds = 40

// measurePrinter measures a slip with its QR on the wire beside a full-width
// raster encoder, for the same picture.
func measurePrinter(ctx context.Context, s *sheet) error {
	doc, err := slip().Document(false)
	if err != nil {
		return err
	}
	img, err := printer.Layout(doc, printer.Paper{WidthDots: printer.Width80mm})
	if err != nil {
		return err
	}
	wire, err := printer.Encode(img, printer.Profile{WidthDots: printer.Width80mm})
	if err != nil {
		return err
	}
	theirs, err := peerBytes(ctx, img)
	if err != nil {
		return err
	}
	var drawn times
	for range encodeRounds {
		start := time.Now()
		again, err := printer.Layout(doc, printer.Paper{WidthDots: printer.Width80mm})
		if err != nil {
			return err
		}
		if _, err := printer.Encode(again, printer.Profile{WidthDots: printer.Width80mm}); err != nil {
			return err
		}
		drawn = append(drawn, time.Since(start))
	}
	s.peer(peerPackage + " " + peerVersion)
	s.figure("slip_bytes", float64(len(wire)), "B")
	s.figure("slip_bytes_full_width_encoder", float64(theirs), "B")
	s.figure("slip_bytes_beside_full_width_encoder", float64(len(wire))/float64(theirs), "ratio")
	s.figure("slip_drawn_and_encoded", drawn.median(), "ms")
	return nil
}

// peerBytes has the peer encode a picture; the peer is installed into a folder
// that is thrown away.
func peerBytes(ctx context.Context, img *image.Gray) (int, error) {
	dir, err := os.MkdirTemp("", "peer")
	if err != nil {
		return 0, fmt.Errorf("failed to make room for the peer: %w", err)
	}
	defer os.RemoveAll(dir)
	script := filepath.Join(dir, "peer.mjs")
	if err := os.WriteFile(script, peerScript, 0o600); err != nil {
		return 0, fmt.Errorf("failed to write the peer's script: %w", err)
	}
	install := exec.CommandContext(ctx, "npm", "install", "--silent", "--no-audit", "--no-fund",
		"--prefix", dir, peerPackage+"@"+peerVersion)
	if out, err := install.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("failed to install the peer: %w\n%s", err, out)
	}
	// The peer takes pictures whose height is a multiple of 8: white rows below.
	width, height := img.Rect.Dx(), (img.Rect.Dy()+7)/8*8
	input := fmt.Appendf(nil, "%d\n%d\n", width, height)
	for y := range height {
		row := bytes.Repeat([]byte{0xff}, width)
		if y < img.Rect.Dy() {
			copy(row, img.Pix[y*img.Stride:y*img.Stride+width])
		}
		input = append(input, row...)
	}
	node := exec.CommandContext(ctx, "node", script)
	node.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	node.Stderr = &stderr
	out, err := node.Output()
	if err != nil {
		return 0, fmt.Errorf("failed to run the peer: %w\n%s", err, stderr.String())
	}
	return strconv.Atoi(strings.TrimSpace(string(out)))
}

// slip is an ordinary one.
func slip() paper.Slip {
	return paper.Slip{
		Number: "DL27-000318-K",
		QR: "HTTPS://TRAMHOSO.EXAMPLE/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDINRYHI6D4QCCIRDEQSSMJZIFEVCWLBNFYXTAMJSGM2DKNRXHA4TUOZ4" +
			"#GEZDGNBVGY3TQOJQGEZDGNBVGY",
		At:       dossier.Stamp{Wall: time.Date(2026, 7, 14, 2, 41, 0, 0, time.UTC), Source: dossier.TimeSystem},
		Station:  paper.Station{Code: "DL27", Name: "Điểm BĐ – VHX Hoà Phú", Address: "Đắk Lắk"},
		Sender:   paper.Party{Name: "H’ Bia Niê", Last4: "0123", Address: "Buôn Ea Bông, Cư Êbur, Buôn Ma Thuột, Đắk Lắk"},
		Receiver: paper.Party{Name: "UBND phường Buôn Ma Thuột", Address: "Buôn Ma Thuột, Đắk Lắk"},
		Title:    "Cấp bản sao trích lục hộ tịch", Procedure: "2.000635", Copies: 2,
		Papers: []papers.Marked{
			{Name: "Tờ khai", Mark: papers.MarkElectronic}, {Name: "Thẻ căn cước", Mark: papers.MarkShown},
		},
		Fee: visit.Fee{Known: true, Unit: 8000, Count: 2, Total: 16000}, Pay: visit.PayCollect,
	}
}
