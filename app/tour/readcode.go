//go:build tour

package tour

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"tramhoso/sync/dossier/vietqr"
)

// readCode reads the QR in the picture of a paper, as a scanner would from the
// paper itself. A code that asks a banking app for money is not the paper's own;
// of others it refuses none and several.
func readCode(ctx context.Context, picture string) (string, error) {
	if _, err := os.Stat(picture); errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("no paper has come out as %s yet", filepath.Base(picture))
	}
	cmd := exec.CommandContext(ctx, "zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture)
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == 4:
		return "", fmt.Errorf("no QR can be read on %s", picture)
	case err != nil:
		return "", fmt.Errorf("failed to read the QR (zbarimg, of the package zbar-tools): %w", err)
	}
	codes := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	codes = slices.DeleteFunc(codes, func(c string) bool { _, err := vietqr.Parse(c); return err == nil })
	if len(codes) != 1 {
		return "", fmt.Errorf("%d QR codes are on %s; a slip has one", len(codes), picture)
	}
	return codes[0], nil
}

// readCodes reads every code in the picture of a paper, also those that end where
// the head does: a roll is wider, so there is white beside them.
func readCodes(ctx context.Context, picture string) ([]string, error) {
	f, err := os.Open(picture)
	if err != nil {
		return nil, fmt.Errorf("failed to look at a paper: %w", err)
	}
	img, err := png.Decode(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("failed to look at a paper: %w", err)
	}
	const edge = 32
	wide := image.NewGray(img.Bounds().Inset(-edge))
	draw.Draw(wide, wide.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(wide, img.Bounds(), img, img.Bounds().Min, draw.Src)
	var buf bytes.Buffer
	if err := png.Encode(&buf, wide); err != nil {
		return nil, fmt.Errorf("failed to lay a paper on white: %w", err)
	}
	cmd := exec.CommandContext(ctx, "zbarimg", "--quiet", "--raw", "-")
	cmd.Stdin = &buf
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("no code can be read on %s (zbarimg, of the package zbar-tools): %w", picture, err)
	}
	return strings.Fields(string(out)), nil
}
