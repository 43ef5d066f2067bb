-- What the service knows of each evidence file beside its content: how large it is, what it is by what is in it, and whether it has been
-- looked at for malware. That a file was handed in, by whom and with which hash is in the ledger.
CREATE TABLE desk.evidence_file (
    sha256     bytea       PRIMARY KEY CHECK (octet_length(sha256) = 32),
    size       bigint      NOT NULL CHECK (size > 0),
    media_type text        NOT NULL,
    checked_at timestamptz,                           -- NULL: nobody could look at it yet, so it is not shared
    found      text,                                  -- by what name the scanner knows what is in it; NULL: nothing
    told_at    timestamptz                            -- when those who brought it were told that something was found
);
CREATE INDEX evidence_file_unchecked ON desk.evidence_file (sha256) WHERE checked_at IS NULL;
CREATE INDEX evidence_file_found ON desk.evidence_file (sha256) WHERE found IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON desk.evidence_file TO muniment_writer;
