package inbox_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// rot is what a medium does to a row.
var rots = map[string]func(d store.Document) store.Document{
	"a bit flipped": func(d store.Document) store.Document {
		c := append([]byte{}, d.Content...)
		if len(c) > 0 {
			c[len(c)/2] ^= 0x10
		}
		return store.Document{Tag: d.Tag, Content: c, At: d.At}
	},
	"cut short": func(d store.Document) store.Document {
		return store.Document{Tag: d.Tag, Content: append([]byte{}, d.Content[:len(d.Content)/2]...), At: d.At}
	},
	"emptied": func(d store.Document) store.Document {
		return store.Document{Tag: d.Tag, Content: []byte{}, At: d.At}
	},
	"another day": func(d store.Document) store.Document {
		return store.Document{Tag: d.Tag, Content: append([]byte{}, d.Content...), At: time.Unix(1, 0)}
	},
}

// Whatever becomes of what the province has told the station, the station starts
// and says why no visit can begin; with a portal it has everything again. Only who
// it is, nobody can tell it again.
func TestRottenDocuments(t *testing.T) {
	for _, name := range []store.DocumentName{store.DocTrust, store.DocStaff, store.DocCatalogue, store.DocDeltas, store.DocPart,
		store.DocTime, store.DocContact, store.DocCarried, store.DocSticks} {
		for how, rot := range rots {
			t.Run(string(name)+" "+how, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { rotten(t, name, rot) }) })
		}
	}
}

func rotten(t *testing.T, name store.DocumentName, rot func(store.Document) store.Document) {
	ctx, dir := t.Context(), t.TempDir()
	open := func() *prove.Station {
		st, err := prove.OpenStation(ctx, dir, clock.NewSystem(clock.Options{Wall: time.Now}), slog.New(slog.DiscardHandler))
		must(t, err)
		return st
	}
	prov, err := prove.NewProvince(time.Now())
	must(t, err)
	frame, err := prov.Catalogue(2, time.Now())
	must(t, err)
	p := &portal{began: time.Now(), document: func(what string) (client.Fetched, error) {
		return client.Fetched{Fresh: true, Tag: what, Body: map[string][]byte{"trust": prov.Bundle, "staff": []byte(prov.Staff), "catalogue": frame}[what]}, nil
	}}
	p.answer = func(wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
		return wire.EventsAnswer{Epoch: "e1", Hints: wire.Hints{Catalogue: 2, Staff: "staff"}}, wire.Watermark{Epoch: "e1"}, nil
	}
	sync := func(st *prove.Station) {
		ctx, end := context.WithCancel(ctx)
		done := make(chan error)
		go func() { done <- st.Inbox.Follow(ctx, p) }()
		time.Sleep(time.Minute)
		end()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	whole := func(st *prove.Station) {
		t.Helper()
		must(t, st.Province.CanSeal())
		if c, err := st.Province.Catalogue(); err != nil || c.Version() != 2 {
			t.Errorf("the catalogue: %v", err)
		}
	}
	st := open()
	e, err := prov.Enrol(st.Keys, "https://127.0.0.1", time.Now())
	must(t, err)
	must(t, st.Province.Enrolled(ctx, e))
	sync(st)
	whole(st)
	doc, err := st.Store.Document(ctx, name)
	if err == nil {
		must(t, st.Store.PutDocuments(ctx, map[store.DocumentName]store.Document{name: rot(doc)}))
	} else {
		must(t, st.Store.PutDocuments(ctx, map[store.DocumentName]store.Document{name: rot(store.Document{Content: []byte("what a station keeps"), At: time.Now()})}))
	}
	must(t, st.Close())

	st = open()
	if _, err := st.Province.Enrolment(); err != nil {
		t.Errorf("who it is: %v", err)
	}
	seals := st.Province.CanSeal()
	_, cat := st.Province.Catalogue()
	switch name {
	case store.DocTrust:
		if dossier.CodeOf(seals) != dossier.CodeNoKey || dossier.CodeOf(cat) != dossier.CodeNoCatalogue {
			t.Errorf("without a trust bundle: %v, %v", seals, cat)
		}
	case store.DocStaff:
		if dossier.CodeOf(seals) != dossier.CodeNoKey || cat != nil {
			t.Errorf("without a staff list: %v, %v", seals, cat)
		}
	case store.DocCatalogue:
		if seals != nil || dossier.CodeOf(cat) != dossier.CodeNoCatalogue {
			t.Errorf("without a catalogue: %v, %v", seals, cat)
		}
	default:
		whole(st)
	}
	must(t, st.Close())
	st = open() // once more, with what was dropped
	defer func() { must(t, st.Close()) }()
	sync(st)
	whole(st)
}

// A station that does not know any more who it is says that its storage is damaged.
func TestARottenEnrolment(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	at := time.Now()
	st, err := prove.OpenStation(ctx, dir, clock.NewFake(at), slog.New(slog.DiscardHandler))
	must(t, err)
	defer func() { must(t, st.Close()) }()
	prov, err := prove.NewProvince(at)
	must(t, err)
	e, err := prov.Enrol(st.Keys, "https://127.0.0.1", at)
	must(t, err)
	must(t, st.Province.Enrolled(ctx, e))
	doc, err := st.Store.Document(ctx, store.DocEnrolment)
	must(t, err)
	must(t, st.Store.PutDocument(ctx, store.DocEnrolment, "", doc.Content[:len(doc.Content)/2]))
	if _, err := inbox.OpenProvince(ctx, st.Store, time.Now); dossier.CodeOf(err) != dossier.CodeStorageDamaged {
		t.Errorf("%v", err)
	}
}
