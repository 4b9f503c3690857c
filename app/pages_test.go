package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"tramhoso/app/paper"
	"tramhoso/app/upkeep"
	"tramhoso/device/page/pagetest"
	"tramhoso/device/port"
	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

// words of a PDF, as poppler reads them.
func wordsOfPDF(t *testing.T, pdf []byte) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatal("pdftotext is missing: install Debian's package poppler-utils (packaging/install test does it)")
	}
	must(t, err)
	return strings.Join(strings.Fields(string(out)), " ")
}

// A citizen takes the declaration along on paper, from a real IPP printer; a
// restart in the midst of one asks the printer before it asks a person.
func TestDeclarationFromThePagePrinter(t *testing.T) {
	real := pagetest.Start(t)
	o := openOffice(t)
	cfg := quiet(t, t.TempDir())
	cfg.Page.Printer = real.URI
	must(t, cfg.Validate())
	must(t, os.WriteFile(cfg.Portal.TokenFile, []byte(o.token(t)), 0o600))
	var packet string
	var job int64
	t.Run("a visit", func(t *testing.T) {
		b := openBooth(t, cfg)
		b.until("enrolment and catalogue", func() bool { return b.code() == "DL27" && b.catalogue() != nil })
		b.until("the page printer", func() bool { return b.upkeepFacts().Page == upkeep.PageReady })
		if f := b.upkeepFacts(); f.PageName != "Example Office" {
			t.Errorf("it is called %q", f.PageName)
		}
		b.devices.Set(func() { b.devices.PrinterPath, b.devices.Printer = "somewhere", port.Ready }) // one that says nothing
		b.fillIn()
		b.tap("Nộp hồ sơ")
		b.until("the commit", func() bool { packet = b.state().Submitted.Packet; return packet != "" })
		open, err := b.store.PrintJobs(t.Context(), packet)
		must(t, err)
		if len(open) != 1 {
			t.Errorf("%d papers were kept before anybody asked for the second", len(open))
		}
		b.do(func() { b.w.flow.PrintChanged(0, b.w.flow.Visit.State().Submitted.Job, printStates[paper.Unknown], "") })
		b.tap("In tờ khai để ký")
		b.see("Tờ khai đã in xong")
		said := wordsOfPDF(t, real.Printed(1))
		for _, w := range []string{"TỜ KHAI", "H’ Bia Niê", numberOf, "Ea Kao", "Điểm Hoà Phú", "Trang 1/2"} {
			if !strings.Contains(said, w) {
				t.Errorf("it does not say %q:\n%s", w, said)
			}
		}
		if asked := real.Asked(1); !strings.Contains(asked, "IPP_MEDIA=iso_a4_210x297mm") || strings.Contains(asked, "Bia") || strings.Contains(asked, numberOf) {
			t.Errorf("the printer's list says\n%s", asked)
		}
		b.do(b.w.flow.Visit.Wipe)

		// The next one is in the printer when the station goes off.
		real.Hold("")
		data, err := b.outbox.Paper(t.Context(), lastJob(t, b.store, packet))
		must(t, err)
		job, err = b.printPages(t.Context(), packet, paper.KindDeclaration, data.Data)
		must(t, err)
		b.until("the printer taking it", func() bool { return strings.Contains(b.log.String(), "state=sending") && real.Busy() })
	})
	real.Release()
	t.Run("the next start", func(t *testing.T) {
		b := openBooth(t, cfg)
		b.until("the printer's word", func() bool {
			j, err := b.store.PrintJob(t.Context(), job)
			must(t, err)
			return j.State == store.PrintPrinted
		})
		if n := real.Papers(); n != 2 {
			t.Errorf("%d papers came out", n)
		}
		_, err := b.printPages(t.Context(), packet, paper.KindResult, pagetest.PDF())
		must(t, err)
		b.until("the result", func() bool { return real.Papers() == 3 })
		if !bytes.Equal(real.Printed(3), pagetest.PDF()) {
			t.Error("the agency's document was changed")
		}
		// Form 01 comes out here on A5 where the receipt printer cannot print.
		card := dossier.CitizenCard{Track: dossier.Track{Packet: packet, News: []dossier.News{{Form01: &dossier.Form01{Code: "H15.27-260714-0042",
			Centre: "Một cửa", Applicant: "H’ Bia Niê", Request: "Cấp bản sao", Received: b.clock.Now()}}}}}
		must(t, papers{b.station}.Form01(t.Context(), card))
		b.until("form 01", func() bool { return real.Papers() == 4 })
		if !strings.Contains(real.Asked(4), "IPP_MEDIA=iso_a5_148x210mm") || !strings.Contains(wordsOfPDF(t, real.Printed(4)), "H15.27-260714-0042") {
			t.Errorf("form 01 asked for %s", real.Asked(4))
		}
		b.devices.Set(func() { b.devices.PrinterPath, b.devices.Printer = "somewhere", port.Ready })
		if b.pagesInstead() {
			t.Error("a receipt printer that may print is passed over")
		}
	})
	// Without its printer a page waits, and a clerk is not asked about it.
	real.Off()
	t.Run("no printer", func(t *testing.T) {
		b := openBooth(t, cfg)
		b.until("its absence", func() bool { return b.upkeepFacts().Page == upkeep.PageAbsent })
		id, err := b.printPages(t.Context(), packet, paper.KindResult, pagetest.PDF())
		must(t, err)
		if !b.sheets.Queued(id) || b.press.Queued(id) {
			t.Error("it is in the wrong queue")
		}
	})
}

// lastJob is the newest paper of a packet.
func lastJob(t *testing.T, st *store.Store, packet string) int64 {
	t.Helper()
	jobs, err := st.PrintJobs(t.Context(), packet)
	must(t, err)
	return jobs[len(jobs)-1].ID
}
