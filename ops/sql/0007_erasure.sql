-- Erasing a person (ledger.md §6): their key and every value under it go in the very transaction that records what went.

-- Who was erased, and by which entry: no key is made for them again, by whichever process, however late.
CREATE TABLE sealed.erased (
    subject  uuid   PRIMARY KEY,
    position bigint NOT NULL
);

CREATE INDEX sealed_field_subject_idx ON ledger.sealed_field (subject);
CREATE INDEX sealed_field_name_idx ON ledger.sealed_field (position) WHERE field = 'name';
CREATE INDEX event_merged_idx ON ledger.event (stream) WHERE topic = 'data_subject.subjects_merged.v1';

-- As before; and nobody who was erased is given another key.
CREATE OR REPLACE FUNCTION ledger.keep_subjects(_subjects json) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM json_to_recordset(_subjects) AS s (subject uuid) JOIN sealed.erased USING (subject)) THEN
        RAISE SQLSTATE 'MU006' USING MESSAGE = 'a subject''s key is gone: nothing more can be sealed under it';
    END IF;
    INSERT INTO sealed.subject_key (subject, wrapped)
        SELECT subject, decode(wrapped, 'base64') FROM json_to_recordset(_subjects) AS s (subject uuid, wrapped text)
        ON CONFLICT DO NOTHING;
    IF EXISTS (SELECT FROM json_to_recordset(_subjects) AS s (subject uuid, wrapped text)
               JOIN sealed.subject_key k USING (subject) WHERE k.wrapped <> decode(s.wrapped, 'base64')) THEN
        RAISE SQLSTATE 'MU005' USING MESSAGE = 'another writer has made a key for one of these subjects';
    END IF;
END $$;

-- Destroys what is kept of these subjects: only in the transaction that appends, for each of them, the entry that says so, and only
-- where exactly as many values go as those entries list. MU009: there is no such entry · MU010: something else was there to go.
CREATE FUNCTION sealed.erase(_subjects uuid[], _listed bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    INSERT INTO sealed.erased (subject, position)
        SELECT stream, max(position) FROM ledger.event
        WHERE stream = ANY (_subjects) AND topic = 'data_subject.personal_data_erased.v1'
              AND xmin = pg_current_xact_id()::xid     -- appended here and now
        GROUP BY stream;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone <> cardinality(_subjects) THEN
        RAISE SQLSTATE 'MU009' USING MESSAGE = 'nothing is erased but with the entry that says so';
    END IF;
    DELETE FROM sealed.value v USING ledger.sealed_field f
        WHERE f.subject = ANY (_subjects) AND v.position = f.position AND v.field = f.field;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone <> _listed THEN
        RAISE SQLSTATE 'MU010' USING MESSAGE = format('%s values would go, and %s are listed', gone, _listed);
    END IF;
    DELETE FROM sealed.subject_key WHERE subject = ANY (_subjects);
END $$;

REVOKE ALL ON FUNCTION sealed.erase FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed.erase TO muniment_writer;
GRANT SELECT ON sealed.erased TO muniment_writer;

-- Free text that looks as if it identified somebody (INV-45), until the data protection officer says whether it does.
CREATE TABLE desk.held_text (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest     bytea       NOT NULL UNIQUE,  -- of the command, its field and the text
    command    text        NOT NULL,
    ref        text        NOT NULL,
    field      text        NOT NULL,
    pattern    text        NOT NULL,
    office     text,                         -- whose command it was
    text       bytea,                        -- sealed by the key that wraps the subjects'; null once it is decided
    held_at    timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    decided_by text,
    allowed    boolean
);
GRANT SELECT, INSERT, UPDATE ON desk.held_text TO muniment_writer;
