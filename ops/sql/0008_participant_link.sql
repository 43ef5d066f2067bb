-- The links by which participants of training say what they thought, without an account. Each is for one participant of one session and
-- for one purpose, ends by itself, and opens nothing else. Nothing here is evidence: what is said by a link is on record.
CREATE TABLE desk.participant_link (
    token_hash bytea       PRIMARY KEY CHECK (octet_length(token_hash) = 32),  -- SHA-256: a stolen table opens no form
    session    text        NOT NULL,                     -- the session's reference
    number     text        NOT NULL,                     -- the participant's, in that session
    purpose    text        NOT NULL CHECK (purpose IN ('day', 'follow-up')),
    made_by    text        NOT NULL,                     -- the office that handed it out
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at timestamptz                               -- when another took its place
);
CREATE INDEX participant_link_of ON desk.participant_link (session, number, purpose);

GRANT SELECT, INSERT, UPDATE ON desk.participant_link TO muniment_writer;
