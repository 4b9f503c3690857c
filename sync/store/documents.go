package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

// DocumentName names one of the whole documents a station keeps.
type DocumentName string

// The documents.
const (
	DocEnrolment DocumentName = "enrolment" // who this station is: certificate, names, address of the portal
	DocTrust     DocumentName = "trust"     // the province's signed trust bundle
	DocStaff     DocumentName = "staff"     // the signed staff list
	DocCatalogue DocumentName = "catalogue" // the signed snapshot; its tag is the portal's ETag
	DocDeltas    DocumentName = "deltas"    // the signed deltas that lead on from DocCatalogue, each with the time it was taken
	DocPart      DocumentName = "part"      // the beginning of a catalogue that has not come to its end; its tag is the ETag
	DocTime      DocumentName = "time"      // the trusted floor
	DocContact   DocumentName = "contact"   // when the portal was last heard
	DocCarried   DocumentName = "carried"   // up to when a courier brought all that the portal knew
	DocSticks    DocumentName = "sticks"    // names of the bundles that were written on sticks
	DocPause     DocumentName = "pause"     // how long sending is still paused by hand
	DocFindings  DocumentName = "findings"  // what checks at a start found and nobody has looked at
)

// maxDocument bounds one document: a catalogue of 16,280 procedures packs into
// a few MiB.
const maxDocument = 64 << 20

// Document is one document as it came.
type Document struct {
	Tag     string // version or ETag, opaque here
	Content []byte
	At      time.Time // when it was kept; zero when keeping it: now
}

// Document returns a document, or CodeNotFound.
func (s *Store) Document(ctx context.Context, name DocumentName) (Document, error) {
	d, err := s.r.Document(ctx, string(name))
	if errors.Is(err, sql.ErrNoRows) {
		return Document{}, dossier.Errorf(dossier.CodeNotFound, "no document %s", name)
	}
	if err != nil {
		return Document{}, coded(fmt.Errorf("failed to read a document: %w", err))
	}
	return Document{Tag: d.Tag, Content: d.Content, At: time.UnixMilli(d.AtMs)}, nil
}

// PutDocument keeps a document in place of the one before.
func (s *Store) PutDocument(ctx context.Context, name DocumentName, tag string, content []byte) error {
	return s.PutDocuments(ctx, map[DocumentName]Document{name: {Tag: tag, Content: content}})
}

// PutDocuments keeps several documents in one transaction, so that an enrolment
// is whole or absent.
func (s *Store) PutDocuments(ctx context.Context, docs map[DocumentName]Document) error {
	err := s.tx(ctx, "keep documents", func(tx *sql.Tx) error {
		for name, d := range docs {
			if len(d.Content) > maxDocument {
				return dossier.Errorf(dossier.CodeInvalid, "document %s of %d bytes", name, len(d.Content))
			}
			at := s.ms()
			if !d.At.IsZero() {
				at = d.At.UnixMilli()
			}
			if err := s.w.WithTx(tx).PutDocument(ctx, rows.PutDocumentParams{Name: string(name), Tag: d.Tag, Content: d.Content, AtMs: at}); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.change.tell()
	}
	return err
}
