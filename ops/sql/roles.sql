-- Who connects to this database, and what they may assume. Run before every migration and before every restore, because a dump
-- carries neither roles nor the settings of a database. Each statement may be repeated.

DO $$
DECLARE
    role_name text;
    trait     text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['muniment_writer', 'muniment_projector', 'muniment_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role_name);
        END IF;
        SELECT CASE WHEN r.rolsuper THEN 'SUPERUSER' WHEN r.rolcreaterole THEN 'CREATEROLE' WHEN r.rolcreatedb THEN 'CREATEDB'
                    WHEN r.rolreplication THEN 'REPLICATION' WHEN r.rolbypassrls THEN 'BYPASSRLS'
                    WHEN EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) THEN 'membership of another role' END
        INTO trait FROM pg_roles r WHERE r.rolname = role_name;
        IF trait IS NOT NULL THEN
            RAISE EXCEPTION 'the role % has %: it could then write what it must not', role_name, trait
                USING ERRCODE = 'MU101', HINT = 'Take that away from it, and migrate again.';
        END IF;
    END LOOP;

    -- Default privileges of the projector's tables can only be set by one who has the projector's own rights.
    IF NOT pg_has_role(current_user, 'muniment_projector', 'USAGE') THEN
        EXECUTE format('GRANT muniment_projector TO %I', current_user);
    END IF;

    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO muniment_writer, muniment_projector, muniment_reader', current_database());

    -- The planner believes the two ranges of a bitemporal row independent and would read the whole table for "now".
    EXECUTE format('ALTER ROLE muniment_reader IN DATABASE %I SET random_page_cost = 1.1', current_database());
    EXECUTE format('ALTER ROLE muniment_reader IN DATABASE %I SET max_parallel_workers_per_gather = 0', current_database());
END $$;
