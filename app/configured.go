package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"tramhoso/app/config"
	"tramhoso/app/devices/bench"
	"tramhoso/sync/store"
)

// stationConfig is the configuration in a file; without one that of the station,
// or the defaults.
func stationConfig(file string) (config.Config, error) {
	if file == "" {
		_, err := os.Stat(bench.StationFile)
		if errors.Is(err, fs.ErrNotExist) {
			return config.Default(), nil
		}
		file = bench.StationFile
	}
	return config.Load(file)
}

// stopped is the configuration of a station that is there. A command that looks
// after a station never begins one.
func stopped(file string) (config.Config, error) {
	cfg, err := stationConfig(file)
	if err != nil {
		return cfg, err
	}
	here, err := store.Here(cfg.Storage)
	if err != nil {
		return cfg, err
	}
	if !here {
		return cfg, fmt.Errorf("there is no station in %s: --config names the configuration of one", cfg.Storage)
	}
	return cfg, nil
}

// openStopped opens a station that does not run. instead is what to do about one
// that does.
func openStopped(ctx context.Context, file, instead string) (*station, error) {
	cfg, err := stopped(file)
	if err != nil {
		return nil, err
	}
	s := openStation(ctx, cfg, slog.New(slog.DiscardHandler)) // what fails is returned and said
	if s.kept == nil {
		s.close()
		return nil, running(s.broken, instead)
	}
	return s, nil
}

// errRuns is told where the station itself holds the folder.
var errRuns = errors.New("the station runs")

// running puts into words that the station itself holds its folder.
func running(err error, instead string) error {
	if errors.Is(err, store.ErrInUse) {
		return fmt.Errorf("%w: %s", errRuns, instead)
	}
	return err
}
