//go:build tour

package tour

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// readCode reads the QR in the picture of a paper, as a scanner would from the
// paper itself. It refuses a paper with no code or with several.
func readCode(ctx context.Context, picture string) (string, error) {
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
	if len(codes) != 1 {
		return "", fmt.Errorf("%d QR codes are on %s; a slip has one", len(codes), picture)
	}
	return codes[0], nil
}
