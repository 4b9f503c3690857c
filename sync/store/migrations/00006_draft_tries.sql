-- +goose Up

-- How often somebody tried to open a draft since it was written: counted before
-- the code is looked at, so that no power cut gives a try back.
ALTER TABLE drafts ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;

-- +goose Down
-- Migrations are append-only: there is no way back.
SELECT 1;
