-- Personal values, each under the key of the person it is about (ledger.md §6). The service's writer may read them; they are
-- written only through ledger.append, and nobody is granted their deletion.

-- One field of one event: AES-256-GCM of its disclosure. Gone after an erasure; the leaf does not change.
CREATE TABLE sealed.value (
    position   bigint NOT NULL,
    field      text   NOT NULL,
    ciphertext bytea  NOT NULL,
    PRIMARY KEY (position, field)
);

-- A subject's key, wrapped by a key that is kept outside the database: without that, every value here is noise.
CREATE TABLE sealed.subject_key (
    subject uuid  PRIMARY KEY,
    wrapped bytea NOT NULL
);

GRANT USAGE ON SCHEMA sealed TO muniment_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA sealed TO muniment_writer;
