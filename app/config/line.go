package config

import (
	"fmt"
	"path/filepath"
	"regexp"
)

// numbered are the nodes whose number is another one after the next plugging.
var numbered = regexp.MustCompile(`^/dev/tty(USB|ACM)[0-9]+$`)

// NumberedError refuses a line that is named by its number. Whoever can look at
// the machine may add the name that stays with the device.
type NumberedError struct {
	Key  string // such as printer.path
	Path string
}

func (e NumberedError) Error() string {
	return fmt.Sprintf("%s must be a name that stays with the device, under /dev/serial/by-id or by-path, not %s, whose number changes with the plugging; `tramhoso devices` lists the names", e.Key, e.Path)
}

// byNumber is the refusal, or nil.
func byNumber(key, path string) error {
	if !numbered.MatchString(filepath.Clean(path)) {
		return nil
	}
	return NumberedError{Key: key, Path: path}
}
