package main

import (
	"bytes"
	"context"
	"image"

	"tramhoso/app/paper"
	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// drawn is a job as it comes out whole.
func (r *printRoom) drawn(id int64, copied bool) *image.Gray {
	job, err := jobs{r.s.outbox, r.s.store}.Open(context.Background(), id)
	must(r.t, err)
	if job.Copy = 0; copied {
		job.Copy = 1
	}
	doc, err := paper.Draw(job)
	must(r.t, err)
	img, err := printer.Layout(doc, r.profile.Paper())
	must(r.t, err)
	return img
}

// ink are the rows of a picture from the first to the last that is not white.
func ink(img *image.Gray) []byte {
	white := bytes.Repeat([]byte{0xff}, img.Stride)
	pix := img.Pix
	for len(pix) > 0 && bytes.Equal(pix[:img.Stride], white) {
		pix = pix[img.Stride:]
	}
	for len(pix) > 0 && bytes.Equal(pix[len(pix)-img.Stride:], white) {
		pix = pix[:len(pix)-img.Stride]
	}
	return pix
}

// dense are the rows that are not white: a slip into which somebody fed paper by
// hand has more white and is a slip all the same.
func dense(rows []byte, stride int) (out []byte) {
	white := bytes.Repeat([]byte{0xff}, stride)
	for ; len(rows) > 0; rows = rows[stride:] {
		if !bytes.Equal(rows[:stride], white) {
			out = append(out, rows[:stride]...)
		}
	}
	return out
}

// sheets are all pieces of paper, the first first.
func (r *printRoom) sheets() []twin.Paper {
	cut, torn := r.twin.Papers(), r.twin.Partials()
	var all []twin.Paper
	for len(cut) > 0 || len(torn) > 0 {
		if len(torn) == 0 || len(cut) > 0 && cut[0].Number < torn[0].Number {
			all, cut = append(all, cut[0]), cut[1:]
		} else {
			all, torn = append(all, torn[0]), torn[1:]
		}
	}
	return all
}

// paperKinds names what a slip and its reprint look like.
type paperKinds struct {
	name        string
	slip, again []byte // their ink
}

func (r *printRoom) kinds(name string, job int64) paperKinds {
	return paperKinds{name, ink(r.drawn(job, false)), ink(r.drawn(job, true))}
}

// sheetKind says what a piece of paper is. What holds a whole slip is one, whatever
// else is on it: somebody could take it for the slip.
func sheetKind(p twin.Paper, known ...paperKinds) string {
	rows := ink(p.Image)
	if len(rows) == 0 {
		return "blank"
	}
	for _, k := range known {
		for what, want := range map[string][]byte{k.name: k.slip, "again " + k.name: k.again} {
			if bytes.Equal(rows, want) {
				if p.Partial {
					return "torn " + what
				}
				return what
			}
		}
	}
	for _, k := range known {
		if thick := dense(rows, p.Image.Stride); bytes.Equal(thick, dense(k.slip, p.Image.Stride)) {
			return "stretched " + k.name
		} else if bytes.Equal(thick, dense(k.again, p.Image.Stride)) {
			return "stretched again " + k.name
		}
		// The mark stands above and below a reprint, so this one comes first.
		if bytes.Contains(rows, k.again) {
			return "spoilt again " + k.name
		}
		if bytes.Contains(rows, k.slip) {
			return "spoilt " + k.name
		}
	}
	if p.Partial {
		return "torn"
	}
	return "piece"
}

// paper is what came out, one after the other.
func (r *printRoom) paper(known ...paperKinds) (out []string) {
	for _, p := range r.sheets() {
		out = append(out, sheetKind(p, known...))
	}
	return out
}
