package page

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The limits of a message. A printer's longest answer here, all that it knows of
// itself, holds about 200 attributes.
const (
	maxMessageBytes = 1 << 20
	maxValues       = 8192 // of one message, members of collections included
	maxDepth        = 8    // of collections in collections
	maxNameBytes    = 255  // RFC 8010 3.1.6; longer names do not exist
	maxValueBytes   = 32767
)

// errMessage is an answer that is no IPP.
var errMessage = errors.New("no well-formed IPP message")

// tag is a value's syntax or the beginning of a group (RFC 8010 3.5).
type tag byte

const (
	tagOperation   tag = 0x01
	tagJob         tag = 0x02
	tagEnd         tag = 0x03
	tagPrinter     tag = 0x04
	tagUnsupported tag = 0x05
	lastDelimiter  tag = 0x0F

	tagNoValue    tag = 0x13
	tagInteger    tag = 0x21
	tagBoolean    tag = 0x22
	tagEnum       tag = 0x23
	tagBegin      tag = 0x34 // of a collection
	tagEndOf      tag = 0x37 // of a collection
	tagText       tag = 0x41
	tagName       tag = 0x42
	tagKeyword    tag = 0x44
	tagURI        tag = 0x45
	tagCharset    tag = 0x47
	tagLanguage   tag = 0x48
	tagMime       tag = 0x49
	tagMemberName tag = 0x4A
)

// value is one value of an attribute.
type value struct {
	Tag     tag
	Int     int32       // integer, enum; boolean as 0 or 1
	Bytes   string      // every other syntax as it stands in the message
	Members []attribute // a collection
}

// attribute is a name with one value or several.
type attribute struct {
	Name   string
	Values []value
}

// group is a run of attributes about one thing.
type group struct {
	Tag   tag
	Attrs []attribute
}

// message is a request or an answer without the document behind it.
type message struct {
	Major, Minor byte
	Code         uint16 // the operation, or the status
	Request      uint32
	Groups       []group
}

// first is the first group of that tag, or an empty one.
func (m message) first(t tag) group {
	for _, g := range m.Groups {
		if g.Tag == t {
			return g
		}
	}
	return group{Tag: t}
}

func (g group) values(name string) []value {
	for _, a := range g.Attrs {
		if a.Name == name {
			return a.Values
		}
	}
	return nil
}

// texts are the values of a textual attribute.
func (g group) texts(name string) []string {
	var out []string
	for _, v := range g.values(name) {
		if v.Tag >= tagText && v.Tag <= tagMime {
			out = append(out, v.Bytes)
		}
	}
	return out
}

// number is an integer or enum; ok is false where there is none.
func (g group) number(name string) (n int, ok bool) {
	for _, v := range g.values(name) {
		if v.Tag == tagInteger || v.Tag == tagEnum || v.Tag == tagBoolean {
			return int(v.Int), true
		}
	}
	return 0, false
}

// encode writes a message; the limits hold for what is sent, too.
func (m message) encode() ([]byte, error) {
	out := []byte{m.Major, m.Minor}
	out = binary.BigEndian.AppendUint16(out, m.Code)
	out = binary.BigEndian.AppendUint32(out, m.Request)
	for _, g := range m.Groups {
		if g.Tag == 0 || g.Tag == tagEnd || g.Tag > lastDelimiter {
			return nil, fmt.Errorf("%w: a group cannot begin with %#x", errMessage, byte(g.Tag))
		}
		out = append(out, byte(g.Tag))
		for _, a := range g.Attrs {
			if a.Name == "" {
				return nil, fmt.Errorf("%w: an attribute without a name", errMessage)
			}
			var err error
			if out, err = encodeValues(out, a.Name, a.Values, 0); err != nil {
				return nil, err
			}
		}
	}
	out = append(out, byte(tagEnd))
	if len(out) > maxMessageBytes {
		return nil, fmt.Errorf("%w: %d bytes are too many", errMessage, len(out))
	}
	return out, nil
}

// encodeValues writes the values of an attribute, or with no name those of a
// member of a collection.
func encodeValues(out []byte, name string, values []value, depth int) ([]byte, error) {
	if len(name) > maxNameBytes || len(values) == 0 || depth > maxDepth {
		return nil, fmt.Errorf("%w: a name too long, no value or collections too deep", errMessage)
	}
	var err error
	for _, v := range values {
		switch {
		case v.Tag == tagInteger || v.Tag == tagEnum:
			out, err = field(out, v.Tag, name, string(binary.BigEndian.AppendUint32(nil, uint32(v.Int))))
		case v.Tag == tagBoolean:
			out, err = field(out, v.Tag, name, string([]byte{byte(v.Int & 1)}))
		case v.Tag == tagBegin:
			out, err = encodeCollection(out, name, v.Members, depth)
		case v.Tag <= lastDelimiter || v.Tag == tagMemberName || v.Tag == tagEndOf:
			err = fmt.Errorf("%w: %#x is no syntax of a value", errMessage, byte(v.Tag))
		default:
			out, err = field(out, v.Tag, name, v.Bytes)
		}
		if err != nil {
			return nil, err
		}
		name = "" // further values carry none
	}
	return out, nil
}

func encodeCollection(out []byte, name string, members []attribute, depth int) ([]byte, error) {
	out, err := field(out, tagBegin, name, "")
	for _, m := range members {
		if err == nil {
			out, err = field(out, tagMemberName, "", m.Name)
		}
		if err == nil {
			out, err = encodeValues(out, "", m.Values, depth+1)
		}
	}
	if err != nil {
		return nil, err
	}
	return field(out, tagEndOf, "", "")
}

// field writes one value with its lengths.
func field(out []byte, t tag, name, raw string) ([]byte, error) {
	if len(raw) > maxValueBytes {
		return nil, fmt.Errorf("%w: a value of %d bytes", errMessage, len(raw))
	}
	out = append(out, byte(t))
	out = binary.BigEndian.AppendUint16(out, uint16(len(name)))
	out = append(out, name...)
	out = binary.BigEndian.AppendUint16(out, uint16(len(raw)))
	return append(out, raw...), nil
}
