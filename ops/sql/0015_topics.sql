-- What decisions rest on is sought by what the entries are: without this, each of them would read the whole log. By the pattern of their
-- names too: `agency.%` is all that was said of agencies. The one before it knew a single kind.
DROP INDEX ledger.event_merged_idx;
CREATE INDEX event_topic_idx ON ledger.event (topic text_pattern_ops, position);
