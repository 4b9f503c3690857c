package flow

import (
	"testing"
	"time"

	"tramhoso/sync/dossier"
)

func TestWithdrawOnTheScreen(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		card := h.world.kept[slipOf]
		card.Packet = "p1"
		h.world.kept = map[string]dossier.CitizenCard{slipOf: card}
		h.Scan("SLIP|" + slipOf)
		h.settle()
		h.tap("timeline.ask-back-correct")
		h.see("withdraw.title-back")
		h.see("withdraw.then-unsent")
		h.tap("withdraw.main-back")
		h.settle()
		h.see("withdraw.done-back")
		h.see("withdraw.not-heard")
		if len(h.world.recalls) != 1 || h.world.recalls[0].Packet != "p1" {
			t.Errorf("%+v", h.world.recalls)
		}
		h.tap("app.back")
		h.see("timeline.withdrawn-here")
		h.see("timeline.step-not-heard")
	})
}

// Who waits on the page that tells of the withdrawal sees what comes meanwhile.
func TestAWithdrawalIsHeardOnTheScreen(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		card := h.world.kept[slipOf]
		card.Packet = "p1"
		h.world.kept = map[string]dossier.CitizenCard{slipOf: card}
		h.Scan("SLIP|" + slipOf)
		h.settle()
		h.tap("timeline.ask-back-correct")
		h.tap("withdraw.main-back")
		h.settle()
		h.see("withdraw.not-heard")
		card.Withdrawn = dossier.Withdrawn{At: noon, Sent: noon}
		h.world.kept[slipOf] = card
		h.Changed()
		h.see("withdraw.not-answered")
		h.see("withdraw.look-again")
		card.Withdrawn.Aside = dossier.AsideStatus
		h.world.kept[slipOf] = card
		h.Changed()
		h.see("withdraw.set-aside-next")
		card.Withdrawn = dossier.Withdrawn{At: noon, Refused: true}
		h.world.kept[slipOf] = card
		h.Changed()
		h.see("withdraw.not-taken-next")
		card.Withdrawn.GivenUp = true
		h.world.kept[slipOf] = card
		h.Changed()
		h.see("withdraw.given-up")
		h.see("withdraw.given-up-next")
		h.hidden(h.env.T("withdraw.not-heard"))
		card.Withdrawn = dossier.Withdrawn{At: noon, Sent: noon}
		card.Withdrawn.State = dossier.WithdrawalHeard
		card.News = []dossier.News{{Status: dossier.StatusWithdrawalRequested, At: noon}}
		h.world.kept[slipOf] = card
		h.Changed()
		h.see("timeline.withdrawn-heard")
	})
}

// An accepted dossier whose Form 01 is on no card any more says where to ask for it,
// and one that has it does not.
func TestForm01ThatIsNotHere(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		track := result(dossier.StatusAccepted, 0)
		track.News[0].Code, track.News[0].Due = "H15.30-260714-0001", noon
		show := func() {
			h.world.kept = map[string]dossier.CitizenCard{slipOf: {Track: track, Applicant: nameOf}}
			h.Scan("SLIP|" + slipOf)
			h.settle()
			h.see("timeline.accepted")
		}
		show()
		h.see("timeline.no-form01")
		track.News[0].Form01 = &dossier.Form01{Number: "1"}
		show()
		h.see("timeline.due-note")
		h.hidden(h.env.T("timeline.no-form01"))
	})
}

// Each word about a withdrawal comes from a fact: what was asked here, what was
// sent, what the agency said.
func TestWordsOfAWithdrawal(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		at := noon
		news := func(list ...dossier.Status) (out []dossier.News) {
			for i, s := range list {
				out = append(out, dossier.News{Status: s, At: at.Add(time.Duration(i+1) * time.Minute)})
			}
			return out
		}
		asked := dossier.Withdrawn{At: at}
		sent := dossier.Withdrawn{At: at, Sent: at}
		state := func(s dossier.WithdrawalState) dossier.Withdrawn {
			return dossier.Withdrawn{At: at, Sent: at, State: s}
		}
		for _, tt := range []struct {
			name  string
			track dossier.Track
			title string
			last  string
		}{
			{"not sent", dossier.Track{Withdrawn: asked}, "timeline.withdrawn-here", "timeline.step-not-heard"},
			{"refused", dossier.Track{Withdrawn: dossier.Withdrawn{At: at, Refused: true}}, "timeline.withdrawn-here", "timeline.step-not-taken"},
			{"given up", dossier.Track{Withdrawn: dossier.Withdrawn{At: at, Refused: true, GivenUp: true}}, "timeline.withdrawn-here", "timeline.step-given-up"},
			{"refused by a portal that was set back", dossier.Track{Sent: at, Withdrawn: dossier.Withdrawn{At: at, Refused: true, Aside: dossier.AsideStatus}}, "timeline.withdrawn-here", "timeline.step-not-taken"},
			{"set aside", dossier.Track{Sent: at, Withdrawn: dossier.Withdrawn{At: at, Sent: at, Aside: dossier.AsideStatus}}, "timeline.withdrawn-here", "timeline.step-set-aside"},
			{"set aside, and heard since", dossier.Track{Sent: at, Withdrawn: dossier.Withdrawn{At: at, Sent: at, Aside: dossier.AsideStatus, State: dossier.WithdrawalHeard}, News: news(7)}, "timeline.withdrawn-heard", "timeline.step-withdrawal"},
			{"sent", dossier.Track{Sent: at, Withdrawn: sent}, "timeline.withdrawn-here", "timeline.step-not-answered"},
			{"accepted", dossier.Track{Sent: at, Withdrawn: sent, News: news(2)}, "timeline.withdrawn-asked", "timeline.step-not-answered"},
			{"heard", dossier.Track{Sent: at, Withdrawn: state(dossier.WithdrawalHeard), News: news(7)}, "timeline.withdrawn-heard", "timeline.step-withdrawal"},
			{"agreed", dossier.Track{Sent: at, Withdrawn: state(dossier.WithdrawalAgreed), News: news(7, 8)}, "timeline.withdrawn-agreed", "timeline.step-stopped"},
			{"overruled", dossier.Track{Sent: at, Withdrawn: state(dossier.WithdrawalOverruled), News: news(2, 7, 4)}, "", "timeline.step-returned"},
		} {
			if got := withdrawnTitle(tt.track); got != tt.title {
				t.Errorf("%s: %q, not %q", tt.name, got, tt.title)
			}
			tt.track.Submitted.Wall = at.Add(-time.Hour)
			ms := h.moments(tt.track)
			if got, want := ms[len(ms)-1].Text, h.env.T(tt.last); got != want {
				t.Errorf("%s ends with %q, not %q", tt.name, got, want)
			}
			n := 0
			for _, m := range ms {
				if m.Text == h.env.T("timeline.step-asked-back") {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s says %d times that it was asked back", tt.name, n)
			}
		}
		early := dossier.Track{Sent: at.Add(time.Minute), Withdrawn: dossier.Withdrawn{At: at, Sent: at.Add(time.Minute)}}
		if ms := h.moments(early); ms[1].Text != h.env.T("timeline.step-asked-back") || ms[2].Text != h.env.T("timeline.step-sent") {
			t.Errorf("asked back before it was sent: %+v", ms)
		}
	})
}

// What the portal set aside or refused is told at the counter, by slip number,
// and not to citizens.
func TestPacketsThatNeedAPerson(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.world.packets = []Packet{{Slip: slipOf, Seq: 7, Why: dossier.AsideWithdrawn}, {Seq: 8, Refused: true, GivenUp: true}, {Slip: slipOf, Seq: 9, Why: "of a later portal"}}
		h.Changed()
		h.settle()
		h.hidden(h.env.T("clerkhome.aside", "slip", slipOf))
		h.Scan("BADGE|clerk")
		h.pin("123456")
		h.settle()
		h.see("clerkhome.aside", "slip", slipOf)
		h.see("clerkhome.aside-procedure-withdrawn")
		h.see("clerkhome.refused-none", "n", "8")
		h.see("clerkhome.refused-given-up")
		h.see("clerkhome.aside-other")
		h.desk = []dossier.CounterCard{{Track: result(dossier.StatusRegistered, 0), Name: nameOf, Last4: "0123"}}
		h.Changed()
		h.settle()
		h.tap("clerkhome.open", "slip", slipOf)
		h.see("found.aside")
		h.see("clerkhome.aside-procedure-withdrawn")
		h.tap("app.back")
		h.world.packets = nil
		h.Changed()
		h.settle()
		h.hidden(h.env.T("clerkhome.aside", "slip", slipOf))
	})
}
