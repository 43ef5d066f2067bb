-- A text in the clear that named somebody, and does not stand any more because it was corrected or retracted: it goes when they are
-- erased (journey F.8). Its digest stays, as that of a value that was sealed for them, so that the statement is still whole.

-- A part of a statement, or a disclosure, as JSON.
CREATE FUNCTION sealed.told(_part text) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT convert_from(decode(translate(_part, '-_', '+/') || repeat('=', (4 - length(_part) % 4) % 4), 'base64'), 'UTF8')::json
$$;

CREATE FUNCTION sealed.digest(_disclosure text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT rtrim(translate(encode(sha256(convert_to(_disclosure, 'UTF8')), 'base64'), '+/', '-_'), '=')
$$;

-- What the entry lists that erases this subject here and now: what it discloses as `erased`, by a digest that was signed.
CREATE FUNCTION sealed.listed(_subject uuid) RETURNS TABLE ("position" bigint, field text, digest text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.*
    FROM ledger.event e JOIN ledger.disclosure d USING (position)
    CROSS JOIN LATERAL string_to_table(trim(d.disclosures, '~'), '~') AS each (disclosure)
    CROSS JOIN LATERAL json_to_recordset(CASE sealed.told(disclosure) ->> 1 WHEN 'erased' THEN sealed.told(disclosure) -> 2 ELSE '[]' END)
        AS l ("position" bigint, field text, digest text)
    WHERE e.stream = _subject AND e.topic = 'data_subject.personal_data_erased.v1' AND e.xmin = pg_current_xact_id()::xid
          AND sealed.digest(disclosure) IN (SELECT json_array_elements_text(sealed.told(split_part(
                  convert_from(substring(e.entry FROM position('"stmt":"'::bytea IN e.entry) + 8), 'UTF8'), '.', 2)) -> '_sd'))
$$;

-- Takes the disclosures of such texts away: only in the transaction that appends the entry that says so, and only what that entry lists,
-- which is read from the entry itself and not from whoever calls. MU009 and MU010 as in `sealed.erase`.
CREATE FUNCTION sealed.erase_texts(_texts json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM json_to_recordset(_texts) AS t (subject uuid, "position" bigint, field text, digest text, disclosure text) LOOP
        IF NOT EXISTS (SELECT FROM ledger.event WHERE stream = one.subject AND topic = 'data_subject.personal_data_erased.v1'
                       AND xmin = pg_current_xact_id()::xid) THEN
            RAISE SQLSTATE 'MU009' USING MESSAGE = 'nothing is erased but with the entry that says so';
        END IF;
        UPDATE ledger.disclosure d SET disclosures = replace(d.disclosures, '~' || one.disclosure || '~', '~')
            WHERE d.position = one.position AND strpos(d.disclosures, '~' || one.disclosure || '~') > 0
                  AND sealed.digest(one.disclosure) = one.digest AND sealed.told(one.disclosure) ->> 1 = one.field
                  AND (one.position, one.field, one.digest) IN (SELECT l."position", l.field, l.digest FROM sealed.listed(one.subject) l);
        IF NOT FOUND THEN
            RAISE SQLSTATE 'MU010' USING MESSAGE = format('%s of entry %s is not what is listed', one.field, one.position);
        END IF;
        INSERT INTO ledger.sealed_field (position, field, subject, digest) VALUES (one.position, one.field, one.subject, one.digest);
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION sealed.told, sealed.digest, sealed.listed, sealed.erase_texts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed.erase_texts TO muniment_writer;
