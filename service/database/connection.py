"""libpq's connection string as the event-sourcing library wants it."""

from __future__ import annotations

import errno

import psycopg
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

POOL = {"POSTGRES_POOL_SIZE": "2", "POSTGRES_MAX_OVERFLOW": "20", "POSTGRES_CONNECT_TIMEOUT": "10"}


def environment(conninfo: str) -> dict[str, str]:
    """Return the library's environment for a database that migrations have made: it creates nothing by itself."""
    given = conninfo_to_dict(conninfo)
    parts = {name: str(given.get(name) or "") for name in ("dbname", "host", "port", "user", "password")}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_SCHEMA": "ledger",
        "CREATE_TABLE": "no",
        "POSTGRES_DBNAME": parts["dbname"],
        "POSTGRES_HOST": parts["host"],
        "POSTGRES_PORT": parts["port"] or "5432",
        "POSTGRES_USER": parts["user"],
        "POSTGRES_PASSWORD": parts["password"] or "none",
        **POOL,
    }


def datastore(conninfo: str) -> PostgresDatastore:
    """Return a pool of connections for one of our roles that only reads the ledger."""
    given = conninfo_to_dict(conninfo)
    parts = {name: str(given.get(name) or "") for name in ("dbname", "host", "port", "user", "password")}
    return PostgresDatastore(
        parts["dbname"], parts["host"], parts["port"] or "5432", parts["user"], parts["password"] or "none", schema="ledger"
    )


def disk_full(error: BaseException) -> bool:
    """Say whether an error comes from a full disk: PostgreSQL's, or one of ours."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return True
    return isinstance(error, psycopg.errors.DiskFull) or (error.__cause__ is not None and disk_full(error.__cause__))
