"""The schema of the database, brought to the version that this code knows: `migrate(config)`.

The schema is plain SQL, `ops/sql/NNNN_name.sql`, numbered and never edited once released. A change that running processes of the
version before must survive comes in two numbers: `NNNN_pre_name.sql` before the new code, `NNNN_post_name.sql` after it. Beside each
stands a thin file in `ops/sql/versions/` that gives Alembic its order; `ops/sql/.head` pins the last, so two branches that add one
conflict. `ops/sql/roles.sql` runs every time: roles belong to the server and settings to the database, and no dump carries either.
Alembic, and the SQLAlchemy that it brings, are read where they are needed: they would be an eighth of what it takes to begin to serve.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

import service
from service.embedded_postgres import OLDEST, PostgresRefused

if TYPE_CHECKING:
    from typing import Any

    from alembic.config import Config as AlembicConfig
    from alembic.script import ScriptDirectory

    from service.config import Config, Role

SQL = Path(service.__file__).parents[1] / "ops" / "sql"
VERSION_SCHEMA, VERSION_TABLE = "desk", "schema_version"

_LOCK = 5_570_192_113_802_417_153  # any number, but always this one: whoever migrates this database holds it
_TRIES = 20


class CannotMigrate(PostgresRefused):
    """The database cannot be brought to this schema, for the reason that the subclass names. Never raised itself."""


class NewerSchema(CannotMigrate):
    """A newer Muniment has been here."""

    def __init__(self, found: str, known: str) -> None:
        """Take the version found and the last that this code knows."""
        self.found, self.known = found, known
        super().__init__(f"the database's schema is version {found}; this Muniment knows versions up to {known}: install the newer one.")


class OldServer(CannotMigrate):
    """The server is older than PostgreSQL 15."""

    def __init__(self, version: int) -> None:
        """Take the server's version number as libpq gives it (140012 for 14.12)."""
        self.version = version
        super().__init__(f"the server is PostgreSQL {version // 10_000}; Muniment needs PostgreSQL {OLDEST} or newer.")


class NotOwner(CannotMigrate):
    """The user of MUNIMENT_DATABASE_URL may not create the roles, the schemas or the extension."""

    def __init__(self, said: str) -> None:
        """Take what the server said."""
        self.said = said
        super().__init__(f"{said}. The user of MUNIMENT_DATABASE_URL must own the database and have CREATEROLE (or be a superuser).")


class RoleTooStrong(CannotMigrate):
    """One of the three roles that run the service could write what it must not."""

    def __init__(self, said: str, remedy: str) -> None:
        """Take what the server said of the role, and what to do."""
        super().__init__(f"{said}. {remedy}")


def head() -> str:
    """Return the version of the schema that this code knows."""
    return _versions().get_current_head() or "0000"


def schema_version(connection: psycopg.Connection[Any]) -> str | None:
    """Return the schema's version, None where nothing has been created; the writer and the projector may ask too."""
    table = f"{VERSION_SCHEMA}.{VERSION_TABLE}"
    found = connection.execute("SELECT to_regclass(%s)", [table]).fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute(sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(VERSION_SCHEMA, VERSION_TABLE))).fetchone()
    return None if row is None else str(row[0])


def migrate(config: Config) -> str:
    """Bring the database to the head and return it; a second run changes nothing, two at once take turns. Raise CannotMigrate."""
    import sqlalchemy  # noqa: PLC0415 - as the module says
    from alembic import command  # noqa: PLC0415 - as above

    conninfo = config.conninfo("owner")
    try:
        prepare(config)
        engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {VERSION_SCHEMA}")
            alembic = _alembic()
            alembic.attributes["connection"] = connection
            command.upgrade(alembic, "head")
    except (psycopg.Error, sqlalchemy.exc.DBAPIError) as error:
        cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
        if isinstance(cause, psycopg.errors.InsufficientPrivilege):
            raise NotOwner(str(cause.diag.message_primary)) from error
        if isinstance(cause, psycopg.Error) and cause.sqlstate == "MU101":  # raised by roles.sql
            raise RoleTooStrong(str(cause.diag.message_primary), str(cause.diag.message_hint)) from error
        raise
    return head()


def prepare(config: Config) -> None:
    """Check the server's and the schema's version, and create what belongs to the server: the roles, their passwords, their settings."""
    with psycopg.connect(config.conninfo("owner"), autocommit=True) as connection:
        if connection.info.server_version < OLDEST * 10_000:
            raise OldServer(connection.info.server_version)
        known = {script.revision for script in _versions().walk_revisions()}
        found = schema_version(connection)
        if found is not None and found not in known:
            raise NewerSchema(found, head())
        for attempt in range(_TRIES):
            try:
                with connection.transaction():
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
                    _set_roles(connection, config)
            except (psycopg.errors.InternalError_, psycopg.errors.UniqueViolation, psycopg.errors.DuplicateObject):
                # Roles are the server's: whoever migrates another database of it may have changed the same row a moment ago.
                if attempt == _TRIES - 1:
                    raise
                time.sleep(0.02 * (attempt + 1))
            else:
                return


def execute(name: str) -> None:
    """Run one SQL file of ops/sql as it stands, on the connection that Alembic holds; for the files in versions/."""
    from alembic import op  # noqa: PLC0415 - as the module says

    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 migrate() made it
    driver.execute((SQL / name).read_bytes())


def _set_roles(connection: psycopg.Connection[Any], config: Config) -> None:
    connection.execute((SQL / "roles.sql").read_bytes())
    roles: tuple[Role, ...] = ("writer", "projector", "reader")
    for role in roles:
        if password := config.password(role):
            name = f"muniment_{role}"
            verifier = connection.pgconn.encrypt_password(password.encode(), name.encode()).decode()  # the server's log never sees the word
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(verifier)))


def _versions() -> ScriptDirectory:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as the module says

    return ScriptDirectory.from_config(_alembic())


def _alembic() -> AlembicConfig:
    from alembic.config import Config as AlembicConfig  # noqa: PLC0415 - as the module says

    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(SQL).replace("%", "%%"))
    return alembic
