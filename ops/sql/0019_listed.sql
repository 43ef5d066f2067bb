-- A text in the clear goes only where the entry that erases somebody lists it: what is listed is read from that entry itself, and not
-- from whoever calls.

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
    CROSS JOIN LATERAL json_to_recordset(sealed.told(disclosure) -> 2) AS l ("position" bigint, field text, digest text)
    WHERE e.stream = _subject AND e.topic = 'data_subject.personal_data_erased.v1' AND e.xmin = pg_current_xact_id()::xid
          AND sealed.told(disclosure) ->> 1 = 'erased'
          AND sealed.digest(disclosure) IN (SELECT json_array_elements_text(sealed.told(split_part(
                  convert_from(substring(e.entry FROM position('"stmt":"'::bytea IN e.entry) + 8), 'UTF8'), '.', 2)) -> '_sd'))
$$;

-- As before; and only what is listed, under the name that it bears.
CREATE OR REPLACE FUNCTION sealed.erase_texts(_texts json) RETURNS void
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

REVOKE ALL ON FUNCTION sealed.told, sealed.digest, sealed.listed FROM PUBLIC;
