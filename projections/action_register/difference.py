"""What changed in the register between two pairs of clocks: which actions, how, and all of it in one sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg.sql import SQL, Composed, Placeholder

from aggregates.errors import Refused
from projections.action_register.listing import DAYS_OVERDUE, ENDED, sorts_as

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from psycopg import Connection


class DaysBackwards(Refused):
    """What changed is asked from a day to a later one."""

    text = "{first} is not before {last}: give the earlier day first"


def difference_in_order(first: date, last: date) -> None:
    """Refuse days that are not in order; the same day is compared by what was known of it."""
    if first > last:
        raise DaysBackwards(first=first, last=last)


class Standing(NamedTuple):
    """How the register shows an action at a pair of clocks."""

    status: str
    owner: str
    due_on: date
    sustained: str | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An action that the register shows differently; `before` is None where it did not have it yet, `after` where no longer."""

    ref: str
    title: str
    before: Standing | None
    after: Standing | None

    @property
    def what(self) -> tuple[str, ...]:
        """Return what became of it, in the words of `WORDS`."""
        was, now = self.before, self.after
        if was is None or now is None:
            return ("assigned",) if was is None else ("gone",)
        return tuple(word for word, so in _turns(was, now) if so) or ("changed",)


# What is said of a change, in the order of a sentence: for one action, and for several.
WORDS: Final = {
    "assigned": ("was put on the register", "were put on the register"),
    "gone": ("is not on the register any more", "are not on the register any more"),
    "signed off": ("was signed off", "were signed off"),
    "closed": ("was closed", "were closed"),
    "outstanding": ("was declared outstanding at its owner's departure", "were declared outstanding at their owners' departure"),
    "withdrawn": ("was withdrawn or superseded", "were withdrawn or superseded"),
    "overdue": ("became overdue", "became overdue"),
    "caught up": ("is overdue no longer", "are overdue no longer"),
    "slipped": ("slipped on re-test", "slipped on re-test"),
    "held": ("held on re-test", "held on re-test"),
    "re-dated": ("was given another date", "were given another date"),
    "passed on": ("was given to another owner", "were given to another owner"),
    "changed": ("moved on otherwise", "moved on otherwise"),
}
PASSED_ON: Final = "in other hands"


def _turns(was: Standing, now: Standing) -> Iterator[tuple[str, bool]]:
    moved = was.status != now.status
    yield "signed off", moved and now.status == "signed off"
    yield "closed", moved and now.status == "closed"
    yield "withdrawn", moved and now.status in {"withdrawn", "superseded"}
    yield "outstanding", moved and now.status == "outstanding at departure"
    yield "overdue", now.overdue and not was.overdue
    yield "caught up", was.overdue and not now.overdue and now.status not in ENDED
    for result in ("slipped", "held"):
        yield result, now.sustained != was.sustained and (now.sustained or "").startswith(result)
    yield "re-dated", was.due_on != now.due_on
    yield "passed on", was.owner != now.owner


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What the register shows differently at two pairs of clocks, each *as at* and *as known at*; `unchanged` counts the other actions."""

    before: tuple[date, int]
    after: tuple[date, int]
    changes: tuple[Change, ...]
    unchanged: int
    partial: bool = False  # not of the whole register

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return of how many actions each word of `WORDS` is true, those of none left out; one action may have several."""
        found = Counter(word for change in self.changes for word in change.what)
        return {word: found[word] for word in WORDS if found[word]}

    @property
    def sentence(self) -> str:
        """Say it as people do."""
        span = f"Between {_written(self.before[0])} and {_written(self.after[0])}"
        if self.before[0] == self.after[0]:
            span = f"As at {_written(self.after[0])}, between what was known at event {self.before[1]:,} and at event {self.after[1]:,}"
        where = "of the actions that you may see" if self.partial else "in the register"
        if not self.changes:
            return f"{span}, nothing changed {where}."
        clauses = [f"{number:,} {WORDS[word][number > 1]}" for word, number in self.counts.items()]
        first, *rest = clauses
        noun = "action" if first.startswith("1 ") else "actions"
        number, _, said = first.partition(" ")
        clauses = [f"{number} {noun} {said}", *rest]
        told = clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])} and {clauses[-1]}"
        return f"{span}, {told}; {self.unchanged:,} did not change{f', {where}' if self.partial else ''}."


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


SHOWN: Final = ("status", "owner", "due_on", "sustained", "overdue")
REGISTER: Final = """
    SELECT key, title, status, owner, due_on, sustained, {days} > 0 AS overdue
      FROM views.action_register
     WHERE valid @> {as_at}::date AND known @> {known_at}::bigint
       AND (%(reviews)s::text[] IS NULL OR split_part(source, '/', 1) = ANY(%(reviews)s::text[]))"""


def _register(which: str) -> Composed:
    as_at, known_at = Placeholder(f"{which}_as_at"), Placeholder(f"{which}_known_at")
    days = SQL(DAYS_OVERDUE.replace("%(as_at)s", "{}")).format(as_at)
    return SQL(REGISTER).format(days=days, as_at=as_at, known_at=known_at)


QUERY: Final = SQL("""
    WITH was AS ({was}), now AS ({now}),
         pairs AS MATERIALIZED (SELECT key, coalesce(now.title, was.title), was.key IS NULL, now.key IS NULL, {shown}, {differs}
                                  FROM was FULL JOIN now USING (key)
                                 WHERE %(owner)s::text IS NULL OR %(owner)s IN (was.owner, now.owner)),
         counted AS (SELECT count(*) AS pairs FROM pairs)
    SELECT pairs.*, counted.pairs FROM counted LEFT JOIN pairs ON differs""").format(
    was=_register("was"),
    now=_register("now"),
    shown=SQL(", ").join(SQL(f"{side}.{name} AS {side}_{name}") for side in ("was", "now") for name in SHOWN),
    differs=SQL("({}) IS DISTINCT FROM ({}) AS differs").format(*(SQL(", ").join(SQL(f"{s}.{n}") for n in SHOWN) for s in ("was", "now"))),
)


def _seen_by(owner: str | None, change: Change) -> Change:
    """Keep from one owner how an action stood, or stands, in another's hands: only that it passed from one to the other."""
    was, now = change.before, change.after
    if owner is None or was is None or now is None or was.owner == now.owner:
        return change
    if was.owner == owner:
        return replace(change, after=was._replace(status=PASSED_ON, owner=now.owner))
    return replace(change, before=now._replace(status=PASSED_ON, owner=was.owner))


def difference(
    conn: Connection[Any], before: tuple[date, int], after: tuple[date, int], *, owner: str | None = None, reviews: list[str] | None = None
) -> Difference:
    """Compare the register at two pairs of clocks, each *as at* and *as known at*; of one owner, or what came of some reviews, alone."""
    asked = {"was_as_at": before[0], "was_known_at": before[1], "now_as_at": after[0], "now_known_at": after[1]}
    asked |= {"owner": owner, "reviews": reviews}
    rows = conn.execute(QUERY, asked).fetchall()
    changes = []
    for key, title, new, gone, *said in rows:
        if key is not None:
            was, now = None if new else Standing(*said[:5]), None if gone else Standing(*said[5:10])
            changes.append(_seen_by(owner, Change(ref=key, title=title, before=was, after=now)))
    changes.sort(key=lambda change: sorts_as(change.ref))
    partial, unchanged = (owner, reviews) != (None, None), int(rows[0][-1]) - len(changes)
    return Difference(before=before, after=after, changes=tuple(changes), unchanged=unchanged, partial=partial)
