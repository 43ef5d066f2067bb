-- The desk: who may sign in, what they hold, and what the service has already answered. Ordinary tables; nothing here is evidence.

CREATE TABLE desk.account (
    id            uuid        PRIMARY KEY,
    email         text        NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@_%'),
    person        uuid        NOT NULL,               -- the subject whose name and offices are in the ledger
    password_hash text,                               -- argon2; NULL: signs in some other way
    may_operate   boolean     NOT NULL DEFAULT false,
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL
);

CREATE TABLE desk.session (
    token_hash bytea       PRIMARY KEY CHECK (octet_length(token_hash) = 32),  -- SHA-256: a stolen table opens no session
    account    uuid        NOT NULL REFERENCES desk.account,
    office     text,                                  -- the office in which the person now acts
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at)
);
CREATE INDEX session_of_account ON desk.session (account);
CREATE INDEX session_expiry ON desk.session (expires_at);

CREATE TABLE desk.api_key (
    id             uuid        PRIMARY KEY,
    key_hash       bytea       NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
    account        uuid        NOT NULL REFERENCES desk.account,
    office         text,
    label          text        NOT NULL,
    speaks_for_all boolean     NOT NULL DEFAULT false,  -- the importer's: names the office of each line itself
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at     timestamptz
);
CREATE INDEX api_key_of_account ON desk.api_key (account);

CREATE TABLE desk.idempotency (                       -- written by ledger.append, in the transaction of the events that it answers for
    caller  text    NOT NULL,
    key     text    NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
    request bytea   NOT NULL,                         -- hash of what was asked: the same key for something else is refused
    first   bigint  NOT NULL,                         -- position of the first event
    events  integer NOT NULL CHECK (events > 0),
    PRIMARY KEY (caller, key)
);

CREATE TABLE desk.sign_in_attempt (
    id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text        NOT NULL,
    at    timestamptz NOT NULL
);
CREATE INDEX sign_in_attempt_of_email ON desk.sign_in_attempt (email, at);

CREATE TABLE desk.checkpoint_sent (
    day     date   NOT NULL,
    address text   NOT NULL,
    size    bigint NOT NULL,
    PRIMARY KEY (day, address)
);

GRANT SELECT, INSERT, UPDATE         ON desk.account, desk.api_key TO muniment_writer;  -- disabled and revoked, never deleted
GRANT SELECT, INSERT, UPDATE, DELETE ON desk.session               TO muniment_writer;
GRANT SELECT, INSERT, DELETE         ON desk.sign_in_attempt       TO muniment_writer;
GRANT SELECT                         ON desk.idempotency           TO muniment_writer;
GRANT SELECT, INSERT                 ON desk.checkpoint_sent       TO muniment_writer, muniment_projector;
