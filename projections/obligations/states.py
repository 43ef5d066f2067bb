"""How an obligation stands on a day, in words; and the same in SQL, for where there are many (a test holds them equal).

    met · met late · open · overdue · holds · does not hold · ended · outstanding at departure

Nothing of this is stored: a day more, and what was open is overdue. "Not asked yet" is where there is no obligation at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import Final, Literal, TypeAlias

from psycopg.sql import SQL

State: TypeAlias = Literal["met", "met late", "open", "overdue", "holds", "does not hold", "ended", "outstanding at departure"]
Form: TypeAlias = Literal["event", "calendar", "standing"]
STATES: Final[tuple[State, ...]] = (
    "overdue", "does not hold", "outstanding at departure", "open", "met late", "met", "holds", "ended",
)  # fmt: skip
NOT_ASKED: Final = "not asked yet"
LACKING: Final = frozenset({"overdue", "does not hold", "outstanding at departure"})
STILL_OWED: Final = frozenset({"open", "overdue", "does not hold"})

STATE: Final = SQL("""
    CASE WHEN discharged_on IS NOT NULL
         THEN CASE WHEN discharged_on > due_on THEN 'met late' WHEN due_on IS NULL AND form = 'standing' THEN 'holds' ELSE 'met' END
         WHEN ended_on IS NOT NULL THEN 'ended'
         WHEN left_on <= %(as_at)s THEN 'outstanding at departure'
         WHEN due_on < %(as_at)s THEN 'overdue'
         WHEN due_on IS NULL AND form = 'standing' THEN 'does not hold'
         ELSE 'open' END""")


def state_of(
    form: Form, *, due_on: date | None, discharged_on: date | None, ended_on: date | None, left_on: date | None, as_at: date
) -> State:
    """Say how an obligation stands on a day."""
    if discharged_on is not None:
        if due_on is not None and discharged_on > due_on:
            return "met late"
        return "holds" if due_on is None and form == "standing" else "met"
    if ended_on is not None:
        return "ended"
    if left_on is not None and left_on <= as_at:
        return "outstanding at departure"
    if due_on is not None and due_on < as_at:
        return "overdue"
    return "does not hold" if due_on is None and form == "standing" else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One obligation on a day: who owes what about what, since when, by when and by what right, and what shows that it was done.

    `rule` is the clause, with its part where it asks for several things; `duty` says which in a few words. `basis` is by what right the
    due date stands: framework, statutory, or local_setting (the Board chose the number, `set_on` a day, or has not set another).
    `asked_at` and `discharged_at` are the events, None where there is none. `days_late` counts up to when it was discharged, or the day.
    It is discharged since `discharged_on` by things that stood without a break, and `discharged_at` is the event of the first that still
    does. That it was discharged once, and by which event that was undone when, stays on show.
    """

    rule: str
    clause: str
    duty: str
    form: Form
    owner: str
    subject: str
    arose_on: date
    asked_at: int | None
    due_on: date | None
    basis: str
    setting: str | None
    set_on: date | None
    discharged_on: date | None
    discharged_at: int | None
    ended_on: date | None
    ended_at: int | None
    was_discharged_on: date | None
    was_discharged_at: int | None
    undone_on: date | None
    undone_at: int | None
    grade: str | None
    state: State
    days_late: int

    @property
    def key(self) -> str:
        """Name the instance."""
        return f"{self.rule}|{self.owner}|{self.subject}"


def days_late(*, due_on: date | None, discharged_on: date | None, ended_on: date | None, left_on: date | None, as_at: date) -> int:
    """Count the days by which something is late on a day, or was when it was discharged, ended or left behind."""
    if due_on is None:
        return 0
    until = discharged_on or min(day for day in (ended_on, left_on, as_at) if day is not None)
    return max(0, (until - due_on).days)
