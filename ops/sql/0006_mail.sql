-- Which notices are to be mailed, and which were. A notice is an event; a mail only says that there is one, and to whom: nothing here is
-- evidence, and a mail that cannot be sent keeps nothing from being recorded.
CREATE TABLE desk.mail (
    position bigint      PRIMARY KEY,                 -- of the notice: it is mailed once, whoever looks
    office   text        NOT NULL,                    -- whose holder is told; the address is sealed, and found when it is sent
    tries    integer     NOT NULL DEFAULT 0,
    next_try timestamptz NOT NULL,
    sent_at  timestamptz,
    failed   text                                     -- why the last try failed
);
CREATE INDEX mail_to_send ON desk.mail (next_try) WHERE sent_at IS NULL;

CREATE TABLE desk.mail_read (                         -- one row, made when mail is set up: what was recorded before is not mailed
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint  NOT NULL                         -- up to which the log was looked through for notices
);

GRANT SELECT, INSERT, UPDATE ON desk.mail, desk.mail_read TO muniment_writer;
