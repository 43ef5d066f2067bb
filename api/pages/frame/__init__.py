"""The frame of every page: which board, who is signed in, at which clocks, and what was recorded just now."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from flask import current_app, make_response, render_template, request
from psycopg.sql import SQL, Identifier

from aggregates.clocks.dates import LONDON
from aggregates.errors import Refused
from api.access import caller, reading, record_openings, signed_in
from api.pages.frame import clocks as page_clocks
from api.pages.frame.clocks import PageClocks, address
from api.pages.frame.menu import menu
from api.pages.frame.words import Words, title_of
from api.pages.record.witnessed import vouched
from api.resources.answering.answers import Reading
from api.resources.answering.closed import OWN
from api.worker import worker
from projections.two_clocks.clocks import recorded_at
from projections.two_clocks.read_model import AT_CLOCKS
from service.desk.refusals import NotEstablished
from service.desk.roles import INSPECTOR, INSPECTORS
from service.verify import unb64url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Response
    from psycopg import Connection

    from service.desk.accounts import Caller


FEW: Final = 5
TITLED: Final = {
    kind: SQL("SELECT key, title FROM {} WHERE {} AND (%(ref)s::text IS NULL OR key = %(ref)s)").format(
        Identifier("views", table), AT_CLOCKS
    )
    for kind, table in (
        ("action", "action_register"),
        ("review", "reviews"),
        ("course", "courses"),
        ("resource", "resources"),
        ("dissemination", "disseminations"),
    )
}


@dataclass(slots=True)
class Look:
    """One look at the record: with which right, at which clocks, and by which names."""

    on: Reading
    clocks: PageClocks
    words: Words
    titles: dict[tuple[str, str], str]
    asked: Counter[str] = field(default_factory=Counter)  # how many titles of a kind were asked for one by one

    def link(self, path: str, **query: Any) -> str:
        """Return an address that keeps the clocks of this page."""
        return self.clocks.link(path, **query)

    def title_of(self, kind: str, ref: str) -> str:
        """Return what a thing is called besides its reference; nothing where it is called nothing else."""
        if (kind, ref) not in self.titles:
            self.titles[kind, ref] = self._title(kind, ref)
        return self.titles[kind, ref]

    def _title(self, kind: str, ref: str) -> str:
        if kind in {"agency", "sub-group"}:
            return self.words.body(ref)
        if kind == "office":
            return self.words.office(ref, self.clocks.as_at)
        if kind == "return":
            return self.words.asked_for(ref)
        if kind not in TITLED:
            return ""
        self.asked[kind] += 1
        several = self.asked[kind] > FEW  # a list goes on: all of the kind are asked for at once
        found: dict[str, str] = dict(self.on.conn.execute(TITLED[kind], {**self.on.at, "ref": None if several else ref}).fetchall())
        self.titles |= {(kind, one): title for one, title in found.items()}
        return found.get(ref, "")


@contextmanager
def look() -> Iterator[Look]:
    """Look at the record as the caller may, at the clocks of the page's address; wait a moment for what they recorded just now."""
    scope, held = reading(), worker()
    if position := just_recorded():
        held.shown(position, current_app.config["WAIT_FOR_VIEWS"])
    with held.reader() as conn:
        clocks = page_clocks.asked(conn, held.today, scope.period)
        on = Reading(conn, clocks.fixed, scope, signed_in().office, held.today)
        yield Look(on, clocks, Words(conn, **on.at, people=scope.restricted, purpose=scope.purpose), {})
    record_openings()


def just_recorded() -> int | None:
    """Return the position of what the caller recorded just now, where the page's address names one."""
    return request.args.get("receipt", type=int)


def render(template: str, *, look: Look | None = None, status: int = 200, **said: Any) -> Response:
    """Render a page within its frame."""
    if look is not None:
        said |= {"your_inspection": look.on.scope.inspection, "clocks": look.clocks, "permanent_address": _permanent(look.clocks)}
        return _answer(template, status if status != HTTPStatus.OK else look.clocks.status, said | frame(look.on.conn))
    with worker().reader() as conn:
        around = frame(conn)
    return _answer(template, status, said | around)


def bare(template: str, *, status: int, **said: Any) -> Response:
    """Render a page without asking the database anything: for when it is away."""
    return _answer(template, status, {**_no_board(), **said})


def _answer(template: str, status: int, said: dict[str, Any]) -> Response:
    around = {"your_inspection": None, "clocks": None, "receipt": None, "permanent_address": None}
    return make_response(render_template(template, **(around | said)), status)


def _permanent(clocks: PageClocks) -> str:
    kept = {name: value for name, value in request.args.items() if name not in {"as_at", "known_at", "receipt"}}
    return address(f"{request.host_url.rstrip('/')}{request.path}", kept | clocks.pinned)


def _no_board() -> dict[str, Any]:
    return {"board": None, "user": None, "menu": menu(request.path, None, signed_in=False)}


def frame(conn: Connection[Any]) -> dict[str, Any]:
    """Return what the frame says of the board and of whoever is signed in."""
    board = worker().board
    try:
        said = board.established.state
    except NotEstablished:
        return _no_board()
    log = {"origin": board.origin, "fingerprint": board.fingerprint, "demonstration": bool(said and said.demonstration)}
    who = caller()
    user = who and _user(conn, who)
    role = user.role if user else None
    shown = menu(request.path, role, signed_in=user is not None, whole=role not in INSPECTORS or _inspects_all())
    return {"board": SimpleNamespace(name=board.settings.name, **log), "user": user, "menu": shown}


def _inspects_all() -> bool:
    """Say whether who inspects does so of every agency; nothing is left out for who inspects nothing any more."""
    try:
        return reading().agency is None
    except Refused:
        return True


def _user(conn: Connection[Any], who: Caller) -> SimpleNamespace:
    today = worker().today
    words = Words(conn, as_at=today, known_at=page_clocks.shown_by_now(conn), people=True, purpose=OWN)
    name = words.person(who.person) if who.person else None
    term = words.offices[who.office].holder_on(today) if who.office in words.offices else None
    agency = words.body(term.employer) if term and term.employer and term.holder == who.person else None
    title = term.title if term and term.holder == who.person else None
    others = who.person is not None and set(words.held_by(who.person, today)) - {who.office}
    return SimpleNamespace(
        name=name or who.email,
        office=title,
        agency=agency if agency and agency not in (title or "") else None,
        change_office_href="/office" if others or title is None else None,
        role=INSPECTOR if who.rehearses else term.role if term else None,
        rehearses=who.rehearses,
    )


def log_of_page(conn: Connection[Any]) -> dict[str, Any]:
    """Return what `macros/proof.html` needs of the log."""
    board = worker().board
    row = conn.execute("SELECT leaf FROM ledger.event WHERE position = 1").fetchone()
    state = board.established.state
    return {
        "origin": board.origin,
        "vkey": board.keys.log.vkey,
        "sealers": " ".join(f"{each.since}:{each.vkey}" for each in board.keys.log.sealers),
        "fingerprint": b64encode(row[0]).decode() if row else "",
        "demonstration": bool(state and state.demonstration),
        "statement_key": board.keys.statement.thumbprint,
    }


def receipt_for(look: Look, stream: UUID) -> dict[str, Any] | None:
    """Return the receipt to show for what was recorded just now in a stream; None where the address names nothing of it."""
    position = just_recorded()
    found = "SELECT topic, jti, entry FROM ledger.event WHERE position = %s AND stream = %s"
    row = look.on.conn.execute(found, (position, stream)).fetchone() if position else None
    if row is None:
        return None
    topic, jti, entry = row
    at = recorded_at(look.on.conn, position or 0) or datetime.fromtimestamp(json.loads(bytes(entry))["recv"], LONDON)
    return {
        "title": title_of(topic),
        "position": position,
        "event_id": jti,
        "recorded_at": at.astimezone(LONDON),
        "assurance": json.loads(unb64url(json.loads(bytes(entry))["stmt"].split(".")[1]))["assurance"],
        "vouched": vouched(look.on.conn, position or 0),
        "href": f"/events/{position}",
        "download_href": f"/api/v1/events/{position}/receipt",
    }
