-- The four rooms of the database. `desk` is made by the runner, which keeps the schema's version in it.
--
--   ledger   what was recorded: append-only, because nobody but its owner is granted more than SELECT and EXECUTE
--   sealed   personal values and the wrapped keys of their subjects; rows go only through the erasure function
--   desk     accounts, sessions, API keys, idempotency: ordinary tables of the web role
--   views    what the projector builds from the ledger and may build again; read by the reader and the writer

REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;  -- scalar keys beside ranges in one exclusion constraint

GRANT USAGE ON SCHEMA desk TO muniment_writer, muniment_projector;
GRANT SELECT ON desk.schema_version TO muniment_writer, muniment_projector;

CREATE SCHEMA ledger;
CREATE SCHEMA sealed;
CREATE SCHEMA views;

GRANT USAGE, CREATE ON SCHEMA views TO muniment_projector;
GRANT USAGE ON SCHEMA views TO muniment_writer, muniment_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE muniment_projector IN SCHEMA views GRANT SELECT ON TABLES TO muniment_writer, muniment_reader;
