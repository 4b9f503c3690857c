package sim

// checkAttention wants the clerk to be shown what waits for a person at the
// portal, all of it and nothing else.
func (w *World) checkAttention(s *stationSim, h held) {
	shown, err := s.run.Store.Attention(w.ctx)
	if err != nil {
		w.story.wrong("%s cannot list what needs a person: %v", s.code, err)
		return
	}
	whys := map[string]string{}
	for _, a := range shown {
		if a.Refused == "" {
			whys[a.Packet] = string(a.Why)
		}
	}
	for _, pks := range h.packets {
		for _, pk := range pks {
			if why, ok := whys[pk.ID]; ok != (pk.Quarantine != "") || why != pk.Quarantine {
				w.story.wrong("%s is set aside for %q at the portal, the clerk sees %q", w.nameOf(pk.ID), pk.Quarantine, why)
			}
			delete(whys, pk.ID)
		}
	}
	for id := range whys {
		w.story.wrong("the clerk sees %s, which the portal does not hold", w.nameOf(id))
	}
}
