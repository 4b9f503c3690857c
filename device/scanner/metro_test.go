package scanner

import (
	"slices"
	"testing"
	"time"
)

func TestMetroSelect(t *testing.T) {
	for name, c := range map[string]struct {
		in     string
		frames []string
		say    string
	}{
		"a code":          {"\x02abc\x03", []string{"abc"}, "\x06"},
		"with CR":         {"abc\r", []string{"abc"}, "\x06"},
		"two":             {"\x02abc\x03\x02def\x03", []string{"abc", "def"}, "\x06\x06"},
		"held before it":  {"\x02abc\x03\x02abc\x03", []string{"abc"}, "\x06\x06"},
		"cut off":         {"\x02abc", []string{"!partial"}, "\x15"},
		"cut, then whole": {"\x02ab\x02abc\x03", []string{"!partial", "abc"}, "\x06\x15"},
		"not our letters": {"\x02\xc8\xee\x03", []string{"!gbk"}, "\x06"},
		"nothing":         {"\r\n", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := Model("metroselect")
			s := m.speech()
			h := s.push([]byte(c.in), epoch)
			q := s.quiet(epoch.Add(Silence))
			if got := append(said(h.frames), said(q.frames)...); !slices.Equal(got, c.frames) {
				t.Errorf("frames %q, want %q", got, c.frames)
			}
			if say := string(h.say) + string(q.say); say != c.say {
				t.Errorf("said % x, want % x", say, c.say)
			}
		})
	}
}

// What is asked for once more can be answered for each time.
func FuzzMetroSelect(f *testing.F) {
	for _, s := range []string{"\x02abc\x03", "\x02abc", "abc\r", "\x02\x02\x03\x03", "\x02" + card + "\x03\x02" + card + "\x03"} {
		f.Add([]byte(s), uint8(2))
	}
	f.Fuzz(func(t *testing.T, in []byte, every uint8) {
		m, _ := Model("metroselect")
		s := m.speech()
		for chunk := range slices.Chunk(in, int(every)+1) {
			h := s.push(chunk, epoch)
			examineHeard(t, h)
			if len(h.say) > h.codes+1 || len(h.say) > 0 && h.codes == 0 || h.broken > h.codes {
				t.Fatalf("said % x to %d codes, %d of them broken", h.say, h.codes, h.broken)
			}
		}
		examineHeard(t, s.quiet(epoch.Add(Silence)))
		if s.pending() {
			t.Error("left open")
		}
		fresh := "a code that was never here 7f3a"
		if h := s.push([]byte("\x02"+fresh+"\x03"), epoch.Add(time.Minute)); !slices.Equal(said(h.frames), []string{fresh}) || string(h.say) != "\x06" {
			t.Errorf("afterwards: %q, said % x", said(h.frames), h.say)
		}
	})
}
