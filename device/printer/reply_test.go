package printer

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRepliesAreToldApart(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want []Reply
	}{
		{"online", []byte{0x12}, []Reply{{ReplyRealTime, []byte{0x12}}}},
		{"offline, near end, end", []byte{0x1a, 0x1e, 0x72}, []Reply{{ReplyRealTime, []byte{0x1a}}, {ReplyRealTime, []byte{0x1e}}, {ReplyRealTime, []byte{0x72}}}},
		{"automatic", []byte{0x18, 0, 0x0c, 0x0f}, []Reply{{ReplyAuto, []byte{0x18, 0, 0x0c, 0x0f}}}},
		{"automatic with XOFF and XON inside", []byte{0x10, xoff, 0, xon, 0x03, 0}, []Reply{{ReplyXOff, []byte{xoff}}, {ReplyXOn, []byte{xon}}, {ReplyAuto, []byte{0x10, 0, 3, 0}}}},
		{"automatic broken off by another", []byte{0x10, 0, 0x14, 0, 0, 0}, []Reply{{ReplyNoise, []byte{0x10, 0}}, {ReplyAuto, []byte{0x14, 0, 0, 0}}}},
		{"real-time inside automatic", []byte{0x10, 0, 0x12, 0, 0}, []Reply{{ReplyRealTime, []byte{0x12}}, {ReplyAuto, []byte{0x10, 0, 0, 0}}}},
		{"GS r", []byte{0x0c}, []Reply{{ReplyShort, []byte{0x0c}}}},
		{"mark with XOFF inside", []byte{0x37, 0x22, 'A', xoff, 'B', '1', '2', 0}, []Reply{{ReplyXOff, []byte{xoff}}, {ReplyBlock, []byte{0x37, 0x22, 'A', 'B', '1', '2', 0}}}},
		{"name", []byte("\x5fTM-T88\x00"), []Reply{{ReplyBlock, []byte("\x5fTM-T88\x00")}}},
		{"noise", []byte{0xff, 0x80}, []Reply{{ReplyNoise, []byte{0xff}}, {ReplyNoise, []byte{0x80}}}},
	} {
		var c Classifier
		if diff := cmp.Diff(tc.want, c.Feed(tc.in)); diff != "" || c.Pending() != 0 {
			t.Errorf("%s: %d pending, %s", tc.name, c.Pending(), diff)
		}
	}
}

func TestProcessID(t *testing.T) {
	var c Classifier
	r := c.Feed([]byte{0x37, 0x22, 'd', '1', '2', '3', 0})
	if len(r) != 1 {
		t.Fatal(r)
	}
	if id, ok := r[0].ProcessID(); !ok || string(id[:]) != "d123" {
		t.Errorf("%q %v", id, ok)
	}
	if _, ok := (Reply{ReplyBlock, []byte{0x37, 0x25, 0}}).ProcessID(); ok {
		t.Error("another block passed as a job mark")
	}
}

func TestStatusBits(t *testing.T) {
	ask := func(b ...byte) (s Status) {
		for i, v := range b {
			s.realTimeReply(byte(i+1), v)
		}
		return s
	}
	auto := func(b ...byte) Status { return autoStatusReply(b) }
	ok := Status{Known: true, Online: true, Paper: PaperOK, Cover: CoverClosed}
	with := func(change func(*Status)) Status { s := ok; change(&s); return s }
	for _, tc := range []struct {
		name  string
		got   Status
		want  Status
		ready bool
		why   Reason
	}{
		{"nothing heard", Status{}, Status{}, false, ReasonNone},
		{"ok", ask(0x12, 0x12, 0x12, 0x12), ok, true, ReasonNone},
		{"near end", ask(0x12, 0x12, 0x12, 0x1e), with(func(s *Status) { s.Paper = PaperNearEnd }), true, ReasonNone},
		{"end", ask(0x1a, 0x32, 0x12, 0x72), with(func(s *Status) { s.Online, s.Paper, s.StoppedByPaperEnd = false, PaperOut, true }), false, ReasonPaperOut},
		{"cover", ask(0x1a, 0x16, 0x12, 0x12), with(func(s *Status) { s.Online, s.Cover = false, CoverOpen }), false, ReasonCoverOpen},
		{"feed button", ask(0x1a, 0x1a, 0x12, 0x12), with(func(s *Status) { s.Online, s.Feeding = false, true }), false, ReasonOffline},
		{"cutter", ask(0x1a, 0x52, 0x1a, 0x12), with(func(s *Status) { s.Online, s.Fault = false, FaultCutter }), false, ReasonCutter},
		{"hardware", ask(0x1a, 0x52, 0x32, 0x12), with(func(s *Status) { s.Online, s.Fault = false, FaultHardware }), false, ReasonHardware},
		{"hot", ask(0x1a, 0x52, 0x52, 0x12), with(func(s *Status) { s.Online, s.Fault = false, FaultHot }), false, ReasonHot},
		{"only the first answer", ask(0x12), Status{Known: true, Online: true}, true, ReasonNone},
		{"auto ok", auto(0x10, 0, 0, 0), ok, true, ReasonNone},
		{"auto near end", auto(0x10, 0, 3, 0), with(func(s *Status) { s.Paper = PaperNearEnd }), true, ReasonNone},
		{"auto end", auto(0x18, 0, 0x0f, 0), with(func(s *Status) { s.Online, s.Paper = false, PaperOut }), false, ReasonPaperOut},
		{"auto cover", auto(0x38, 0, 0, 0), with(func(s *Status) { s.Online, s.Cover = false, CoverOpen }), false, ReasonCoverOpen},
		{"auto cutter", auto(0x18, 8, 0, 0), with(func(s *Status) { s.Online, s.Fault = false, FaultCutter }), false, ReasonCutter},
	} {
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
		if tc.got.Ready() != tc.ready || tc.got.Trouble() != tc.why {
			t.Errorf("%s: ready %v, trouble %q", tc.name, tc.got.Ready(), tc.got.Trouble())
		}
	}
}

// FuzzClassifier: no byte is lost or invented, memory is bounded, and the way
// the stream was cut does not matter.
func FuzzClassifier(f *testing.F) {
	f.Add([]byte{0x10, 0x13, 0, 0x11, 3, 0, 0x12}, byte(2))
	f.Add([]byte{0x37, 0x22, '0', '0', '0', '1', 0, 0x0c}, byte(3))
	f.Add(append([]byte{0x5f}, bytes.Repeat([]byte{'x'}, 200)...), byte(7))
	f.Fuzz(func(t *testing.T, in []byte, step byte) {
		var whole, cutUp Classifier
		a := whole.Feed(in)
		var b []Reply
		for rest := in; len(rest) > 0; {
			n := min(len(rest), 1+int(step)%9)
			b = append(b, cutUp.Feed(rest[:n])...)
			rest = rest[n:]
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatal(diff)
		}
		n := whole.Pending()
		if n > maxBlockBytes+4 {
			t.Fatalf("%d bytes pending", n)
		}
		for _, r := range a {
			n += len(r.Bytes)
		}
		if n != len(in) {
			t.Fatalf("%d bytes of %d", n, len(in))
		}
	})
}

// FuzzStatus: whatever bits a printer sends, the status holds together.
func FuzzStatus(f *testing.F) {
	f.Add([]byte{0x12, 0x12, 0x12, 0x12})
	f.Add([]byte{0x1a, 0x72, 0x52, 0x7e})
	f.Add([]byte{0x38, 0x68, 0x0f, 0x0f})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 4 {
			return
		}
		var asked Status
		for n := range byte(4) {
			asked.realTimeReply(n+1, b[n])
		}
		for _, s := range []Status{asked, autoStatusReply(b[:4])} {
			trouble := s.Trouble()
			if s.Ready() != (s.Known && trouble == ReasonNone) {
				t.Errorf("%+v is ready: %v", s, s.Ready())
			}
			if s.Passing() && trouble == ReasonNone {
				t.Errorf("%+v passes and is no trouble", s)
			}
			if s.plausible() && s.Online && trouble != ReasonNone {
				t.Errorf("%+v is believed", s)
			}
			if !s.Online && trouble == ReasonNone {
				t.Errorf("%+v is offline without a reason", s)
			}
		}
	})
}
