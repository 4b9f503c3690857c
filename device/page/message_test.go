package page

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample has every kind of value that is met.
func sample() message {
	return message{Major: 1, Minor: 1, Code: opPrintJob, Request: 7, Groups: []group{
		{Tag: tagOperation, Attrs: []attribute{text(tagCharset, "attributes-charset", "utf-8"), text(tagURI, "printer-uri", "ipp://localhost/p"),
			{Name: "ipp-attribute-fidelity", Values: []value{{Tag: tagBoolean, Int: 1}}}}},
		{Tag: tagJob, Attrs: []attribute{integer("copies", -2), text(tagKeyword, "media", "a", "b"),
			{Name: "media-col", Values: []value{{Tag: tagBegin, Members: []attribute{
				{Name: "media-size", Values: []value{{Tag: tagBegin, Members: []attribute{integer("x-dimension", 21000)}}, {Tag: tagBegin}}},
				text(tagKeyword, "media-source", "main", "auto")}}}},
			{Name: "when", Values: []value{{Tag: 0x31, Bytes: "\x07\xea\x0b\x16\x0a\x00\x00\x00+\x00\x00"}}}}},
		{Tag: tagPrinter},
	}}
}

func TestMessageThereAndBack(t *testing.T) {
	raw, err := sample().encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sample(), got); d != "" {
		t.Error(d)
	}
}

// The bytes of RFC 8010 appendix A.1, shortened: encoding is not only its own
// inverse.
func TestMessageBytes(t *testing.T) {
	m := message{Major: 1, Minor: 1, Code: opPrintJob, Request: 1, Groups: []group{
		{Tag: tagOperation, Attrs: []attribute{text(tagCharset, "attributes-charset", "utf-8")}},
		{Tag: tagJob, Attrs: []attribute{integer("copies", 20), text(tagKeyword, "sides", "two-sided-long-edge", "one-sided")}}}}
	want := "\x01\x01\x00\x02\x00\x00\x00\x01\x01\x47\x00\x12attributes-charset\x00\x05utf-8" +
		"\x02\x21\x00\x06copies\x00\x04\x00\x00\x00\x14\x44\x00\x05sides\x00\x13two-sided-long-edge\x44\x00\x00\x00\x09one-sided\x03"
	raw, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(raw)); d != "" {
		t.Error(d)
	}
}

func TestNothingButWellFormedMessages(t *testing.T) {
	head := "\x01\x01\x00\x00\x00\x00\x00\x01"
	deep := head + "\x01" + "\x34\x00\x01c\x00\x00"
	for range maxDepth + 1 {
		deep += "\x4a\x00\x00\x00\x01m" + "\x34\x00\x00\x00\x00"
	}
	deep += "\x4a\x00\x00\x00\x01m\x21\x00\x00\x00\x04\x00\x00\x00\x01" + strings.Repeat("\x37\x00\x00\x00\x00", maxDepth+2) + "\x03"
	many := head + "\x01" + strings.Repeat("\x44\x00\x01a\x00\x01b", maxValues+1) + "\x03"
	for name, raw := range map[string]string{
		"nothing": "", "short": "\x01\x01\x00\x00", "no end": head, "of HTML": "<html><body>Xin đăng nhập</body></html>", "version 9": "\x09" + head[1:] + "\x03",
		"a value before a group": head + "\x44\x00\x01a\x00\x01b\x03", "a value of nothing": head + "\x01\x44\x00\x00\x00\x01b\x03",
		"a document behind": head + "\x03%PDF", "a long number": head + "\x01\x21\x00\x01a\x00\x05\x00\x00\x00\x00\x01\x03",
		"a name beyond": head + "\x01\x44\xff\xffa", "a value beyond": head + "\x01\x44\x00\x01a\x7f\xff",
		"half true": head + "\x01\x22\x00\x01a\x00\x01\x02\x03", "an open collection": head + "\x01\x34\x00\x01c\x00\x00\x03",
		"a nameless member": head + "\x01\x34\x00\x01c\x00\x00\x21\x00\x00\x00\x04\x00\x00\x00\x01\x37\x00\x00\x00\x00\x03",
		"an empty member":   head + "\x01\x34\x00\x01c\x00\x00\x4a\x00\x00\x00\x01m\x37\x00\x00\x00\x00\x03",
		"a stray end":       head + "\x01\x37\x00\x01c\x00\x00\x03", "too deep": deep, "too many": many,
		"no kind of group": head + "\x00\x03", "too large": head + strings.Repeat("\x01", maxMessageBytes),
	} {
		if m, err := decode([]byte(raw)); !errors.Is(err, errMessage) || m.Groups != nil {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
}

func TestMessagesThatAreNotSent(t *testing.T) {
	attrs := func(a ...attribute) message {
		return message{Major: 1, Groups: []group{{Tag: tagJob, Attrs: a}}}
	}
	nested := attribute{Name: "c", Values: []value{{Tag: tagBegin}}}
	for range maxDepth + 1 {
		nested = attribute{Name: "c", Values: []value{{Tag: tagBegin, Members: []attribute{nested}}}}
	}
	for name, m := range map[string]message{
		"no name": attrs(text(tagKeyword, "", "a")), "no value": attrs(text(tagKeyword, "a")), "a huge value": attrs(text(tagKeyword, "a", strings.Repeat("x", maxValueBytes+1))),
		"a delimiter as a value": attrs(attribute{Name: "a", Values: []value{{Tag: tagJob}}}), "too deep": attrs(nested),
		"an end as a group": {Major: 1, Groups: []group{{Tag: tagEnd}}}, "a huge name": attrs(text(tagKeyword, strings.Repeat("x", maxNameBytes+1), "a")),
	} {
		if _, err := m.encode(); !errors.Is(err, errMessage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzDecode: anything may answer. What is taken is within the limits and means
// the same when it is written again.
func FuzzDecode(f *testing.F) {
	raw, err := sample().encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	f.Add([]byte("\x01\x01\x00\x00\x00\x00\x00\x01\x04\x23\x00\x0dprinter-state\x00\x04\x00\x00\x00\x05\x44\x00\x15printer-state-reasons\x00\x11media-empty-error\x03"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := decode(raw)
		if err != nil {
			if !errors.Is(err, errMessage) {
				t.Errorf("another error: %v", err)
			}
			return
		}
		for _, g := range m.Groups {
			readStatus(g)
			if j, err := readJob(g); err == nil && (j.state < jobPending || j.state > jobCompleted) {
				t.Errorf("a job in state %d", j.state)
			}
		}
		again, err := m.encode()
		if err != nil {
			t.Fatalf("taken and not to be written: %v", err)
		}
		back, err := decode(again)
		if err != nil {
			t.Fatalf("written and not taken: %v", err)
		}
		if d := cmp.Diff(m, back); d != "" {
			t.Error(d)
		}
		if twice, err := back.encode(); err != nil || !bytes.Equal(again, twice) {
			t.Error("written in two ways")
		}
	})
}
