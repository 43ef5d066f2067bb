-- What somebody has typed of an answer to a return and not recorded yet: one for each return and office. It may be lost; what is on record
-- is in the ledger.
CREATE TABLE desk.return_draft (
    ref      text        NOT NULL,
    office   text        NOT NULL,                    -- of the respondent: whoever holds it goes on with what was typed
    said     jsonb       NOT NULL,                    -- by the name of the form's field
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (ref, office)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON desk.return_draft TO muniment_writer;
