-- Dumps of the log alone are listed too: they hold no key and nothing that was sealed, but the texts as they stood on that day. They may be
-- kept for years, so that no day is needed by which they are destroyed.
ALTER TABLE desk.backup ADD COLUMN log_alone boolean NOT NULL DEFAULT false;
ALTER TABLE desk.backup ALTER COLUMN kept_until DROP NOT NULL;
ALTER TABLE desk.backup ADD CONSTRAINT only_the_log_is_kept CHECK (log_alone OR kept_until IS NOT NULL);
