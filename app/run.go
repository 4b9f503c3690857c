package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"tramhoso/app/config"
)

type runCommand struct {
	Config string `help:"Configuration file; without one the documented defaults hold." type:"path" placeholder:"FILE"`
	Size   string `help:"Window size instead of the configured one, such as 1280x800." placeholder:"WxH"`
	Lang   string `help:"Language instead of the configured one." placeholder:"vi|en"`
	runExtra
}

// Run wires the station together and shows it until the window is closed or a
// signal ends it.
func (r runCommand) Run() error {
	cfg := config.Default()
	if r.Config != "" {
		var err error
		if cfg, err = config.Load(r.Config); err != nil {
			return err
		}
	}
	if r.Size != "" {
		if _, err := fmt.Sscanf(r.Size, "%dx%d", &cfg.Screen.Width, &cfg.Screen.Height); err != nil {
			return fmt.Errorf("--size must be like 1280x800, not %q", r.Size)
		}
		cfg.Screen.Kiosk = false
	}
	if r.Lang != "" {
		cfg.Language = r.Lang
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: cfg.Log.Slog()}))
	slog.SetDefault(log)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	ctx, end := context.WithCancel(ctx)
	defer end()
	s := openStation(ctx, cfg, log)
	s.quit = end
	defer s.powerOff()
	defer s.close()
	w := newWindow(cfg, s)
	s.start(ctx, w)
	r.rehearse(ctx, s, w)
	w.show(ctx)
	return nil
}
