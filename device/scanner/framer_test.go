package scanner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// Nobody's: a published sample and a synthetic card.
const (
	card = "000123456789|123456789|Nguyễn Văn An|01011990|Nam|Số 1, Phường Bến Nghé, Quận 1, TP.HCM|01012021"
	mrz1 = "IDVNM0901234562000090123456<<2"
	mrz2 = "9001011M3001019VNM<<<<<<<<<<<0"
	mrz3 = "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"
)

var epoch = time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)

// all pushes bytes at once and then is silent; faults read as "!fault".
func all(f *Framer, b string, at time.Time) []string {
	frames := f.Push([]byte(b), at)
	frames = append(frames, f.Quiet(at.Add(Silence))...)
	return said(frames)
}

func said(frames []Frame) []string {
	var out []string
	for _, f := range frames {
		if f.Fault != FaultNone {
			if f.Data != "" {
				out = append(out, "data beside a fault")
			}
			out = append(out, "!"+string(f.Fault))
			continue
		}
		out = append(out, f.Data)
	}
	return out
}

func TestFramer(t *testing.T) {
	mrz := mrz1 + "\n" + mrz2 + "\n" + mrz3
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":               {"", nil},
		"CR":                    {"abc\r", []string{"abc"}},
		"LF":                    {"abc\n", []string{"abc"}},
		"CR LF":                 {"abc\r\n", []string{"abc"}},
		"empty lines":           {"\r\n\n\r\r", nil},
		"silence":               {"abc", []string{"abc"}},
		"two":                   {"abc\rdef\r", []string{"abc", "def"}},
		"two, then silence":     {"abc\rdef", []string{"abc", "def"}},
		"double scan":           {"abc\rabc\r", []string{"abc"}},
		"back and forth":        {"abc\rdef\rabc\r", []string{"abc", "def", "abc"}},
		"a card":                {card + "\r", []string{card}},
		"STX ETX":               {"\x02abc\x03", []string{"abc"}},
		"STX ETX twice":         {"\x02abc\x03\x02def\x03", []string{"abc", "def"}},
		"STX ETX CR":            {"\x02abc\x03\r\n", []string{"abc"}},
		"Access-IS":             {"\x02abc\r\x03", []string{"abc"}},
		"STX without end":       {"\x02abc", []string{"!partial"}},
		"STX in a block":        {"\x02abc\x02def\x03", []string{"!partial", "def"}},
		"STX after noise":       {"abc\x02def\x03", []string{"!partial", "def"}},
		"ETX alone":             {"abc\x03\r", []string{"!control"}},
		"MRZ bare":              {mrz1 + mrz2 + mrz3, []string{mrz1 + mrz2 + mrz3}},
		"MRZ in lines, CR":      {mrz1 + "\r" + mrz2 + "\r" + mrz3 + "\r", []string{mrz}},
		"MRZ in lines, CR LF":   {mrz1 + "\r\n" + mrz2 + "\r\n" + mrz3 + "\r\n", []string{mrz}},
		"MRZ in a block":        {"\x02" + mrz1 + "\r" + mrz2 + "\r" + mrz3 + "\r\x03", []string{mrz}},
		"MRZ in lines, no end":  {mrz1 + "\r" + mrz2 + "\r" + mrz3, []string{mrz}},
		"MRZ, two lines":        {mrz1 + "\r" + mrz2 + "\r", []string{mrz1 + "\n" + mrz2}},
		"MRZ, one line, a card": {mrz1 + "\r" + card + "\r", []string{mrz1, card}},
		"MRZ, last line cut":    {mrz1 + "\r" + mrz2 + "\rNGUYEN", []string{mrz1 + "\n" + mrz2, "NGUYEN"}},
		"3M": {"\x01\x62OU\x02F" + strings.ReplaceAll(mrz1+"\r"+mrz2+"\r"+mrz3, "<", "_") + "\r\x03\x0d",
			[]string{strings.ReplaceAll(mrz, "<", "_")}},
		"3M, two bytes of length": {"\x01\x63\x00OU\x02F" + strings.ReplaceAll(mrz1+"\r"+mrz2+"\r"+mrz3, "<", "_") + "\r\x03\x0d",
			[]string{strings.ReplaceAll(mrz, "<", "_")}},
		"3M, a line missing":   {"\x01\x63\x00OU\x02F\r" + mrz2 + "\r" + mrz3 + "\r\x03\x0d", []string{mrz2 + "\n" + mrz3}},
		"3M, then a scan":      {"\x01\x62OU\x02F" + mrz1 + "\r\x03xabc\r", []string{mrz1, "abc"}},
		"3M without BCC":       {"\x01\x62OU\x02F" + mrz1 + "\r\x03", []string{mrz1}},
		"3M, cut in its head":  {"\x01\x62O", []string{"!partial"}},
		"SOH and noise":        {"\x01123456789\r", []string{"!control"}},
		"lines in a block":     {"\x02abc\rdef\x03", []string{"!control"}},
		"a tab":                {"abc\tdef\r", []string{"!control"}},
		"C1 control":           {"abc\u0085def\r", []string{"!control"}},
		"DEL":                  {"abc\x7f\r", []string{"!control"}},
		"right-to-left":        {"abc\u202edef\r", []string{"!control"}},
		"zeros":                {"\x00\x00\x00\r", nil},
		"not UTF-8":            {"abc\xff\r", []string{"!not-utf-8"}},
		"cut inside a letter":  {"Nguy\xe1\xbb\r", []string{"!not-utf-8"}},
		"letters lost":         {"Nguy\ufffdn\r", []string{"!not-utf-8"}},
		"accents apart":        {norm.NFD.String(card) + "\r", []string{"!not-nfc"}},
		"just not too long":    {strings.Repeat("x", MaxFrame) + "\r", []string{strings.Repeat("x", MaxFrame)}},
		"too long":             {strings.Repeat("x", MaxFrame+1) + "\rabc\r", []string{"!too-long", "abc"}},
		"too long, no end":     {strings.Repeat("x", 3*MaxFrame), []string{"!too-long"}},
		"too long in a block":  {"\x02" + strings.Repeat("x", 3*MaxFrame) + "\x03abc\r", []string{"!too-long", "abc"}},
		"too long, then block": {strings.Repeat("x", 3*MaxFrame) + "\x02abc\x03", []string{"!partial", "abc"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := all(&Framer{}, c.in, epoch); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSymbolByte(t *testing.T) {
	f := &Framer{SymbolByte: true}
	if got := all(f, "\x02Qabc\r\x03", epoch); !slices.Equal(got, []string{"abc"}) {
		t.Errorf("got %q", got)
	}
}

func TestEncodings(t *testing.T) {
	in := func(e encoding.Encoding, s string) string {
		b, err := encoding.ReplaceUnsupported(e.NewEncoder()).String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// CP1258 holds tones apart, but the other accents with their letters.
	tones := strings.NewReplacer("ễ", "ê\u0303", "ố", "ô\u0301", "ờ", "ơ\u0300", "ế", "ê\u0301", "ậ", "â\u0323").Replace(card)
	for name, c := range map[string]struct {
		in   string
		want Fault
	}{
		"cp1258":        {in(charmap.Windows1258, tones), FaultCP1258},
		"cp1258, lossy": {in(charmap.Windows1258, "Đắk Lắk|Đà Nẵng"), FaultCP1258}, // SUB for what it lacks
		"gbk":           {in(simplifiedchinese.GBK, "阮文安|男|胡志明市"), FaultGBK},
		"gbk, accents":  {in(simplifiedchinese.GBK, "Nguyên Hà|Lê"), FaultGBK},
		"utf-16 LE":     {in(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), card), FaultUTF16},
		"utf-16 BE":     {in(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), card), FaultUTF16},
		"utf-16 BOM":    {in(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "ắằẳẵặ"), FaultUTF16},
		"utf-8":         {card, FaultNone},
		"utf-8 twice":   {"Nguy\u00e1\u00bb\u2026n", FaultTwice},
		"latin-1 twice": {"Nguy\u00e1\u00bb\u0085n", FaultTwice},
		"a French name": {"Trà Café", FaultNone},
		"utf-8 BOM":     {"\ufeff" + card, FaultControl},
		"noise":         {"\xff\xfd\x80", FaultNotUTF8},
		"a tone alone":  {"1\xec", FaultNotUTF8},
		"half a pair":   {"abc\xb0", FaultNotUTF8},
		"cp1258 spaces": {"\xd0\xe0\xa0N\xe3", FaultCP1258},
	} {
		t.Run(name, func(t *testing.T) {
			if got := examine([]byte(c.in)); got != c.want {
				t.Errorf("% x: fault %q, want %q", c.in, got, c.want)
			}
		})
	}
}

// What a line of seven bits leaves of a letter is named; ASCII passes.
func TestSevenBits(t *testing.T) {
	stripped := []byte(card + "\r" + mrz1 + "\r" + mrz2 + "\r" + mrz3 + "\r")
	for i := range stripped {
		stripped[i] &= 0x7f
	}
	got := all(&Framer{SevenBits: true}, string(stripped), epoch)
	if want := []string{"!seven-bits", mrz1 + "\n" + mrz2 + "\n" + mrz3}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The answers of a Newland to its trigger are no scans; without a trigger they
// are noise, and named.
func TestReplies(t *testing.T) {
	in := "\x06\x02\x010000#SCNTRG1\x06;\x03abc\r\x02\x010000#SCNTRG0\x15;\x03\x15def\r"
	if got := all(&Framer{Replies: true}, in, epoch); !slices.Equal(got, []string{"abc", "def"}) {
		t.Errorf("got %q", got)
	}
	if got := all(&Framer{}, in, epoch); slices.Contains(got, "abc") && slices.Contains(got, "def") && len(got) == 2 {
		t.Errorf("without a trigger: %q", got)
	}
}

func TestDuplicates(t *testing.T) {
	f := &Framer{}
	for _, c := range []struct {
		after time.Duration
		in    string
		want  []string
	}{
		{0, "abc\r", []string{"abc"}},
		{time.Second, "abc\r", nil},
		{time.Second + Again - 1, "abc\r", nil}, // still in front of the reader
		{time.Second + 2*Again - 1, "abc\r", []string{"abc"}},
		{3 * Again, "\xff\r", []string{"!not-utf-8"}},
		{3 * Again, "\xff\r", nil},
		{3 * Again, "\xfe\r", []string{"!not-utf-8"}},
		{3 * Again, "abc\r", []string{"abc"}},
	} {
		if got := said(f.Push([]byte(c.in), epoch.Add(c.after))); !slices.Equal(got, c.want) {
			t.Errorf("%q after %v: %q, want %q", c.in, c.after, got, c.want)
		}
	}
}

func TestSilenceTakesItsTime(t *testing.T) {
	f := &Framer{}
	f.Push([]byte("ab"), epoch)
	if got := f.Quiet(epoch.Add(Silence - 1)); got != nil {
		t.Errorf("closed too early: %q", got)
	}
	f.Push([]byte("c"), epoch.Add(Silence-1))
	if got := f.Quiet(epoch.Add(Silence)); got != nil {
		t.Errorf("a late byte does not count: %q", got)
	}
	if got := said(f.Quiet(epoch.Add(2 * Silence))); !slices.Equal(got, []string{"abc"}) {
		t.Errorf("got %q", got)
	}
	if f.Pending() || f.Quiet(epoch.Add(3*Silence)) != nil {
		t.Error("something is left")
	}
}

// pieces are what lines are made of, good and bad.
func pieces() *rapid.Generator[[]byte] {
	return rapid.OneOf(
		rapid.SampledFrom([][]byte{
			[]byte(card), []byte(mrz1), []byte(mrz2), []byte(mrz3), {'\r'}, {'\n'}, []byte("\r\n"), {stx}, {etx}, {soh},
			[]byte("\x01\x62OU\x02F"), []byte("\x03x"), []byte("abc"), {0}, {0xFF}, []byte(strings.Repeat("y", MaxFrame)),
		}),
		rapid.SliceOfN(rapid.Byte(), 0, 8),
	)
}

// However the same bytes are split, the frames are the same.
func TestSplitsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := slices.Concat(rapid.SliceOfN(pieces(), 0, 12).Draw(t, "pieces")...)
		whole := &Framer{}
		want := all(whole, string(in), epoch)

		f, rest := &Framer{}, in
		var frames []Frame
		for len(rest) > 0 {
			n := rapid.IntRange(1, min(len(rest), 64)).Draw(t, "n")
			frames = append(frames, f.Push(rest[:n], epoch)...)
			rest = rest[n:]
		}
		frames = append(frames, f.Quiet(epoch.Add(Silence))...)
		if got := said(frames); !slices.Equal(got, want) {
			t.Fatalf("%q: split %q, whole %q", in, got, want)
		}
		if f.Pending() || whole.Pending() {
			t.Fatal("silence leaves something open")
		}
	})
}

func FuzzFramer(f *testing.F) {
	for _, s := range []string{
		card + "\r", mrz1 + "\r" + mrz2 + "\r" + mrz3 + "\r", "\x02abc\x03", "\x01\x62OU\x02F" + mrz1 + "\r\x03x", "abc", "\xff\xfe", "\x02\x02\r\x03",
	} {
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, every uint8) {
		want := all(&Framer{}, string(in), epoch)
		fr := &Framer{}
		var frames []Frame
		for chunk := range slices.Chunk(in, int(every)+1) {
			frames = append(frames, fr.Push(chunk, epoch)...)
		}
		frames = append(frames, fr.Quiet(epoch.Add(Silence))...)
		if got := said(frames); !slices.Equal(got, want) {
			t.Errorf("split %q, whole %q", got, want)
		}
		for _, frame := range frames {
			if frame.Fault == FaultNone && (len(frame.Data) > MaxFrame || !norm.NFC.IsNormalString(frame.Data) || strings.ContainsAny(frame.Data, "\x00\r\x1b")) {
				t.Errorf("a bad frame: %q", frame.Data)
			}
		}
		if fr.Pending() || cap(fr.buf) > 2*MaxFrame {
			t.Error("left open, or unbounded")
		}
	})
}
