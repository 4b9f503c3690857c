package portal

import (
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
)

// form01 fills in the agency's receipt and appointment: applicant, papers and
// request as the sealed dossier states them, code, dates and fee as the agency
// decides them.
func (p *Portal) form01(d ledger.Dossier, number string, proc dossier.Procedure, c dossier.Dossier, s ledger.Station, fee *int64) dossier.Form01 {
	zone := p.o.Calendar.Zone()
	f := dossier.Form01{
		Number: number, Code: d.Code, Centre: p.o.Office,
		Applicant: c.Applicant.Person.Name, Last4: c.Applicant.Person.Last4(), Address: c.Applicant.Person.Address,
		Phone: c.Applicant.Phone, Email: c.Applicant.Email,
		Request: c.Title, Days: daysText(proc.Deadline),
		Received: d.AcceptedAt.In(zone), Return: d.Due.In(zone), Fee: fee, Officer: p.o.Officer,
	}
	if o := c.Applicant.Organisation; o != nil {
		f.Applicant, f.Address = o.Name, o.Address
	}
	if f.Request == "" {
		f.Request = proc.Name.In("vi")
	}
	agency, _ := p.catalogue.Load().Agency(proc.Agency)
	if n := agency.Name.In("vi"); n != "" {
		f.Centre = p.o.Office + " – " + n
	}
	switch c.Return {
	case dossier.ReturnHere:
		f.Collect = s.Name
		if s.Address != "" {
			f.Collect += ", " + s.Address
		}
	case dossier.ReturnPost:
		f.Collect = "Gửi bưu điện: " + c.Address
	case dossier.ReturnElectronic:
		f.Collect = "Bản điện tử"
	default:
		f.Collect = f.Centre
	}
	for _, g := range c.Papers {
		copyKind, handed := copyOf(g.Way)
		if !handed {
			continue
		}
		item := dossier.Form01Item{Name: g.Name, Copy: copyKind, Quantity: 1}
		for _, want := range proc.Papers {
			if want.ID == g.Paper && want.Quantity > 1 {
				item.Quantity = want.Quantity
			}
		}
		f.Papers = append(f.Papers, item)
	}
	return f
}

// copyOf is LoaiBan by the way a paper was given; what was only shown was not
// handed in.
func copyOf(w dossier.PaperWay) (dossier.Copy, bool) {
	switch w {
	case dossier.WayOriginal:
		return dossier.CopyOriginal, true
	case dossier.WayShown:
		return 0, false
	}
	return dossier.CopyElectronic, true
}

func daysText(d dossier.Deadline) string {
	switch d.Unit {
	case "working":
		return fmt.Sprintf("%02d ngày làm việc", d.Days)
	case "calendar":
		return fmt.Sprintf("%02d ngày", d.Days)
	case "same-day":
		return "Trong ngày"
	}
	return "Theo ngày hẹn của cơ quan"
}
