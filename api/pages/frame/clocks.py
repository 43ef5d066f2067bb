"""The two clocks of a page: read from its address, kept in its links, and put right in words beside the form."""

from __future__ import annotations

import re
from calendar import month_name
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import request
from psycopg.errors import UndefinedTable

from aggregates.clocks.dates import LONDON, day_of
from aggregates.errors import Refused
from projections.two_clocks import clocks as projected
from projections.two_clocks import tracking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from projections.two_clocks.clocks import Clocks

AS_AT_REFUSED: Final = (projected.NotYetHappened, projected.BeforeAnything, projected.OutsideInspection)
NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")
SPELLINGS: Final = ("%d %B %Y", "%d %b %Y", "%d/%m/%Y")  # as people write a date; a browser sends it as ISO does
PARTS: Final = ("day", "month", "year")
MONTHS: Final = {part.lower(): number for number, name in enumerate(month_name) if name for part in (name, name[:3])}
WHOLE: Final = re.compile(r"[0-9]{1,9}\Z")
THOUSANDS: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3}){1,2}\Z")


class NothingShownYet(Refused):
    """No view has read the log yet, so no page can say anything of it."""

    text = "The registers have not been made yet: `muniment work` makes them. Try again in a moment"


class BeforeTheLog(Refused):
    """Somebody asks for what was known before anything was recorded."""

    rule, text = "INV-37", "Nothing had been recorded by {known_at}: the log begins on {begins}"


class NotADay(Refused):
    """What was typed is no date."""

    text = "“{typed}” is not a date: write it as 14 November 2016"


class NeitherDayNorEvent(Refused):
    """What was typed is neither a date nor the number of an event."""

    text = "“{typed}” is neither a date nor the number of an event: write it as 14 November 2016, or as 412"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageClocks:
    """The clocks of a page, as `macros/clocks.html` takes them. `status` is that of the page, where what was typed is refused."""

    fixed: Clocks
    today: date
    asked: dict[str, str]
    known_on: date | None = None
    known_by_number: bool = False
    behind: int = 0
    as_at_typed: str = ""
    known_at_typed: str = ""
    as_at_error: str | None = None
    known_at_error: str | None = None
    status: int = HTTPStatus.OK

    @property
    def as_at(self) -> date:
        """The day whose position is shown."""
        return self.fixed.as_at

    @property
    def known_at(self) -> int:
        """The last event that is taken into account."""
        return self.fixed.known_at

    @property
    def known_time(self) -> datetime:
        """When that event was recorded, in London."""
        if self.fixed.known_time is None:
            raise NothingShownYet
        return self.fixed.known_time.astimezone(LONDON)

    @property
    def is_now(self) -> bool:
        """Say whether it is today, with everything that was recorded so far."""
        return self.fixed.as_at == self.today and self.fixed.known_at == self.fixed.head

    @property
    def pinned(self) -> dict[str, str]:
        """Return both clocks so that they never move."""
        return {"as_at": self.as_at.isoformat(), "known_at": str(self.known_at)}

    @property
    def choose_day_href(self) -> str:
        """Return the same page without its known-at."""
        return address(request.path, {name: value for name, value in request.args.items() if name != "known_at"})

    def link(self, path: str, **query: Any) -> str:
        """Return an address with these clocks, as they were asked for: what shows now goes on showing now."""
        return address(path, {**query, **self.asked})


def address(path: str, query: dict[str, Any]) -> str:
    """Return a path with a query, leaving out what is empty."""
    kept = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def asked(conn: Connection[Any], today: date, period: tuple[date, date] | None = None) -> PageClocks:
    """Return the clocks that the page's address asks for. What cannot be shown is refused beside the form, and now is shown."""
    typed = {name: request.args.get(name, "").strip() for name in ("as_at", "known_at")}
    known: date | int | None = None
    wrong, name = None, "as_at"
    try:
        as_at = _day(typed["as_at"])
        name = "known_at"
        known = _known(typed["known_at"])
        fixed = _fixed(conn, today, as_at, known, period)
    except Refused as refused:
        wrong = refused
        name = "as_at" if isinstance(refused, AS_AT_REFUSED) else name
        known = None
        fixed = _fixed(conn, today, None, None, period)
    if fixed.known_at == 0:
        raise NothingShownYet
    return PageClocks(
        fixed=fixed,
        today=today,
        asked={} if wrong else {name: value for name, value in typed.items() if value},
        known_on=known if isinstance(known, date) else None,
        known_by_number=isinstance(known, int),
        behind=0 if typed["known_at"] else _behind(conn, fixed.head),
        **({} if wrong is None else _refused(wrong, name, typed)),
    )


def _refused(wrong: Refused, name: str, typed: dict[str, str]) -> dict[str, Any]:
    unreadable = isinstance(wrong, (NotADay, NeitherDayNorEvent))
    status = HTTPStatus.BAD_REQUEST if unreadable else HTTPStatus.UNPROCESSABLE_ENTITY
    return {f"{name}_error": wrong.message, "as_at_typed": typed["as_at"], "known_at_typed": typed["known_at"], "status": status}


def _fixed(conn: Connection[Any], today: date, as_at: date | None, known_at: date | int | None, period: tuple[date, date] | None) -> Clocks:
    try:
        fixed = projected.clocks(conn, as_at=as_at, known_at=known_at, today=today, period=period)
    except UndefinedTable as error:
        raise NothingShownYet from error
    if fixed.known_at == 0 and fixed.head:
        first = projected.recorded_at(conn, 1)
        begins = first.astimezone(LONDON).date() if first else today
        raise BeforeTheLog(known_at=known_at if isinstance(known_at, date) else f"event {known_at}", begins=begins)
    return fixed


def read_day(text: str) -> date:
    """Return the day that somebody wrote; refuse what is none."""
    with suppress(ValueError):
        return day_of(text)
    for spelling in SPELLINGS if text.isascii() else ():  # strptime takes the digits of every script
        with suppress(ValueError):
            return datetime.strptime(text, spelling).date()  # noqa: DTZ007 - a day has no time zone
    raise NotADay(typed=text)


def whole(typed: str) -> int | None:
    """Return the whole number that somebody typed, with or without commas between its thousands; None where it is none."""
    return int(typed.replace(",", "")) if WHOLE.match(typed) or THOUSANDS.match(typed) else None


def day_of_parts(parts: Mapping[str, str]) -> date:
    """Return the day that was typed as day, month (a number, a name or how it begins) and year; `ValueError` where none."""
    month = str(MONTHS.get(parts["month"].lower(), parts["month"]))
    if not all(WHOLE.match(part) for part in (parts["day"], month, parts["year"])):
        raise ValueError(parts)
    return date(int(parts["year"]), int(month), int(parts["day"]))


def _day(text: str) -> date | None:
    return read_day(text) if text else None


def _known(text: str) -> date | int | None:
    if NUMBER.fullmatch(text):
        return int(text)
    try:
        return _day(text)
    except NotADay as error:
        raise NeitherDayNorEvent(typed=text) from error


def _behind(conn: Connection[Any], head: int) -> int:
    """Return how many events are recorded and not shown yet."""
    row = conn.execute("SELECT coalesce(max(size), 0) FROM ledger.checkpoint").fetchone()
    return max(0, int(row[0]) - head) if row else 0


def shown_by_now(conn: Connection[Any]) -> int:
    """Return the position that the views have reached; 0 where there are none."""
    try:
        return tracking.head(conn)
    except UndefinedTable:
        return 0
