package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"tramhoso/app/counter"
	"tramhoso/app/ui/flow"
	"tramhoso/app/upkeep"
	"tramhoso/device/page"
	"tramhoso/device/page/pagetest"
	"tramhoso/device/port"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
)

// From the officer's desk to the paper: the agency's own bytes come out of a real
// IPP printer when a clerk taps, and what the screen says of it is true.
func TestResultFromThePagePrinter(t *testing.T) {
	real := pagetest.Start(t)
	o := openOffice(t)
	cfg := quiet(t, t.TempDir())
	cfg.Page.Printer = real.URI
	must(t, cfg.Validate())
	must(t, os.WriteFile(cfg.Portal.TokenFile, []byte(o.token(t)), 0o600))
	b := openBooth(t, cfg)
	b.until("enrolment and catalogue", func() bool { return b.code() == "DL27" && b.catalogue() != nil })
	b.until("the page printer", func() bool { return b.upkeepFacts().Page == upkeep.PageReady })
	b.devices.Set(func() { b.devices.PrinterPath, b.devices.Printer = "somewhere", port.Ready }) // one that says nothing
	b.fillIn()
	b.tap("Nộp hồ sơ")
	b.until("the commit", func() bool { return b.state().Submitted.Packet != "" })
	done := b.state().Submitted
	b.do(b.w.flow.Visit.Wipe)
	b.do(b.w.flow.Render)
	b.until("arrival", func() bool { return o.count(t) == 1 })
	act := func(a portal.Action, pdf []byte) {
		t.Helper()
		_, err := o.portal.Act(t.Context(), done.Packet, a, portal.DeskRequest{Result: pdf})
		must(t, err)
	}
	first, second := pagetest.PDF(), append(pagetest.PDF(), "% the officer mended it\n%%EOF\n"...)
	act(portal.ActAccept, nil)
	act(portal.ActReady, first)

	b.scan(o.badge)
	b.write(clerkPIN)
	b.tap("Đăng nhập")
	b.tap("Trao kết quả: " + done.Slip)
	b.scan(done.QR)
	b.tap("In kết quả (A4)")
	b.see("Máy in báo đã in xong")
	if !bytes.Equal(real.Printed(1), first) || !strings.Contains(real.Asked(1), "IPP_MEDIA=iso_a4_210x297mm") || strings.Contains(real.Asked(1), "Bia") {
		t.Errorf("printed %d bytes; the printer was asked\n%s", len(real.Printed(1)), real.Asked(1))
	}

	// Once more: while the printer has it, it cannot be asked for again.
	real.Hold("")
	b.tap("In lại kết quả (A4)")
	b.until("the printer taking it", real.Busy)
	b.see("Đang in kết quả…")
	if strings.Contains(b.said(), "(A4)") {
		t.Error("a print that is under way can be asked for again")
	}
	real.Release()
	b.see("Máy in báo đã in xong")
	if !bytes.Equal(real.Printed(2), first) {
		t.Error("the second copy is not the agency's document")
	}

	// The officer sends another file: that one has not been printed. The printer
	// is off, and the screen says so for as long as it is.
	act(portal.ActReady, second)
	b.see("In kết quả (A4)")
	real.Off()
	b.tap("In kết quả (A4)")
	b.see("Máy in A4 đang chờ. Xin xem cáp, nguồn và dịch vụ in của máy.")
	real.On() // it has forgotten its jobs, and counts from 1 again
	b.see("Máy in báo đã in xong")
	if !bytes.Equal(real.Printed(1), second) || real.Papers() != 2 {
		t.Errorf("%d papers; the last is not the new result", real.Papers())
	}
	prints := 0
	for n := int64(0); ; n++ {
		r, err := b.journal.Read(n)
		if err != nil {
			break // the end
		}
		if r.Kind == didResult && r.Ref == done.Packet {
			prints++
		}
	}
	if prints != 3 {
		t.Errorf("%d prints in the audit log", prints)
	}

	// Whoever logs in next is told what became of it.
	session, err := doors{b.station}.Login(t.Context(), o.badge, clerkPIN)
	must(t, err)
	if p, err := session.Desk.Printing(t.Context(), done.Packet); err != nil || p.State != counter.PrintDone || p.At.IsZero() {
		t.Errorf("%+v, %v", p, err)
	}
	must(t, records{b.station}.HandOver(t.Context(), "hand-over", done.Packet, dossier.Handover{Slip: done.Slip, Basis: "applicant", Staff: "GDV-1", At: b.clock.Now()}))
	if _, err := session.Desk.PrintResult(t.Context(), done.Packet); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("after the hand-over: %v", err)
	}
}

// Every reason of a page printer has its sentence.
func TestPageReasonsHaveWords(t *testing.T) {
	for _, r := range []page.Reason{page.ReasonMedia, page.ReasonWrong, page.ReasonJam, page.ReasonCover, page.ReasonToner, page.ReasonStopped, page.ReasonRefusing,
		page.ReasonOffline, page.ReasonDenied, page.ReasonFault, page.ReasonCancelled, page.ReasonDocument, page.ReasonLost, page.ReasonAnswer, page.ReasonRestarted} {
		for _, lang := range []string{"vi", "en"} {
			if key := flow.PageWord(string(r)); !words(lang).Has(key) {
				t.Errorf("%s: no sentence %q for %s", lang, key, r)
			}
		}
	}
	if flow.PageWord(string(page.ReasonMedia)) == flow.PageWord(string(page.ReasonJam)) {
		t.Error("an empty tray and a jam are told in the same words")
	}
}
