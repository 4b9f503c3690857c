package wire

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"tramhoso/sync/dossier"
)

// Cursor is how far a station has applied its events.
type Cursor struct {
	Epoch string // empty before the first answer
	N     uint64 // the last applied event
}

// maxEpochBytes bounds an epoch: it is a short random name.
const maxEpochBytes = 64

func (c Cursor) String() string { return c.Epoch + "," + strconv.FormatUint(c.N, 10) }

// ParseCursor reads "epoch,n".
func ParseCursor(s string) (Cursor, error) {
	epoch, num, ok := strings.Cut(s, ",")
	if !ok || len(epoch) > maxEpochBytes {
		return Cursor{}, dossier.Errorf(dossier.CodeInvalid, "a cursor is epoch,n")
	}
	n, err := strconv.ParseUint(num, 10, 63)
	if err != nil {
		return Cursor{}, dossier.Errorf(dossier.CodeInvalid, "a cursor's number: %w", err)
	}
	return Cursor{Epoch: epoch, N: n}, nil
}

// EventsQuery is the long poll's question.
type EventsQuery struct {
	After Cursor
	Wait  time.Duration // whole seconds, at most MaxWait; 0 answers at once
	// Known tells what the station already has. Where a field is set and the
	// portal has something else, the portal answers at once.
	Known Hints
}

// Values is the query as URL values.
func (q EventsQuery) Values() url.Values {
	v := url.Values{}
	v.Set("after", q.After.String())
	v.Set("wait", strconv.Itoa(int(q.Wait/time.Second)))
	if q.Known.Catalogue > 0 {
		v.Set("catalogue", strconv.Itoa(q.Known.Catalogue))
	}
	if q.Known.Staff != "" {
		v.Set("staff", q.Known.Staff)
	}
	return v
}

// ParseEventsQuery reads what Values wrote. A wait past MaxWait is cut, a
// missing "after" starts at the beginning.
func ParseEventsQuery(v url.Values) (EventsQuery, error) {
	var q EventsQuery
	if s := v.Get("after"); s != "" {
		c, err := ParseCursor(s)
		if err != nil {
			return EventsQuery{}, err
		}
		q.After = c
	}
	if s := v.Get("wait"); s != "" {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return EventsQuery{}, dossier.Errorf(dossier.CodeInvalid, "wait: %w", err)
		}
		q.Wait = min(time.Duration(n)*time.Second, MaxWait)
	}
	if s := v.Get("catalogue"); s != "" {
		n, err := strconv.ParseUint(s, 10, 31)
		if err != nil {
			return EventsQuery{}, dossier.Errorf(dossier.CodeInvalid, "catalogue: %w", err)
		}
		q.Known.Catalogue = int(n)
	}
	if s := v.Get("staff"); len(s) <= maxEpochBytes {
		q.Known.Staff = s
	}
	return q, nil
}

// ValidID reports whether s is a UUIDv7 in the one lower-case spelling packets use.
func ValidID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' || s[14] != '7' {
		return false
	}
	if !strings.ContainsRune("89ab", rune(s[19])) {
		return false
	}
	for i, c := range []byte(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			continue
		}
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
