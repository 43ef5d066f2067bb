"""The learning and improvement framework: which set of obligations is in force, and what its adoption and its reviews may say."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregates.clocks.dates import MONTHS, later
from aggregates.errors import Refused

if TYPE_CHECKING:
    from datetime import date

    from aggregates.entry import Entry

HASH = re.compile(r"[0-9a-f]{64}\Z")


class NotAnObligationSet(Refused):
    """A set of obligations is named by what it hashes to."""

    text = "{sha256} is no SHA-256: write the 64 hexadecimal digits of the obligation set"


class VersionInForce(Refused):
    """A framework is adopted under a version of its own."""

    source, text = "framework, page 1", "Version {version} of the framework was adopted already"


class SupersedesAnother(Refused):
    """A new framework takes the place of the one in force, and says so: one is always in force."""

    source = "Working Together 2015, page 72"
    text = "The framework in force is {in_force}: the new one supersedes that, and not {supersedes}"


class NotInForce(Refused):
    """Only the framework in force is reviewed."""

    source, text = "framework, page 1", "The framework in force on {day} is {in_force}, not {version}"


class NoneInForce(Refused):
    """There is nothing to review before a framework is adopted."""

    source, text = "framework, page 1", "No framework is in force on {day}: one is adopted before it is reviewed"


class ReviewDueBefore(Refused):
    """The next review comes after the day on which it is set."""

    source, text = "framework, page 1", "{review_due} is no date for the next review that is set on {day}: choose a later one"


class ReviewTooFarOff(Refused):
    """The framework is looked at again every twelve months: it was published in one September, to be reviewed by the next."""

    rule, source = "LIF-INT-03", "framework, page 1"
    text = "A framework of {day} is reviewed by {latest} at the latest, and not by {review_due}: every 12 months"


@dataclass(frozen=True, slots=True)
class Framework:
    """The framework in force: which set of obligations, from where, and when it is looked at again."""

    version: str
    sha256: str
    supersedes: str | None
    provenance: str
    minute: str | None
    adopted_on: date
    review_due: date
    reviewed_on: date | None = None
    outcome: str | None = None


def adopted(entry: Entry) -> Framework:
    """Return the framework that an adoption puts in force."""
    said = {name: entry.body[name] for name in ("version", "sha256", "supersedes", "provenance", "minute", "review_due")}
    return Framework(**said, adopted_on=entry.occurred_on)


def reviewed(framework: Framework | None, entry: Entry) -> Framework | None:
    """Look at the framework that was meant; a review of one that is not in force any more says nothing of the one that is."""
    body = entry.body
    if framework is None or framework.version != body["version"]:
        return framework
    return replace(framework, review_due=body["review_due"], reviewed_on=entry.occurred_on, outcome=body["outcome"])


def check_hash(sha256: str) -> None:
    """Refuse what is no SHA-256."""
    if not HASH.match(sha256):
        raise NotAnObligationSet(sha256=sha256)


def check_later(review_due: date, day: date) -> None:
    """Refuse a review that would be due on the day on which it is set, or before; or later than in the same month of the next year."""
    if review_due <= day:
        raise ReviewDueBefore(review_due=review_due, day=day)
    a_year_on = later(day, months=MONTHS)
    latest = a_year_on.replace(day=monthrange(a_year_on.year, a_year_on.month)[1])
    if review_due > latest:
        raise ReviewTooFarOff(review_due=review_due, latest=latest, day=day)
