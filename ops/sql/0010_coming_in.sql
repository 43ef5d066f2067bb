-- Sessions that their owner can tell apart and end, and how often somebody tried. Nothing here is evidence.
ALTER TABLE desk.session
    ADD COLUMN id           uuid        NOT NULL DEFAULT gen_random_uuid() UNIQUE,  -- by which its owner ends it: the token is never shown
    ADD COLUMN browser      text        NOT NULL DEFAULT 'Another browser',         -- its family alone
    ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now();                     -- to the minute

-- How often somebody has tried something since a time, in the place of desk.sign_in_attempt. It may be lost: unlogged, because it is
-- written at every request of whoever is not signed in, and whoever was throttled at a crash begins anew.
CREATE UNLOGGED TABLE desk.tally (
    what   text        NOT NULL,                       -- the limit
    who    bytea       NOT NULL CHECK (octet_length(who) = 32),  -- SHA-256 of an address: what somebody typed is not kept
    since  timestamptz NOT NULL,
    number integer     NOT NULL CHECK (number >= 0),
    PRIMARY KEY (what, who)
);
CREATE INDEX tally_since ON desk.tally (since);

DROP TABLE desk.sign_in_attempt;

GRANT SELECT, INSERT, UPDATE, DELETE ON desk.tally TO muniment_writer;
