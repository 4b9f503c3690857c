-- +goose Up

-- How far a paper got: the last band whose sending began, of how many. 0 is
-- none: then nothing of the paper can exist.
ALTER TABLE print_jobs ADD COLUMN band INTEGER NOT NULL DEFAULT 0 CHECK (band >= 0);
ALTER TABLE print_jobs ADD COLUMN bands INTEGER NOT NULL DEFAULT 0 CHECK (bands >= band);

-- A program that kept no bands may have sent all of what it was sending.
UPDATE print_jobs SET state = 'unknown', reason = 'restarted' WHERE state = 'sending';

-- +goose Down
-- Migrations are append-only: there is no way back.
SELECT 1;
