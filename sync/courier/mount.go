package courier

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"tramhoso/sync/dossier"
)

// Mounted is the file system on which a folder lies.
type Mounted struct {
	Point   string
	Type    string
	Options []string
}

// safeOptions keep what is on a stranger's stick from being run, from giving
// rights and from standing for devices.
var safeOptions = []string{"nosuid", "nodev", "noexec"}

// mostMounts bounds what is read of a list of mounts; a station has some thirty.
const mostMounts = 4096

// Why a folder is no place for a bundle.
var (
	ErrNoStick = errors.New("the folder is on this station's own disk, not on a stick")
	ErrLoose   = errors.New("the stick is not mounted nosuid,nodev,noexec")
)

// mounts reads a list such as /proc/self/mounts; see proc(5).
func mounts(r io.Reader) (list []Mounted, err error) {
	lines := bufio.NewScanner(r)
	for n := 0; lines.Scan(); n++ {
		if n == mostMounts {
			return nil, dossier.Errorf(dossier.CodeInvalid, "more than %d mounts", mostMounts)
		}
		if f := strings.Fields(lines.Text()); len(f) >= 4 {
			list = append(list, Mounted{Point: unescape(f[1]), Type: f[2], Options: strings.Split(f[3], ",")})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("failed to read the mounts: %w", err)
	}
	return list, nil
}

// MountOf finds the file system of a cleaned, absolute folder in a list such as
// /proc/self/mounts; what was mounted last over a point counts.
func MountOf(r io.Reader, dir string) (Mounted, error) {
	list, err := mounts(r)
	if err != nil {
		return Mounted{}, err
	}
	var found Mounted
	for _, m := range list {
		if within(dir, m.Point) && len(m.Point) >= len(found.Point) {
			found = m
		}
	}
	if found.Point == "" {
		return Mounted{}, dossier.Errorf(dossier.CodeNotFound, "no mount holds the folder")
	}
	return found, nil
}

func within(dir, point string) bool {
	return filepath.IsAbs(point) && (dir == point || point == "/" || strings.HasPrefix(dir, point+"/"))
}

// unescape reads the four octal escapes of proc(5).
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// Check says why nothing may be carried on this file system: ErrNoStick or
// ErrLoose.
func (m Mounted) Check() error {
	if m.Point == "/" {
		return dossier.E(dossier.CodeInvalid, ErrNoStick)
	}
	for _, o := range safeOptions {
		if !slices.Contains(m.Options, o) {
			return dossier.E(dossier.CodeInvalid, ErrLoose)
		}
	}
	return nil
}

// Remount is the command that mends ErrLoose.
func (m Mounted) Remount() string {
	return "mount -o remount," + strings.Join(safeOptions, ",") + " '" + strings.ReplaceAll(m.Point, "'", `'\''`) + "'"
}
