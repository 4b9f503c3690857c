package page

import (
	"encoding/binary"
	"fmt"
)

// decode reads a message. Anything may come: what is not well-formed, or beyond
// the limits, is an error and nothing of it is kept. Bytes behind the end are a
// document, which no answer here has: they are refused.
func decode(raw []byte) (message, error) {
	if len(raw) > maxMessageBytes {
		return message{}, fmt.Errorf("%w: %d bytes are too many", errMessage, len(raw))
	}
	if len(raw) < 9 {
		return message{}, fmt.Errorf("%w: %d bytes are too few", errMessage, len(raw))
	}
	d := decoder{rest: raw[8:]}
	m := message{Major: raw[0], Minor: raw[1], Code: binary.BigEndian.Uint16(raw[2:]), Request: binary.BigEndian.Uint32(raw[4:])}
	if m.Major == 0 || m.Major > 2 {
		return message{}, fmt.Errorf("%w: version %d.%d", errMessage, m.Major, m.Minor)
	}
	for {
		t, err := d.tag()
		if err != nil {
			return message{}, err
		}
		switch {
		case t == tagEnd:
			if len(d.rest) > 0 {
				return message{}, fmt.Errorf("%w: %d bytes behind the end", errMessage, len(d.rest))
			}
			return m, nil
		case t == 0:
			return message{}, fmt.Errorf("%w: a group of no kind", errMessage)
		case t <= lastDelimiter:
			m.Groups = append(m.Groups, group{Tag: t})
		case len(m.Groups) == 0:
			return message{}, fmt.Errorf("%w: a value outside a group", errMessage)
		default:
			g := &m.Groups[len(m.Groups)-1]
			if g.Attrs, err = d.named(t, g.Attrs); err != nil {
				return message{}, err
			}
		}
		if d.count++; d.count > maxValues {
			return message{}, fmt.Errorf("%w: more than %d values", errMessage, maxValues)
		}
	}
}

type decoder struct {
	rest  []byte
	count int
}

func (d *decoder) tag() (tag, error) {
	if len(d.rest) == 0 {
		return 0, fmt.Errorf("%w: it breaks off", errMessage)
	}
	t := tag(d.rest[0])
	d.rest = d.rest[1:]
	return t, nil
}

func (d *decoder) bytes() (string, error) {
	if len(d.rest) < 2 {
		return "", fmt.Errorf("%w: it breaks off", errMessage)
	}
	n := int(binary.BigEndian.Uint16(d.rest))
	if n > maxValueBytes || len(d.rest) < 2+n {
		return "", fmt.Errorf("%w: it breaks off", errMessage)
	}
	s := string(d.rest[2 : 2+n])
	d.rest = d.rest[2+n:]
	return s, nil
}

// named reads one value of a group: a new attribute, or one more value of the
// last.
func (d *decoder) named(t tag, attrs []attribute) ([]attribute, error) {
	name, err := d.bytes()
	if err != nil {
		return nil, err
	}
	if len(name) > maxNameBytes {
		return nil, fmt.Errorf("%w: a name of %d bytes", errMessage, len(name))
	}
	if t == tagEndOf || t == tagMemberName {
		return nil, fmt.Errorf("%w: part of a collection outside one", errMessage)
	}
	v, err := d.value(t, 0)
	if err != nil {
		return nil, err
	}
	if name != "" {
		return append(attrs, attribute{Name: name, Values: []value{v}}), nil
	}
	if len(attrs) == 0 {
		return nil, fmt.Errorf("%w: a value of no attribute", errMessage)
	}
	last := &attrs[len(attrs)-1]
	last.Values = append(last.Values, v)
	return attrs, nil
}

func (d *decoder) value(t tag, depth int) (value, error) {
	raw, err := d.bytes()
	if err != nil {
		return value{}, err
	}
	v := value{Tag: t}
	switch t {
	case tagInteger, tagEnum:
		if len(raw) != 4 {
			return value{}, fmt.Errorf("%w: a number of %d bytes", errMessage, len(raw))
		}
		v.Int = int32(binary.BigEndian.Uint32([]byte(raw)))
	case tagBoolean:
		if len(raw) != 1 || raw[0] > 1 {
			return value{}, fmt.Errorf("%w: neither true nor false", errMessage)
		}
		v.Int = int32(raw[0])
	case tagBegin:
		if raw != "" || depth >= maxDepth {
			return value{}, fmt.Errorf("%w: a collection too deep or with a value", errMessage)
		}
		v.Members, err = d.members(depth + 1)
	default:
		v.Bytes = raw
	}
	return v, err
}

// members reads a collection up to its end: each member is its name and one
// value or more.
func (d *decoder) members(depth int) ([]attribute, error) {
	var out []attribute
	for {
		if d.count++; d.count > maxValues {
			return nil, fmt.Errorf("%w: more than %d values", errMessage, maxValues)
		}
		t, err := d.tag()
		if err != nil {
			return nil, err
		}
		name, err := d.bytes()
		if err != nil {
			return nil, err
		}
		if t <= lastDelimiter || name != "" {
			return nil, fmt.Errorf("%w: a collection that does not end", errMessage)
		}
		switch t {
		case tagEndOf:
			if _, err := d.bytes(); err != nil {
				return nil, err
			}
			if len(out) > 0 && len(out[len(out)-1].Values) == 0 {
				return nil, fmt.Errorf("%w: a member without a value", errMessage)
			}
			return out, nil
		case tagMemberName:
			member, err := d.bytes()
			if err != nil {
				return nil, err
			}
			if member == "" || len(member) > maxNameBytes || len(out) > 0 && len(out[len(out)-1].Values) == 0 {
				return nil, fmt.Errorf("%w: a member without a name or a value", errMessage)
			}
			out = append(out, attribute{Name: member})
		default:
			if len(out) == 0 {
				return nil, fmt.Errorf("%w: a member without a name", errMessage)
			}
			v, err := d.value(t, depth)
			if err != nil {
				return nil, err
			}
			last := &out[len(out)-1]
			last.Values = append(last.Values, v)
		}
	}
}
