"""What codes, fields and events are called: by the names that the record itself has for them on the day of the page."""

from __future__ import annotations

import re
from calendar import month_name
from collections import Counter
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from markupsafe import Markup, escape
from psycopg.sql import SQL

from aggregates.authority import BOARD
from aggregates.clocks.regimes import REGIMES
from aggregates.entry.topics import event_type
from aggregates.partnership.membership import OpenObligations
from aggregates.returns.events import KINDS
from api.pages.frame.labels import LABELS
from api.resources.answering.closed import closed
from api.worker import worker
from projections import partnership
from projections.two_clocks.read_model import AT_CLOCKS
from service.commands import COMMANDS
from service.desk.refusals import FieldMissing, PersonalData, WrongKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from psycopg import Connection

    from aggregates.errors import Refused

WRITTEN: Final = re.compile(rf"\b\d\d? (?:{'|'.join(month_name[1:])}) \d{{4}}\b")

# What a refusal says to a program of a request is said to a person of their form.
TO_PEOPLE: Final = {
    "key-reused": "This form was sent before, and says something else now. Open it anew and record that as an act of its own.",
    "idempotency-key-missing": "This form is not whole any more. Open it anew: nothing was recorded.",
    "form-token-missing": "This form is older than your session. Open it anew: nothing was recorded.",
    "no-room": "The disk is full. Nothing of this was recorded, and nothing that was is lost. Tell whoever runs the service.",
    "edition-without-reason": "It was published before: say why this edition takes the place of that one.",
    "database-away": "The database does not answer. Nothing that was recorded is lost. Try again soon: nothing is recorded twice.",
}
FIELD: Final = re.compile(r"(?<![\w/.@#-])[a-z]\w*_\w+(?![\w/@-])|\bsha256\b")  # what may be the name of a field in a sentence
HELD: Final = re.compile(
    r"\b(action|office|review|challenge|dissemination) ([\w.-]*\w)"
)  # what an agency holds, as its departure is refused with it
NUMBERED: Final = re.compile(r" \(INV-\d+(, INV-\d+)*\)")
QUOTED: Final = re.compile(r"`(\w+)`")  # a field as our own explanations name it
TITLES: Final = {
    "ledger.established.v1": "Log established",
    "ledger.succeeded.v1": "Log went on under another key",
    "partnership.established.v1": "Partnership established",
    "sub_group.constituted.v1": "Sub-group constituted",
    "sub_group.dissolved.v1": "Sub-group dissolved",
    "data_subject.subject_registered.v1": "Person registered",
    "data_subject.subjects_merged.v1": "Two references merged",
    "review.board_response_formulated.v1": "Board's response formulated",
    "dissemination.caught_up.v1": "Agency caught up",
    "inspection.evidence_disclosed.v1": "Opened by an inspector or an auditor",
    "training_session.follow_up_issued.v1": "Follow-up issued",
    "training_session.follow_up_returned.v1": "Follow-up returned",
    "review.external_noted.v1": "Another body's review noted",
    "review.external_relevance_decided.v1": "Relevance of another body's review decided",
}
REGISTERED: Final = """
    SELECT position, ref FROM views.inspection_history
     WHERE topic = 'data_subject.subject_registered.v1' AND ref = ANY(%s)"""
ASKED: Final = SQL("SELECT kind, period, respondent FROM views.returns WHERE key = %(ref)s AND {}").format(AT_CLOCKS)


def title_of(topic: str) -> str:
    """Return what was recorded, in words: `action.signed_off.v1` is "Signed off"."""
    if topic in TITLES:
        return TITLES[topic]
    return re.sub(r"(?<!^)(?=[A-Z])", " ", event_type(topic).__name__).capitalize()


def label_of(name: str) -> str:
    """Return what a field is called."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def choice_of(value: str) -> str:
    """Return what may be chosen, in words."""
    if value in REGIMES:
        return REGIMES[value].label
    if value in KINDS:
        return KINDS[value]
    return LABELS[value] if value in LABELS and not value.isalpha() else value.replace("_", " ").capitalize()


@cache
def field_names() -> frozenset[str]:
    """Return the names of every field that is declared: what a sentence may name, and values are not."""
    declared = {field.name for command in COMMANDS.values() for field in command.fields}
    return frozenset({*declared, *LABELS})


def explained(told: str) -> str:
    """Return our own explanation of a thing, with its fields as forms call them, and without the numbers of our rules."""
    return to_people(
        "", QUOTED.sub(lambda named: f"“{label_of(named[1])}”" if named[1] in field_names() else named[1], NUMBERED.sub("", told))
    )


def sentence(refused: Refused, words: Words | None) -> str:
    """Return why something was refused as it is said to a person: with names for codes, where they may know them."""
    return to_people(refused.code(), refused.in_words(words.called) if words else refused.message)


def linked(refused: Refused, words: Words | None) -> str:
    """Return why an agency cannot leave with each thing that it holds as a link to its page; any other refusal as its sentence."""
    told = sentence(refused, words)
    if not isinstance(refused, OpenObligations):
        return told
    return Markup(HELD.sub(r'\1 <a class="govuk-link" href="/\1s/\2">\2</a>', str(escape(told))))  # noqa: S704 - escaped before


def to_people(code: str, message: str) -> str:
    """Return a refusal's sentence in the words that a form uses: it names fields by their labels, and nothing of a request."""
    return TO_PEOPLE.get(code) or FIELD.sub(lambda named: f"“{label_of(named[0])}”" if named[0] in field_names() else named[0], message)


def in_form(refused: Refused, labels: Mapping[str, str], words: Words | None) -> str:
    """Return why a form was refused; where that is about one of its fields, by what this form calls it."""
    if isinstance(refused, WrongKind):
        name = refused.facts["field"]
        return to_people("", f"{labels.get(name) or label_of(name)}: {refused.facts['why']}.")
    if isinstance(refused, FieldMissing):
        return f"Still needed: {', '.join(labels.get(name) or label_of(name) for name in refused.facts['fields'])}."
    if isinstance(refused, PersonalData):
        name = refused.facts["field"]
        called = f"“{labels.get(name) or label_of(name)}”" if name in field_names() else name[0].upper() + name[1:]
        return to_people("", called + refused.message.removeprefix(name))
    return linked(refused, words)


def written(day: date) -> str:
    """Return a date as people write it."""
    return f"{day.day} {day:%B %Y}"


def whole_days(text: str) -> str:
    """Return a text for a page, which breaks no line within a date."""
    return type(text)(WRITTEN.sub(lambda day: day[0].replace(" ", "\u00a0"), text))  # what was safe HTML still is


class Words:
    """The names of agencies, sub-groups, offices and people on one day, as known at one event."""

    def __init__(self, conn: Connection[Any], *, as_at: date, known_at: int, people: bool, purpose: str | None = None) -> None:
        """Take the clocks; whether the reader may know who people are, and for what, where one of them is restricted."""
        self._conn, self._people, self._purpose = conn, people, purpose
        self._at: dict[str, Any] = {"as_at": as_at, "known_at": known_at}
        self._names: dict[UUID, str | None] = {}

    @cached_property
    def agencies(self) -> dict[str, str]:
        """Every agency's name by its code."""
        return {row.ref: row.name for row in partnership.agencies(self._conn, **self._at)}

    @cached_property
    def sub_groups(self) -> dict[str, str]:
        """Every sub-group's name by its code."""
        return {row.ref: row.name for row in partnership.sub_groups(self._conn, **self._at)}

    @cached_property
    def offices(self) -> dict[str, partnership.OfficeRow]:
        """Every office by its code."""
        return {row.ref: row for row in partnership.offices(self._conn, **self._at)}

    def body(self, code: str | None) -> str:
        """Return the name of an agency, a sub-group or the Board; of a trainer, of whom returns are asked too, the office."""
        if code == BOARD:
            return "The Board"
        return self.agencies.get(code or "") or self.sub_groups.get(code or "") or self.office(code)

    def within(self, code: str | None) -> str:
        """Return the name of an agency, a sub-group or the Board as it stands within a sentence."""
        return "the Board" if code == BOARD else self.body(code)

    def called(self, code: str) -> str:
        """Return the name of an agency, a sub-group, an office or a return; any other text as it is."""
        if code in self.agencies or code in self.sub_groups or code in self.offices:
            return self.body(code)
        return (code.partition("-")[0] in KINDS and self.asked_for(code)) or code

    def asked_for(self, ref: str) -> str:
        """Return what a return is called: what is asked, for which period, and of whom where that is not the Board; nothing for none."""
        row = self._conn.execute(ASKED, {**self._at, "ref": ref}).fetchone()
        if row is None:
            return ""
        kind, period, respondent = row
        return f"{KINDS.get(kind, kind)} {period}" + ("" if respondent == BOARD else f", {self.body(respondent) or respondent}")

    def office(self, code: str | None, day: date | None = None) -> str:
        """Return what an office was called on a day, or last."""
        office = self.offices.get(code or "")
        if office is None or not office.terms:
            return code or ""
        term = (office.holder_on(day) if day else None) or office.terms[-1]
        apart = self._apart.get(code or "")
        return term.title if apart is None or apart in term.title else f"{term.title}, {apart}"

    @cached_property
    def _apart(self) -> dict[str, str]:
        """By what each of several offices of one title is told from the others: whose it is, who employs its holder, or its code."""
        last = {ref: office.terms[-1] for ref, office in self.offices.items() if office.terms}
        alike = Counter(term.title for term in last.values())
        found = {ref: ref for ref, term in last.items() if alike[term.title] > 1}
        for tells in ("employer", "body"):  # the one that is tried last tells best
            named = {ref: (last[ref].title, self.body(getattr(last[ref], tells))) for ref in found}
            same = Counter(named.values())
            found |= {ref: body for ref, (title, body) in named.items() if body and same[title, body] == 1}
        return found

    def held_by(self, person: UUID | None, day: date) -> list[str]:
        """Return the offices that a person holds on a day."""
        return [ref for ref, office in self.offices.items() if (term := office.holder_on(day)) and term.holder == person]

    def learn(self, subjects: Iterable[UUID]) -> None:
        """Look up who people are, in one go; nothing is learned by whoever may not know."""
        new = set(subjects) - self._names.keys() if self._people else set()
        if not new:
            return
        shut, merged = closed(self._conn, new, purpose=self._purpose), worker().board.merged()
        called = {one: merged.get(one, one) for one in new - shut.keys()}
        rows = self._conn.execute(REGISTERED, (list({str(one) for one in called.values()}),)).fetchall()
        told = worker().board.subjects.reveal_all([position for position, _ in rows])
        names = {UUID(ref): told.get((position, "name")) for position, ref in rows}
        self._names |= {one: names.get(last) for one, last in called.items()} | {one: str(why) for one, why in shut.items()}

    def person(self, subject: UUID) -> str | None:
        """Return a person's name, or that it is erased or restricted; None where it is not for this reader."""
        self.learn([subject])
        return self._names.get(subject)

    def held_name(self, ref: str) -> str | None:
        """Return the name of the person who has this reference; None where it is no person's, or not for this reader."""
        try:
            return self.person(UUID(ref))
        except ValueError:
            return None
