package main

import (
	"context"
	"encoding/json"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	xdraw "golang.org/x/image/draw"

	"tramhoso/app/paper"
	given "tramhoso/app/visit/papers"
	"tramhoso/device/printer"
	"tramhoso/device/twin"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
)

// Names full of stacked accents, which fonts and heads get wrong first.
const (
	accented = "Nguyễn Thị Thuỳ Dương Phượng"
	agencyOf = "UBND phường Buôn Ma Thuột"
	titleOf  = "Cấp bản sao trích lục hộ tịch"
	centreOf = "Bộ phận một cửa UBND phường Buôn Ma Thuột"
	codeOf   = "H15.27-260714-0042"
)

// tool runs a program of Debian's that reads paper as a person's device would.
func tool(t *testing.T, from, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: install the Debian package %s", name, from)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var errs strings.Builder
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stderr = &errs
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1") // its threads wait for each other most of the time
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, errs.String())
	}
	return string(out)
}

// enlarged is a photo of the paper for readers that expect 300 dots an inch: the
// head has 203, and a margin is what a camera would see around the paper.
func enlarged(t *testing.T, p twin.Paper) string {
	t.Helper()
	const margin = 40
	b := p.Image.Bounds()
	whole := image.NewGray(image.Rect(0, 0, b.Dx()+2*margin, b.Dy()+2*margin))
	draw.Draw(whole, whole.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(whole, b.Add(image.Pt(margin, margin)), p.Image, b.Min, draw.Src)
	big := image.NewGray(image.Rect(0, 0, 2*whole.Rect.Dx(), 2*whole.Rect.Dy()))
	xdraw.ApproxBiLinear.Scale(big, big.Rect, whole, whole.Rect, draw.Src, nil)
	name := filepath.Join(t.TempDir(), p.Name+".png")
	f, err := os.Create(name)
	must(t, err)
	must(t, png.Encode(f, big))
	must(t, f.Close())
	return name
}

// readBack is what readers make of a paper: the payload of its code, byte for byte,
// and its text with single spaces.
func readBack(t *testing.T, p twin.Paper) (code, text string) {
	t.Helper()
	name := enlarged(t, p)
	code = strings.TrimSuffix(tool(t, "zbar-tools", "zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-Sbinary", "--oneshot", name), "\n")
	text = tool(t, "tesseract-ocr-vie", "tesseract", name, "stdout", "-l", "vie", "--psm", "4", "--dpi", "400")
	return code, strings.Join(strings.Fields(text), " ")
}

func TestPaperReadsBack(t *testing.T) {
	widths := map[string]int{"80 mm": printer.Width80mm, "58 mm": printer.Width58mm}
	if racing {
		delete(widths, "58 mm")
	}
	for name, width := range widths {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profile := printProfile
			profile.WidthDots = width
			r := openPrintRoom(t, twin.PrinterConfig{WidthDots: width}, profile)
			var facts outbox.Facts
			done, err := r.s.outbox.SubmitDossier(t.Context(), "read", prove.Dossier(printDay), agencyOf, func(f outbox.Facts) ([]byte, error) {
				facts = f
				return json.Marshal(paper.Slip{
					Number: f.Number, QR: f.QR, At: f.At, Station: paper.Station{Name: "Điểm BĐ – VHX Hoà Phú"},
					Sender: paper.Party{Name: accented, Last4: "0123"}, Receiver: paper.Party{Name: agencyOf}, Title: titleOf, Procedure: "2.000635",
					Pay: dossier.PayCounter, Papers: []given.Marked{{Name: "Giấy khai sinh cũ", Mark: given.MarkCopy}},
				})
			})
			must(t, err)
			form, err := json.Marshal(paper.Form01{Station: paper.Station{Name: "Điểm BĐ – VHX Hoà Phú"}, At: dossier.Stamp{Wall: printDay}, Form: dossier.Form01{
				Code: codeOf, Centre: centreOf, Applicant: accented, Request: titleOf, Received: printDay, Return: printDay.Add(26 * time.Hour), Officer: "Trần Thị Hoa",
				Papers: []dossier.Form01Item{{Name: "Tờ khai", Copy: dossier.CopyElectronic, Quantity: 1}}}})
			must(t, err)
			second, err := r.s.outbox.AddPaper(t.Context(), done.Packet, paper.KindForm01, form)
			must(t, err)
			r.s.press.Print(done.PrintJob)
			r.s.press.Print(second)
			for _, job := range []int64{done.PrintJob, second} {
				if last := r.over(job); last.State != paper.Printed {
					t.Fatalf("paper %d: %+v", job, last)
				}
			}
			out := r.sheets()
			if len(out) != 2 {
				t.Fatalf("%d papers", len(out))
			}
			for i, want := range []struct {
				code  string
				texts []string
			}{
				{facts.QR, []string{facts.Number, accented, agencyOf, titleOf}},
				{codeOf, []string{codeOf, accented, titleOf}},
			} {
				code, text := readBack(t, out[i])
				if code != want.code {
					t.Errorf("paper %d: its code holds %q, not %q", i+1, code, want.code)
				}
				for _, w := range want.texts {
					if !strings.Contains(text, w) {
						t.Errorf("paper %d: %q is not to be read in %q", i+1, w, text)
					}
				}
			}
		})
	}
}
