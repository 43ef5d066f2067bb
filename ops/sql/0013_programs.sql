-- API keys of programs: what may be done with each, and whether it signs what it asks. Nothing here is on record but by what it asked.
ALTER TABLE desk.api_key
    ADD COLUMN acts         text[],                       -- the commands that it may give; NULL: what its office may; none of them: it reads
    ADD COLUMN public_key   bytea CHECK (octet_length(public_key) = 32),  -- Ed25519; whatever it asks to be done is then signed by it
    ADD COLUMN last_used_at timestamptz;                  -- to the minute

-- Requests that came signed (RFC 9421): each nonce once. What came of one stands in desk.idempotency, under the same caller and key; those
-- that something was recorded for are kept for as long as that is, because they show who asked for it.
CREATE TABLE desk.signed_request (
    api_key     uuid        NOT NULL REFERENCES desk.api_key,
    nonce       text        NOT NULL CHECK (octet_length(nonce) BETWEEN 16 AND 255),
    caller      text        NOT NULL,                     -- whose account; with
    key         text        NOT NULL,                     -- its Idempotency-Key it is the name of what was asked
    received_at timestamptz NOT NULL,
    base        text        NOT NULL,                     -- what was signed, byte for byte: it has the digest of the body
    signature   bytea       NOT NULL CHECK (octet_length(signature) = 64),
    body        bytea,                                    -- NULL of a file, which is kept as evidence
    first       bigint,                                   -- the positions of what was recorded for it; NULL until that is looked up
    last        bigint,
    PRIMARY KEY (api_key, nonce)
);
CREATE INDEX signed_request_first ON desk.signed_request (first);
CREATE INDEX signed_request_unsettled ON desk.signed_request (received_at) WHERE first IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON desk.signed_request TO muniment_writer;
