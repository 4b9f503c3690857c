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
	Config string `help:"Configuration file." type:"path" placeholder:"FILE" default:"${station}"`
	Size   string `help:"Window size instead of the configured one, such as 1280x800." placeholder:"WxH"`
	Lang   string `help:"Language instead of the configured one." placeholder:"vi|en"`
	runExtra
}

// Help is the long help.
func (runCommand) Help() string {
	return `A station begins only with a configuration: the command "config" prints one to begin with. The folder that it names as its storage is made, with keys of its own; a screen must be there first.`
}

// configuration is the one to run with. Without a file there is none: the defaults
// would begin a new station that nobody has enrolled, wherever a name was mistyped.
func (r runCommand) configuration() (config.Config, error) {
	cfg, err := config.Load(r.Config)
	if err != nil {
		return cfg, err
	}
	if r.Size != "" {
		var rest string
		if n, _ := fmt.Sscanf(r.Size+"\n", "%dx%d%s", &cfg.Screen.Width, &cfg.Screen.Height, &rest); n != 2 {
			return cfg, fmt.Errorf("--size must be like 1280x800, not %q", r.Size)
		}
		cfg.Screen.Kiosk = false
	}
	if r.Lang != "" {
		cfg.Language = r.Lang
	}
	return cfg, cfg.Validate()
}

// Run wires the station together and shows it until the window is closed or a
// signal ends it.
func (r runCommand) Run() error {
	cfg, err := r.configuration()
	if err != nil {
		return err
	}
	if err := findScreen(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: cfg.Log.Slog()}))
	slog.SetDefault(log)
	told, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	ctx, end := context.WithCancel(told)
	defer end()
	s := openStation(ctx, cfg, log)
	s.quit = end
	s.guard("the screen", func() {
		w := newWindow(cfg, s)
		s.start(ctx, w)
		r.rehearse(ctx, s, w)
		w.show(ctx)
	})
	err = s.end(closeMost)
	s.powerOff()
	if err == nil && s.anew.Load() && told.Err() == nil {
		return beginAnew()
	}
	return err
}
