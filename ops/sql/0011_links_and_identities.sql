-- What lets somebody in but a password: a link that works once, and an account with an OpenID provider. Nothing here is evidence.
CREATE TABLE desk.one_time_link (
    token_hash bytea       PRIMARY KEY CHECK (octet_length(token_hash) = 32),  -- SHA-256: a stolen table opens nothing
    account    uuid        REFERENCES desk.account,   -- whose password it sets; or else
    office     text,                                  -- the inspector's or auditor's office to which it invites,
    person     uuid,                                  -- and who held it then
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    used_at    timestamptz,                           -- when it was used, or another took its place
    CHECK (num_nonnulls(account, office) = 1 AND (office IS NULL) = (person IS NULL))
);
CREATE INDEX one_time_link_expiry ON desk.one_time_link (expires_at);

CREATE TABLE desk.reset_asked (                       -- by whoever does not know their password; the address may be nobody's
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email    text        NOT NULL,
    asked_at timestamptz NOT NULL,
    next_try timestamptz NOT NULL                     -- to mail the link, which is made when it is mailed: its token is kept nowhere
);

CREATE TABLE desk.identity (                          -- whom an OpenID provider means: linked once, by an address that it has verified
    issuer    text        NOT NULL,
    subject   text        NOT NULL CHECK (octet_length(subject) BETWEEN 1 AND 255),
    account   uuid        NOT NULL REFERENCES desk.account,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, account)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON desk.one_time_link, desk.reset_asked TO muniment_writer;
GRANT SELECT, INSERT, DELETE         ON desk.identity                        TO muniment_writer;
