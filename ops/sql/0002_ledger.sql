-- The ledger (ledger.md §1): nothing here is ever updated or deleted, and one function is the only way in. The running
-- service may execute it and read; append-only is what the roles are granted, not what the code promises.

-- One row for each leaf of the tree. The entry is hashed, exported and read as it stands: nothing is ever re-encoded.
CREATE TABLE ledger.event (
    position bigint PRIMARY KEY,            -- 1, 2, 3 … without a gap; the leaf's index is position - 1
    stream   uuid   NOT NULL,
    version  bigint NOT NULL,
    topic    text   NOT NULL,
    jti      text   NOT NULL,               -- the event's own id, out of its statement: the same statement never enters twice
    entry    bytea  NOT NULL CHECK (octet_length(entry) < 65536),  -- JCS {"recv","stmt","v"}; tlog-tiles counts in 16 bits
    leaf     bytea  NOT NULL,
    CONSTRAINT event_stream_version_key UNIQUE (stream, version),
    CONSTRAINT event_jti_key UNIQUE (jti)
);

-- What the leaf only has digests of, as SD-JWT writes it after the statement. Nothing personal.
CREATE TABLE ledger.disclosure (
    position    bigint PRIMARY KEY,
    disclosures text   NOT NULL             -- ~d1~d2~
);

-- Which fields are about whom. It says nothing of what they hold, so it outlives an erasure.
CREATE TABLE ledger.sealed_field (
    position bigint NOT NULL,
    field    text   NOT NULL,
    subject  uuid   NOT NULL,
    digest   text   NOT NULL,
    PRIMARY KEY (position, field)
);

-- Full tiles of the tree (tlog-tiles). A tile that is not full is read from the level below.
CREATE TABLE ledger.tile (
    level  integer NOT NULL,
    index  bigint  NOT NULL,
    hashes bytea   NOT NULL CHECK (length(hashes) = 8192),
    root   bytea   NOT NULL,                -- what the level above holds of it
    PRIMARY KEY (level, index)
);

-- One row a transaction: the tree's root, all that is needed to grow it, and the signed note over both.
CREATE TABLE ledger.checkpoint (
    size     bigint PRIMARY KEY,
    root     bytea  NOT NULL,
    frontier bytea  NOT NULL,
    received bigint NOT NULL,
    note     text   NOT NULL
);

-- Whose statements the log takes, and from where: known by the very header that their statements begin with.
CREATE TABLE ledger.signing_key (
    header      text   PRIMARY KEY,         -- base64url of the JWS header, which holds the thumbprint
    thumbprint  text   NOT NULL UNIQUE,     -- RFC 7638
    holder      text   NOT NULL,
    public_key  bytea  NOT NULL UNIQUE CHECK (length(public_key) = 32),
    purpose     text   NOT NULL,
    enrolled_at bigint NOT NULL             -- it may sign from the next position; 0 for the key that established the log
);

-- Until where. What stands before stays valid, whatever any clock says.
CREATE TABLE ledger.signing_key_end (
    thumbprint text   PRIMARY KEY REFERENCES ledger.signing_key (thumbprint),
    ended_at   bigint NOT NULL              -- the last position at which it may sign: that of the entry that ends it
);

-- What the event-sourcing library reads: the SD-JWT with the disclosures in the clear, and pointers to the sealed ones.
CREATE VIEW ledger.stored_events AS
SELECT e.stream AS originator_id, e.version AS originator_version, e.topic, e.position AS notification_id,
       substring(e.entry FROM s.first FOR octet_length(e.entry) - s.first - 7)
       || convert_to(coalesce(d.disclosures, '~') || coalesce(p.pointers, ''), 'UTF8') AS state
FROM ledger.event e
CROSS JOIN LATERAL (SELECT position('"stmt":"'::bytea IN e.entry) + 8 AS first) s
LEFT JOIN ledger.disclosure d USING (position)
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(f.field, f.subject, f.digest) ORDER BY f.field)::text AS pointers
    FROM ledger.sealed_field f WHERE f.position = e.position
) p;

-- The hashes of one tile, full or not, at the width that the reader's tree size gives it.
CREATE FUNCTION ledger.tile_hashes(_level integer, _index bigint, _width integer) RETURNS bytea
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE first bigint := _index * 256;
BEGIN
    IF _level = 0 THEN
        RETURN (SELECT string_agg(leaf, ''::bytea ORDER BY position) FROM ledger.event
                WHERE position > first AND position <= first + _width);
    END IF;
    RETURN (SELECT string_agg(root, ''::bytea ORDER BY index) FROM ledger.tile
            WHERE level = _level - 1 AND index >= first AND index < first + _width);
END $$;

-- The same, from the full tile where there is one: proofs at any later size read the same rows.
CREATE FUNCTION ledger.read_tile(_level integer, _index bigint, _width integer) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT substring(hashes FOR 32 * _width) FROM ledger.tile WHERE level = _level AND index = _index),
                    ledger.tile_hashes(_level, _index, _width))
$$;

-- One writer at a time, until its transaction ends. Answers the head, and the root that stands at the size which the caller
-- knew. No row: the log is empty.
CREATE FUNCTION ledger.lock_head(_known bigint DEFAULT 0)
RETURNS TABLE (size bigint, root bytea, frontier bytea, received bigint, note text, known_root bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7378697629483820646);  -- any number, the same for every writer of this database
    RETURN QUERY SELECT c.*, (SELECT k.root FROM ledger.checkpoint k WHERE k.size = _known)
                 FROM ledger.checkpoint c ORDER BY c.size DESC LIMIT 1;
END $$;

-- Puts the registry's changes beside the entries that make them; `n` is the entry's place in this append.
CREATE FUNCTION ledger.change_keys(_expected bigint, _changes json) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO ledger.signing_key (header, thumbprint, holder, public_key, purpose, enrolled_at)
        SELECT header, thumbprint, holder, decode(public_key, 'base64'), purpose,
               CASE WHEN _expected + n = 1 THEN 0 ELSE _expected + n END  -- the first key attests its own enrolment
        FROM json_to_recordset(_changes -> 'enrolled')
             AS k (n bigint, header text, thumbprint text, holder text, public_key text, purpose text);
    INSERT INTO ledger.signing_key_end (thumbprint, ended_at)
        SELECT thumbprint, _expected + n FROM json_to_recordset(_changes -> 'ended') AS k (n bigint, thumbprint text);
$$;

-- Keeps the wrapped keys of subjects that are new, unless another writer has made one for them first.
CREATE FUNCTION ledger.keep_subjects(_subjects json) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO sealed.subject_key (subject, wrapped)
        SELECT subject, decode(wrapped, 'base64') FROM json_to_recordset(_subjects) AS s (subject uuid, wrapped text)
        ON CONFLICT DO NOTHING;
    IF EXISTS (SELECT FROM json_to_recordset(_subjects) AS s (subject uuid, wrapped text)
               JOIN sealed.subject_key k USING (subject) WHERE k.wrapped <> decode(s.wrapped, 'base64')) THEN
        RAISE SQLSTATE 'MU005' USING MESSAGE = 'another writer has made a key for one of these subjects';
    END IF;
END $$;

-- Appends on top of the head that the caller's checkpoint extends. Returns true, or false, having written nothing,
-- because the head has moved. Every refusal has its own SQLSTATE: MU001 a key is not live · MU002 the idempotency key is
-- known · MU003 the event's id is known · MU004 the log is not established, or is already · MU005, MU006 a subject's key
-- was made by another writer, or is gone · MU007 the time went back.
--
-- It writes the entries itself, and looks for each statement's key by the very bytes that the statement begins with. What
-- every append needs stands here in one body: a call of another function costs as much as an insert.
CREATE FUNCTION ledger.append(
    _expected bigint, _expected_root bytea,
    _streams uuid[], _versions bigint[], _topics text[], _jtis text[], _issuers text[], _purposes text[], _received bigint[],
    _statements text[], _disclosures text[],  -- _issuers and _purposes: whose key, and of which purpose, each statement says it is under
    _tile_levels integer[], _tile_indexes bigint[], _tile_roots bytea[],
    _root bytea, _frontier bytea, _note text,
    _sealed json,      -- [{n, field, subject, digest, value}], value in base64; n is the entry's place in this append, from 1
    _subjects json,    -- [{subject, wrapped}]: keys of subjects that are new
    _commands json,    -- [{n, caller, key, request, events}]: what makes repeating a command harmless
    _keys json         -- {enrolled: [{n, header, thumbprint, holder, public_key, purpose}], ended: [{n, thumbprint}]}
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head  ledger.checkpoint;
    added bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7378697629483820646);  -- as lock_head has it
    SELECT * INTO head FROM ledger.checkpoint ORDER BY size DESC LIMIT 1;
    IF (coalesce(head.size, 0), coalesce(head.root, sha256(''))) <> (_expected, _expected_root) THEN
        RETURN false;                       -- the root too: after a restored backup another tree may have that size
    END IF;
    IF _commands IS NOT NULL THEN
        INSERT INTO desk.idempotency (caller, key, request, first, events)
            SELECT caller, key, decode(request, 'base64'), _expected + n, events
            FROM json_to_recordset(_commands) AS c (n bigint, caller text, key text, request text, events integer)
            ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS added = ROW_COUNT;
        IF added <> json_array_length(_commands) THEN
            RAISE SQLSTATE 'MU002' USING MESSAGE = 'the idempotency key is known';
        END IF;
    END IF;
    IF (_expected = 0) <> (_topics[1] = 'ledger.established.v1') OR 'ledger.established.v1' = ANY (_topics[2:]) THEN
        RAISE SQLSTATE 'MU004' USING MESSAGE = 'a log is established by its first entry, and by no other';
    END IF;
    IF _keys IS NOT NULL THEN
        PERFORM ledger.change_keys(_expected, _keys);
    END IF;
    FOR i IN 1 .. cardinality(_received) LOOP
        IF _received[i] < (CASE i WHEN 1 THEN head.received ELSE _received[i - 1] END) THEN
            RAISE SQLSTATE 'MU007' USING MESSAGE = format('position %s was received before the one before it', _expected + i);
        END IF;
    END LOOP;
    INSERT INTO ledger.event (position, stream, version, topic, jti, entry, leaf)
        SELECT _expected + n, stream, version, topic, jti, entry, sha256('\x00'::bytea || entry)
        FROM unnest(_streams, _versions, _topics, _jtis, _issuers, _purposes, _received, _statements)
             WITH ORDINALITY AS e (stream, version, topic, jti, issuer, purpose, received, statement, n)
        CROSS JOIN convert_to('{"recv":' || received || ',"stmt":"' || statement || '","v":1}', 'UTF8') AS entry
        JOIN ledger.signing_key k ON k.header = split_part(statement, '.', 1)
        LEFT JOIN ledger.signing_key_end x ON x.thumbprint = k.thumbprint
        WHERE k.enrolled_at < _expected + n AND (x.ended_at IS NULL OR x.ended_at >= _expected + n)
              AND k.holder = e.issuer AND k.purpose = e.purpose
        ON CONFLICT ON CONSTRAINT event_jti_key DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    IF added <> cardinality(_statements) THEN
        IF (SELECT count(DISTINCT jti) FROM ledger.event WHERE jti = ANY (_jtis)) > added
           OR (SELECT count(DISTINCT jti) FROM unnest(_jtis) AS jti) < cardinality(_jtis) THEN
            RAISE SQLSTATE 'MU003' USING MESSAGE = 'a statement with this id is already in the log';
        END IF;
        IF EXISTS (SELECT FROM unnest(_issuers, _purposes, _statements) AS e (issuer, purpose, statement)
                   JOIN ledger.signing_key k ON k.header = split_part(statement, '.', 1)
                   WHERE (k.holder, k.purpose) <> (e.issuer, e.purpose)) THEN
            RAISE SQLSTATE 'MU008' USING MESSAGE = 'the key of a statement is another holder''s than it says, or for other acts';
        END IF;
        RAISE SQLSTATE 'MU001' USING MESSAGE = format('the key of a statement is not live at its position, after %s', _expected);
    END IF;
    INSERT INTO ledger.disclosure (position, disclosures)
        SELECT _expected + n, d FROM unnest(_disclosures) WITH ORDINALITY AS u (d, n) WHERE d <> '~';
    IF _subjects IS NOT NULL THEN
        PERFORM ledger.keep_subjects(_subjects);
    END IF;
    IF _sealed IS NOT NULL THEN
        WITH s AS (
            SELECT _expected + n AS position, field, subject, digest, value
            FROM json_to_recordset(_sealed) AS s (n bigint, field text, subject uuid, digest text, value text)
        ), pointers AS (
            INSERT INTO ledger.sealed_field (position, field, subject, digest) SELECT position, field, subject, digest FROM s
        )
        INSERT INTO sealed.value (position, field, ciphertext)
            SELECT position, field, decode(value, 'base64') FROM s JOIN sealed.subject_key USING (subject);
        GET DIAGNOSTICS added = ROW_COUNT;
        IF added <> json_array_length(_sealed) THEN
            RAISE SQLSTATE 'MU006' USING MESSAGE = 'a subject''s key is gone: nothing more can be sealed under it';
        END IF;
    END IF;
    FOR i IN 1 .. cardinality(_tile_levels) LOOP
        INSERT INTO ledger.tile (level, index, hashes, root) VALUES (_tile_levels[i], _tile_indexes[i],
            ledger.tile_hashes(_tile_levels[i], _tile_indexes[i], 256), _tile_roots[i]);
    END LOOP;
    INSERT INTO ledger.checkpoint (size, root, frontier, received, note)
        VALUES (_expected + cardinality(_statements), _root, _frontier, _received[cardinality(_received)], _note);
    NOTIFY stored_events;
    RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO muniment_writer, muniment_projector, muniment_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO muniment_writer, muniment_projector, muniment_reader;
GRANT EXECUTE ON FUNCTION ledger.tile_hashes, ledger.read_tile TO muniment_writer, muniment_projector, muniment_reader;
GRANT EXECUTE ON FUNCTION ledger.lock_head, ledger.append TO muniment_writer;
