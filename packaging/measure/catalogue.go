package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/catalogue/synthetic"
	"tramhoso/sync/client"
	"tramhoso/sync/prove/link"
)

// carried is how many bytes of IP packets a line carried, both ways.
func carried(l *link.Line) int64 {
	up, down := l.Counts()
	return up.Bytes + down.Bytes
}

// pouchBytes replicates the catalogue as one document per entry, then again after
// the change: the bytes of each.
func (p *syncPeers) pouchBytes(ctx context.Context, dir string, before, after catalogue.Snapshot) (first, delta int64, err error) {
	server, addr, err := p.serve(ctx, "pouch-server.mjs", filepath.Join(dir, "server"))
	if err != nil {
		return 0, 0, err
	}
	defer server.stop()
	l, err := link.New(1)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	r, err := l.Relay(addr)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = r.Close() }()
	const db = "/catalogue"
	all, err := documents(before, nil)
	if err != nil {
		return 0, 0, err
	}
	if err := p.fill(ctx, dir, "http://"+addr+db, all); err != nil {
		return 0, 0, err
	}
	client, err := p.start(ctx, "pouch-client.mjs", "pull", "http://"+r.Addr()+db, dir)
	if err != nil {
		return 0, 0, err
	}
	defer client.stop()
	if ready, err := client.line(); err != nil || ready != "ready" {
		return 0, 0, errors.Join(fmt.Errorf("the peer is not ready: %q", ready), err)
	}
	pull := func(want int) (int64, error) {
		was := carried(l)
		n, err := client.ask()
		if err == nil && n != want {
			err = fmt.Errorf("the peer replicated %d documents of %d", n, want)
		}
		return carried(l) - was, err
	}
	if first, err = pull(len(all)); err != nil {
		return 0, 0, err
	}
	changed, err := documents(after, all)
	if err != nil {
		return 0, 0, err
	}
	if err := p.fill(ctx, dir, "http://"+addr+db, changed); err != nil {
		return 0, 0, err
	}
	delta, err = pull(len(changed))
	return first, delta, err
}

// documents are the entries of a catalogue by their identity, without those that
// known has just so.
func documents(s catalogue.Snapshot, known map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	add := func(id string, entry any) error {
		b, err := json.Marshal(entry)
		if err != nil {
			return err
		}
		if string(known[id]) != string(b) {
			all[id] = b
		}
		return nil
	}
	var err error
	for _, x := range s.Procedures {
		err = errors.Join(err, add("procedure:"+x.Code, x))
	}
	for _, x := range s.Agencies {
		err = errors.Join(err, add("agency:"+x.ID, x))
	}
	for _, x := range s.Topics {
		err = errors.Join(err, add("topic:"+x.ID, x))
	}
	return all, err
}

// fill writes documents into a database beside the line.
func (p *syncPeers) fill(ctx context.Context, dir, url string, docs map[string]json.RawMessage) error {
	list := make([]json.RawMessage, 0, len(docs))
	for id, entry := range docs {
		list = append(list, append(fmt.Appendf(nil, `{"_id":%q,`, id), entry[1:]...))
	}
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "documents.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "node", filepath.Join(p.dir, "pouch-fill.mjs"), url, file).CombinedOutput(); err != nil {
		return fmt.Errorf("failed to fill the peer: %w\n%s", err, out)
	}
	return nil
}

// changedRows is how many procedures a ministry's decision touches.
const changedRows = 160

// amended is the next version of a catalogue: every hundredth procedure has
// another fee, level or name.
func amended(s catalogue.Snapshot) catalogue.Snapshot {
	next := s
	next.Version++
	next.Procedures = append(s.Procedures[:0:0], s.Procedures...)
	step := len(next.Procedures) / changedRows
	for i := range changedRows {
		p := next.Procedures[i*step]
		p.Version++
		name := maps.Clone(p.Name)
		name["vi"] += " (sửa đổi)"
		p.Name = name
		next.Procedures[i*step] = p
	}
	return next
}

// catalogueBytes brings the same catalogue and the same change to one of our
// stations.
func catalogueBytes(ctx context.Context, dir string, before, after catalogue.Snapshot) (first, delta int64, err error) {
	l, err := link.New(1)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	st, err := pair(ctx, dir, l, before)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, st.end()) }()
	was := carried(l)
	if _, err := st.Link.Catalogue(ctx, "", client.Fetched{}); err != nil {
		return 0, 0, err
	}
	first = carried(l) - was
	version, err := st.portal.Publish(ctx, after)
	if err != nil {
		return 0, 0, err
	}
	was = carried(l)
	if _, err := st.Link.Delta(ctx, version-1); err != nil {
		return 0, 0, err
	}
	return first, carried(l) - was, nil
}

// measureCatalogue counts what a station's first catalogue costs on the wire, and
// a change of some of it, beside PouchDB with a document per entry.
func measureCatalogue(ctx context.Context, s *sheet) error {
	peers, err := s.syncPeers(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.dir, "catalogue")
	before := synthetic.Snapshot(catalogueRows, 1)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	theirs, theirDelta, err := peers.pouchBytes(ctx, dir, before, amended(before))
	if err != nil {
		return err
	}
	ours, ourDelta, err := catalogueBytes(ctx, filepath.Join(dir, "ours"), before, amended(before))
	if err != nil {
		return err
	}
	s.figure("catalogue-first", float64(ours), "bytes")
	s.figure("catalogue-first-pouchdb", float64(theirs), "bytes")
	s.figure("catalogue-delta", float64(ourDelta), "bytes")
	s.figure("catalogue-delta-pouchdb", float64(theirDelta), "bytes")
	s.figure("catalogue-first-bytes", float64(ours)/float64(theirs), "ratio")
	s.figure("catalogue-delta-bytes", float64(ourDelta)/float64(theirDelta), "ratio")
	return nil
}
