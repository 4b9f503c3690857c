package flow

import (
	"slices"

	"tramhoso/app/ui/screens/clerkhome"
	"tramhoso/app/upkeep"
	"tramhoso/sync/dossier"
)

// packetNotes tell a clerk what the portal set aside or refused, and what to do.
func (f *Flow) packetNotes() (notes []clerkhome.Ask) {
	for _, p := range f.packets {
		what := "clerkhome.aside"
		if p.Refused {
			what = "clerkhome.refused"
		}
		note := clerkhome.Ask{Icon: "warn", Text: f.env.T(what, "slip", p.Slip), Second: f.env.T(packetWhy(p)), Open: p.Slip}
		if p.Slip == "" {
			note.Text = f.env.T(what+"-none", "n", f.env.Words.Number(int64(p.Seq)))
		}
		notes = append(notes, note)
	}
	return notes
}

// mirrorNote tells a clerk, who can put the stick in, what keeps a second copy of
// what waits from being written.
func (f *Flow) mirrorNote() (notes []clerkhome.Ask) {
	for _, l := range f.Upkeep.State().Lines {
		if l.Part != upkeep.Mirror || l.Health != upkeep.Fix {
			continue
		}
		name, state, note := l.Say(f.env.Words)
		notes = append(notes, clerkhome.Ask{Icon: partIcons[l.Part], Text: f.env.T("clerkhome.part", "part", name, "state", state), Second: note})
	}
	return notes
}

// packetWhy is the key of the reason. A later portal may have reasons for which
// there are no words yet.
func packetWhy(p Packet) string {
	switch {
	case p.GivenUp:
		return "clerkhome.refused-given-up"
	case p.Refused:
		return "clerkhome.refused-why"
	case slices.Contains(dossier.Asides, p.Why):
		return "clerkhome.aside-" + string(p.Why)
	}
	return "clerkhome.aside-other"
}

// aside says why the province keeps something of a dossier for a person there, or
// would not take it; "" where neither is so.
func (f *Flow) aside(slip string) (what, why string) {
	for _, p := range f.packets {
		if p.Slip != slip {
			continue
		}
		what = "found.aside"
		if p.Refused {
			what = "found.refused"
		}
		return f.env.T(what), f.env.T(packetWhy(p))
	}
	return "", ""
}
