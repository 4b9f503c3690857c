//go:build !ci

package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/go-gl/glfw/v3.4/glfw"
)

// findScreen opens a hidden window and closes it, before anything is made: Fyne
// itself says in the log alone that it has no screen, and falls over later. The
// library is the one that Fyne draws with, so that both mean the same screen; to
// Fyne it is then as it finds it, without hints.
func findScreen() error {
	if err := glfw.Init(); err != nil {
		return noScreen(err)
	}
	glfw.WindowHint(glfw.Visible, glfw.False)
	glfw.WindowHint(glfw.ContextVersionMajor, 2) // what Fyne asks for
	glfw.WindowHint(glfw.ContextVersionMinor, 1)
	w, err := glfw.CreateWindow(1, 1, "", nil, nil)
	if err != nil {
		return fmt.Errorf("nothing can be drawn on the screen %s: %w", os.Getenv("DISPLAY"), err)
	}
	w.Destroy()
	glfw.DefaultWindowHints()
	return nil
}

func noScreen(err error) error {
	at := os.Getenv("DISPLAY")
	if at == "" {
		return errors.New("there is no screen: DISPLAY is not set")
	}
	return fmt.Errorf("there is no screen: DISPLAY=%s cannot be opened: %w", at, err)
}
