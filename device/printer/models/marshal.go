package models

import (
	"fmt"
	"time"

	"github.com/pelletier/go-toml/v2"

	"tramhoso/device/printer"
)

func ptr[T any](v T) *T { return &v }

// number is a key that is left out where it is not stated.
func number(v int) *int {
	if v == 0 {
		return nil
	}
	return &v
}

func text[S ~string](v S) *string {
	if v == "" {
		return nil
	}
	return ptr(string(v))
}

func millis(d time.Duration) *int {
	if d == 0 {
		return nil
	}
	return ptr(max(1, int(d.Milliseconds())))
}

func (f Fact) pointer() *bool {
	if f == NotStated {
		return nil
	}
	return ptr(f == Yes)
}

// onlyFalse is a key that stands only where the printer lacks it: having it is
// what is tried anyway.
func onlyFalse(lacks bool) *bool {
	if lacks {
		return ptr(false)
	}
	return nil
}

func onlyTrue(has bool) *bool {
	if has {
		return ptr(true)
	}
	return nil
}

// Marshal writes a file that Parse reads back as it is.
func Marshal(f File) ([]byte, error) {
	p := f.Profile
	out := file{Name: p.Name, Answers: f.Answers,
		Head: head{WidthDots: number(p.WidthDots), DotsPerInch: number(f.DPI), BandRows: number(p.BandRows), Cut: text(p.Cut), TearDots: number(p.TearDots)},
		Line: line{Baud: number(p.Baud), Flow: text(p.Flow), BufferBytes: number(p.BufferBytes),
			ReplyMS: millis(p.ReplyWait), ConfirmMS: millis(p.ConfirmWait), StallMS: millis(p.StallWait)},
		Commands: commands{Raster: text(p.Raster), GraphicsL: f.GraphicsL.pointer(), Doubling: f.Doubling.pointer(), Columns: onlyTrue(p.Columns), ClearSequence: onlyTrue(p.ClearSequence)},
		Status:   status{Replies: onlyFalse(p.NoStatus), Auto: onlyFalse(p.NoAutoStatus), ProcessID: onlyFalse(p.NoProcessID), NearEnd: f.NearEnd.pointer()},
	}
	if f.FeedUnits == Yes {
		out.Head.FeedUnitsPerDot = number(p.FeedUnitsPerDot)
	}
	if p.Position != printer.LeftMargin {
		for name, pos := range positions {
			if pos == p.Position {
				out.Commands.Position = ptr(name)
			}
		}
	}
	if d := p.Density; d != nil {
		out.Head.Density = &density{ptr(int(d.Dots)), ptr(int(d.Time)), ptr(int(d.Pause))}
	}
	if f.Device != nil {
		out.Device = &device{f.Device.Path, f.Device.Identity}
		out.Measured = &measured{At: f.At, Scans: f.Scans, Passed: true}
	}
	raw, err := toml.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("failed to write a printer profile: %w", err)
	}
	if _, err := Parse(raw); err != nil {
		return nil, fmt.Errorf("failed to write a printer profile: %w", err)
	}
	return raw, nil
}
