-- +goose Up
-- Until here a fee of 0 stood for "nothing due" and for "nobody knows" alike: of
-- the old rows only a sum is known.
ALTER TABLE dossiers ADD COLUMN fee_known INTEGER NOT NULL DEFAULT 0 CHECK (fee_known IN (0, 1));
UPDATE dossiers SET fee_known = 1 WHERE fee_due > 0;
