package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"tramhoso/sync/courier"
	"tramhoso/sync/wire/stick"
)

// courierCommand carries what waits on a stick, and the answer back.
type courierCommand struct {
	Config string `help:"Configuration file; without one ${station} if it is there, else the defaults." type:"path" placeholder:"FILE"`
	Any    bool   `help:"Any folder, not only one on a stick: who uses it answers for it."`

	Export courierExport `cmd:"" help:"Copy what waits to a stick, as one file that only the province opens."`
	Import courierImport `cmd:"" help:"Take the province's answer from a stick."`
}

// Help is the long help.
func (courierCommand) Help() string {
	return `The station must not run. What is copied is not sent yet: it still waits here, and goes by whichever way is first. Bring the stick to the province; what comes back on it says what was received.

A stick must be mounted nosuid,nodev,noexec.`
}

type courierExport struct {
	To string `help:"A folder on the stick." type:"path" required:"" placeholder:"FOLDER"`
}

type courierImport struct {
	From string `help:"A folder on the stick." type:"path" required:"" placeholder:"FOLDER"`
}

// carrier opens the station that does not run.
func (c *courierCommand) carrier(ctx context.Context, dir string) (*courier.Courier, *station, error) {
	if err := onStick(dir, c.Any); err != nil {
		return nil, nil, err
	}
	s, err := openStopped(ctx, c.Config, "a clerk carries on its screen")
	if err != nil {
		return nil, nil, err
	}
	return s.carrier(), s, nil
}

func (e courierExport) Run(ctx context.Context, c *courierCommand, out io.Writer) error {
	k, s, err := c.carrier(ctx, e.To)
	if err != nil {
		return err
	}
	defer s.close()
	done, err := k.Export(ctx, e.To, nil)
	if err != nil {
		return err
	}
	s.record(didCarry, done.Name)
	fmt.Fprintf(out, "%d packets copied to %s; that is not sent yet\n", done.Packets, done.Name)
	if done.Left > 0 {
		fmt.Fprintf(out, "%d more did not fit and still wait here\n", done.Left)
	}
	if done.Files > 0 {
		fmt.Fprintf(out, "%d attachments copied beside them\n", done.Files)
	}
	if done.FilesNot > 0 {
		fmt.Fprintf(out, "%d attachments stay here: they need %d MB more on the stick\n", done.FilesNot, (done.Need+1<<20-1)>>20)
	}
	return nil
}

func (i courierImport) Run(ctx context.Context, c *courierCommand, out io.Writer) error {
	k, s, err := c.carrier(ctx, i.From)
	if err != nil {
		return err
	}
	defer s.close()
	done, err := k.Import(ctx, i.From)
	for _, f := range done.Files {
		if f.Applied {
			s.record(didBring, f.Name)
			fmt.Fprintln(out, f.Name+": taken")
			continue
		}
		what := f.Err.Error()
		if errors.Is(f.Err, stick.ErrUnfinished) {
			what = "only a part of it is on the stick: it was pulled out too early"
		}
		fmt.Fprintln(out, f.Name+": not taken:", what)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d receipts, %d refused, %d news\n", done.Receipts, done.Refused, done.Events)
	if done.Whole > 0 {
		fmt.Fprintf(out, "%d dossiers have all their attachments at the province\n", done.Whole)
	}
	if len(done.Files) == 0 {
		fmt.Fprintln(out, "there is no answer in this folder")
	}
	return nil
}
