"""A small board for tests: a log of its own, two agencies, a sub-group, offices with people and API keys, a review and an action.

Its clock stands still until a test moves it, and its views are brought up to date when a test says so.
"""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.conninfo import conninfo_to_dict

from api import access
from projections.two_clocks import catch_up
from projections.two_clocks.decoded_log import Decoded
from service.application import Board
from service.desk import accounts
from service.desk.submission import Submission
from service.ledger import keys
from service.ledger.reading import read_log
from service.recording import establishing
from tests.databases import fresh_database
from tests.logs import create_views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from service.config import Config
    from service.desk.accounts import Caller
    from service.ledger.keys import KeyRing
    from service.recording import Done
    from tests.lending import Lending

ORIGIN = "log.severnbrook.example/test"
BEGINNING = datetime(2016, 9, 5, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"

# office: role, body, employer
OFFICES = {
    "chair": ("chair", None, None),
    "quality-chair": ("sub-group chair", "QEG", "CQH"),
    "riv-lead": ("designated lead", "RIV", "RIV"),
    "cqh-lead": ("designated lead", "CQH", "CQH"),
    "trainer": ("trainer", None, "CQH"),
}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Begin on 5 September 2016."""
        self.now = BEGINNING

    def __call__(self) -> float:
        """Tell the time."""
        return self.now.timestamp()

    def advance(self, **how: float) -> None:
        """Let time pass."""
        self.now += timedelta(**how)


# What stands around an act, as `Seeded.act` calls it and as a submission does: nothing that an act says may be called so.
AROUND: Final = {n: n for n in ("occurred_on", "late_reason", "on_behalf_of", "key", "at")} | {"seen": "expected"}


@dataclass
class Seeded:
    """The board, its clock, who is who, and the API key of each office; `operator` runs the service, `nobody` holds no office."""

    config: Config
    board: Board
    clock: Clock
    people: dict[str, uuid.UUID] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def act(self, office: str, command: str, ref: str, /, *, about: str | None = None, **how: Any) -> Done:
        """Do something in an office; the fields are keywords, and so is what stands around them. An amendment says what it is about."""
        around = {AROUND[n]: how.pop(n) for n in AROUND if n in how}
        return self.board.act(self.callers[office], Submission(name=command, kind=about, ref=ref, fields=how, **around))

    def join(self, office: str, role: str, body: str | None = None, employer: str | None = None, **term: str) -> None:
        """Let somebody new take an office, with an account and an API key."""
        person = self.people[office] = uuid.uuid4()
        self.act("board-manager", "register_subject", str(person), name=f"The {office}", contact=self.email(office))
        title = office.replace("-", " ").capitalize()
        said = {"title": title, "role": role, "body": body, "holder": str(person), "employer": employer}
        self.act("board-manager", "appoint_office_holder", office, **said | {"from_on": "2016-09-01", "until_on": None} | term)
        with psycopg.connect(self.config.conninfo("writer"), autocommit=True) as conn:
            account = accounts.create_account(conn, self.email(office), PASSWORD, person=person)
            self.keys[office] = accounts.create_api_key(conn, account, office, f"{office}, for tests")
            self.callers[office] = accounts.caller_of_key(conn, self.keys[office])

    def open_inspection(self, **how: Any) -> Done:
        """Open an inspection for the inspector, who joins if they are not there yet."""
        if "inspector" not in self.people:
            self.join("inspector", "inspector")
        said = {"body": "Ofsted", "purpose": "inspection", "agency": None, "covers_from": "2015-07-01", "ceiling": "2016-09-05"}
        return self.act("chair", "open_inspection", "inspector", **said | {"expires_on": "2016-10-01"} | how)

    def catch_up(self) -> int:
        """Bring the views up to date; return the position that they have reached."""
        with psycopg.connect(self.config.conninfo("projector"), autocommit=True) as conn:
            return catch_up.catch_up(conn, self.source(conn))

    def source(self, conn: psycopg.Connection[Any]) -> Callable[[int, int], list[Decoded]]:
        """Return what hands the log's entries to catch-up, read on this connection."""

        def entries(after: int, limit: int) -> list[Decoded]:
            return [
                Decoded(v.position, v.stream, v.version, v.topic, datetime.fromtimestamp(v.recv, UTC), v.assurance, v.holder, v.thumbprint,
                        v.leaf, v.jti, v.fields)
                for v in read_log(conn, self.board.registry.find, after, limit)
            ]  # fmt: skip

        return entries

    def email(self, office: str) -> str:
        """Return the address with which the holder of an office signs in."""
        return f"{office}@severnbrook.example"


@dataclass(frozen=True)
class Seed:
    """A small board at rest: its database, a template for copies of it, and what its copies share."""

    config: Config
    ring: KeyRing
    people: dict[str, uuid.UUID]
    callers: dict[str, Caller]
    keys: dict[str, str]


@contextmanager
def seed(conninfo: str, data: Path) -> Iterator[Seed]:
    """Make the small board once; `conninfo` is the owner's of a server, `data` an empty folder."""
    with fresh_database(conninfo, data) as config:
        ring = keys.create(config, origin=ORIGIN)
        access.create_secret(config)
        it = Seeded(config, Board(config, ring, clock=Clock()), Clock())
        create_views(config)
        _people(it)
        _partnership(it)
        _work(it)
        it.catch_up()
        it.board.close()
        yield Seed(config, ring, it.people, it.callers, it.keys)


@contextmanager
def copy_of(made: Seed, lending: Lending, data: Path) -> Iterator[Seeded]:
    """Give a copy of the small board that a test has for itself."""
    shutil.copytree(made.config.data / "keys", data / "keys")
    template = conninfo_to_dict(made.config.database_url or "")["dbname"]
    with lending.lend(data, template=str(template)) as config:
        clock = Clock()
        board = Board(config, made.ring, clock=clock)
        try:
            yield Seeded(config, board, clock, dict(made.people), dict(made.callers), dict(made.keys))
        finally:
            board.close()


def _people(it: Seeded) -> None:
    it.people["board-manager"] = establishing.establish(
        it.board,
        Ed25519PrivateKey.generate(),
        board_name="Severnbrook Safeguarding Children Board",
        name="R. Vale",
        contact="r.vale@severnbrook.example",
        demonstration=False,
    )
    it.people |= {office: uuid.uuid4() for office in (*OFFICES, "operator", "nobody")}
    with psycopg.connect(it.config.conninfo("writer"), autocommit=True) as conn:
        for name, person in it.people.items():
            office = None if name in {"operator", "nobody"} else name
            operates = name in {"operator", "board-manager"}
            account = accounts.create_account(conn, it.email(name), PASSWORD, person=person, may_operate=operates)
            it.keys[name] = accounts.create_api_key(conn, account, office, f"{name}, for tests")
            it.callers[name] = accounts.caller_of_key(conn, it.keys[name])


def _partnership(it: Seeded) -> None:
    for code, name, category in (("RIV", "Riverside Community Health", "health"), ("CQH", "Coombe Quay Hospital", "health")):
        it.act("board-manager", "join_agency", code, name=name, category=category, section_11="yes")
    it.act("board-manager", "constitute_sub_group", "QEG", name="Quality and Effectiveness Group", terms_of_reference="Oversees actions")
    for office, (role, body, employer) in OFFICES.items():
        person = str(it.people[office])
        it.act("board-manager", "register_subject", person, name=f"The {office}", contact=it.email(office))
        said = {"title": office.replace("-", " ").capitalize(), "role": role, "body": body, "holder": person, "employer": employer}
        it.act("board-manager", "appoint_office_holder", office, **said, from_on="2016-09-01", until_on=None)


def _work(it: Seeded) -> None:
    it.act(
        "chair", "refer_review", "SB-2015-01", title="Alder", kind="serious case review", regime="LSCB-WT2015", referring_agency="RIV",
        notified_on="2016-09-01",
    )  # fmt: skip
    it.act(
        "board-manager", "record_finding", "SB-2015-01", number="F1", statement="Missed appointments were not followed up",
        polarity="concern", scope="single-agency", system_factor="communication", themes=["did not attend"],
    )  # fmt: skip
    assign(it, "A1", owner="RIV", owner_office="riv-lead")
    assign(it, "A2", owner="CQH", owner_office="cqh-lead")


def assign(it: Seeded, ref: str, **how: Any) -> Done:
    """Assign another action."""
    said: dict[str, Any] = {
        "title": f"Follow up every missed appointment ({ref})",
        "kind": "procedure",
        "source": "SB-2015-01/F1",
        "owner": "RIV",
        "owner_office": "riv-lead",
        "overseen_by": "QEG",
        "due_on": str(date(2016, 12, 16)),
        "success_measure": "Nine of ten missed appointments are followed up within two days",
        "intended_outcome": "Children who are not brought are seen",
    }
    return it.act("chair", "assign_action", ref, **said | how)
