"""What somebody can do now: each decision is asked of the aggregate itself, so that no page holds a second copy of its rules.

A decision that would be recorded is possible; one that is refused says why. Nothing is recorded (`asking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from aggregates import errors
from aggregates.action import refusals
from aggregates.dissemination.refusals import NotARecipient
from aggregates.entry.fields import corrections
from aggregates.errors import Refused
from aggregates.partnership.challenge import NotChallenged
from aggregates.partnership.meeting import NotTheirMeeting
from aggregates.partnership.membership import OpenObligations
from aggregates.registry.protection import AccessWaits
from aggregates.returns import refusals as of_returns
from aggregates.review import refusals as of_review
from aggregates.training_session import refusals as of_training
from api.pages.acting import ON_BEHALF_OF
from api.pages.acting.addresses import address_of
from api.pages.acting.asking import Question, plausible
from api.pages.frame.entries import kind_of
from api.pages.frame.words import linked, sentence
from api.resources.answering.commands import acting_as, declared
from api.worker import worker
from service import commands
from service.commands import AMENDMENTS, KINDS, Command, find
from service.desk import authority
from service.desk.refusals import NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aggregates.authority import Acting
    from api.pages.frame import Look
    from projections.inspection.history import HistoryEntry

# Refusals that tell somebody who holds the right office why it is not for them all the same.
INSTRUCTIVE: Final = (
    refusals.OwnAction,
    refusals.ChairsEmployer,
    refusals.SamePerson,
    refusals.NoEvidence,
    refusals.ChecksOutstanding,
    refusals.NotSustained,
    errors.CountersignatureNeeded,
    errors.BeneficiaryAlone,
    errors.OwnProposal,
    errors.RestsOnIt,
    AccessWaits,
    OpenObligations,
    of_review.ChairNotIndependent,
    of_review.BreachNotRecorded,
    of_review.NotAnswered,
    of_training.NotTheirAnswer,
    of_training.PopulationForTwo,
    of_training.TrainerInvolved,
    of_returns.EmployersReturn,
    of_returns.GapsUnanswered,
    of_returns.NothingModerated,
    of_returns.OwnReturn,
    of_returns.StillChallenged,
)
# Refusals of the person who asks, whatever they would write: a form that they could never send is not shown to them.
NEVER_THEIRS: Final = (
    refusals.NotOwner,
    refusals.NotOverseeing,
    refusals.NotBoardLevel,
    errors.NotTheirsToAmend,
    errors.CountersignatureNeeded,
    errors.BeneficiaryAlone,
    errors.NotTheCountersigner,
    errors.OwnProposal,
    of_review.NotTheChair,
    of_review.NotTheLeadReviewer,
    of_review.NotTheirInformation,
    NotTheirMeeting,
    NotChallenged,
    of_training.NotTheirSession,
    of_training.PopulationForTwo,
    of_training.TrainerInvolved,
    NotARecipient,
    of_returns.EmployersReturn,
    of_returns.NotTheRespondent,
    of_returns.OwnReturn,
)
OF_THE_PERSON: Final = (*NEVER_THEIRS, NotAllowed)  # or of their office: somebody else might


@dataclass(frozen=True, slots=True)
class Possible:
    """What can be done, as a page lists it, and why other things cannot."""

    can: list[dict[str, str | None]]
    cannot: list[str]


def with_thing(
    seen: Look, kind: str, ref: str, *, only: Collection[str] | None = None, saying: Mapping[str, Mapping[str, Any]] | None = None
) -> Possible:
    """Say what the caller can do with a thing now, or which of some commands; the board manager also for the offices that answer for it.

    `saying` are the values that a command has to say, by its name: whether it can be done is asked with those.
    """
    found = Possible([], [])
    who = acting_or_nobody()
    thing = worker().board.find(KINDS[kind], ref)
    if who is None or thing is None or thing.state is None or not seen.clocks.is_now:
        return found
    question = Question(seen.on)
    for command in declared(kind):
        if (
            command.creates
            or command.name in AMENDMENTS
            or not command.open_to(who.role)
            or (only is not None and command.name not in only)
        ):
            continue
        offices, refused = _asked(seen, question, who, command, thing, saying=(saying or {}).get(command.name, {}))
        if offices:
            found.can.append(_task(seen, command, ref, offices))
        elif isinstance(refused, INSTRUCTIVE) and (why := linked(refused, seen.words)) not in found.cannot:
            found.cannot.append(why)
    return found


def to_begin(kind: str) -> list[dict[str, str | None]]:
    """Say what of a kind of thing the caller can begin."""
    who = acting_or_nobody()
    commands_ = [command for command in declared(kind) if command.creates and who is not None and command.open_to(who.role)]
    return [{"title": command.title, "href": address_of(command, None), "text": None} for command in commands_]


def with_entry(seen: Look, entry: HistoryEntry) -> Possible:
    """Say how the caller can amend an entry now, and whether they can make the amendment that it proposes."""
    found = Possible([], [])
    if entry.kind not in commands.AMENDABLE:
        return found
    if entry.amends and kind_of(entry) == "proposed":
        act = "correct" if corrections(entry.body) else "retract"
        href = f"/events/{entry.amends}/{act}?proposal={entry.position}"
        _note(seen, found, amendment_refused(entry, act, proposal=entry), title="Make the proposed amendment", href=href)
    for act, name in AMENDING.items():
        command = find(name, entry.kind)
        _note(seen, found, amendment_refused(entry, act), title=command.title if command else None, href=f"/events/{entry.position}/{act}")
    return found


AMENDING: Final = {"propose": "propose_amendment", "correct": "correct_entry", "retract": "retract_entry"}


def _note(seen: Look, found: Possible, refused: Refused | None, **task: str | None) -> None:
    """Note what came of a question."""
    if refused is None:
        found.can.append({**task, "text": None})
    elif isinstance(refused, INSTRUCTIVE) and (why := sentence(refused, seen.words)) not in found.cannot:
        found.cannot.append(why)


def amendment_refused(entry: HistoryEntry, act: str, *, proposal: HistoryEntry | None = None) -> Refused | None:
    """Return what stands against the caller's correcting, retracting or proposing now, or None; with `proposal`, against making that one.

    `entry` is the one to amend, or the proposal itself.
    """
    if proposal is None:
        said: dict[str, Any] = {"amends": entry.version}
        said |= {"corrected": {"occurred_on": entry.since.isoformat()}} if act == "correct" else {}
    else:
        proposed = corrections(proposal.body)
        said = {"amends": proposal.body["amends"], "proposal": proposal.version} | ({"corrected": proposed} if proposed else {})
    command = find(AMENDING[act], entry.kind)
    if command is None:
        return NotFound(kind="page", ref=f"to {act} event {entry.position}")
    thing = worker().board.load(KINDS[entry.kind], entry.ref, fresh=True)
    try:
        who = acting_as()
        authority.allow(command, who)
        _ask(thing, command.name.removesuffix("_entry"), acting=who, reason="…", **said)
    except Refused as refused:
        return refused
    return None


@dataclass(frozen=True, slots=True)
class Against:
    """What stands against an act before anything is written: `never` because of whose it is, or today, as the thing stands."""

    refused: Refused
    never: bool


def against(seen: Look, command: Command, ref: str, question: Question | None = None) -> Against | None:
    """Return what stands against an act, or None. The board manager may record any of them for another office."""
    who, question = acting_as(), question or Question(seen.on)
    try:
        thing = question.thing(KINDS[command.kind], ref)
    except NotFound:
        return None
    if thing.state is None:
        return None
    _, refused = _asked(seen, question, who, command, thing)
    if refused is None:
        return None
    if who.role != commands.MANAGER:
        return Against(refused, isinstance(refused, NEVER_THEIRS))
    return None if isinstance(refused, OF_THE_PERSON) else Against(refused, never=False)


def may_be_given(seen: Look, command: Command, ref: str, said: dict[str, Any]) -> bool:
    """Say whether the caller could give a command with these values in their own office."""
    who = acting_or_nobody()
    return who is not None and Question(seen.on).refusal(command, ref, who, said) is None


def _asked(
    seen: Look, question: Question, who: Acting, command: Command, thing: Any, *, saying: Mapping[str, Any] = MappingProxyType({})
) -> tuple[list[str | None], Refused | None]:
    """Return the offices in which the caller could do it now, and what stands against it where there is none.

    None is their own office. For others only the board manager records; what is refused to one of those is said only where it would be
    refused to whomever it is for: not because of who that one is.
    """
    said = plausible(question, command, thing, seen.words) | dict(saying)
    refused = question.refusal(command, thing.ref, who, said)
    if refused is None:
        return [None], None
    answers = {office: question.refusal(command, thing.ref, acting_as(office), said) for office in _answering(seen, who, command, thing)}
    if able := [office for office, against in answers.items() if against is None]:
        return [*able], None
    whoever = [one for one in (refused, *answers.values()) if one and not isinstance(one, OF_THE_PERSON)]
    return [], next(iter(whoever), refused)


def _answering(seen: Look, who: Acting, command: Command, thing: Any) -> list[str]:
    """Return the offices for which the board manager may record this command: those that it is for, and that answer for the thing."""
    if who.role != commands.MANAGER:
        return []
    today = worker().today
    held = [(ref, term) for ref, office in seen.words.offices.items() if (term := office.holder_on(today)) and term.role in command.by]
    oversees, owns = getattr(thing.state, "overseen_by", None), getattr(thing.state, "owner_office", None)
    return [ref for ref, term in held if oversees is None or ref == owns or term.body == oversees or term.role == commands.CHAIR]


def _ask(thing: Any, decision: str, **said: Any) -> None:
    """Ask an aggregate that was loaded for this alone to decide, and let it record nothing."""
    vars(thing)["record"] = lambda *_, **__: None
    getattr(thing, decision)(occurred_on=worker().today, **said)


def _task(seen: Look, command: Command, ref: str, offices: list[str | None]) -> dict[str, str | None]:
    """Return what a page says of a task. For whom the manager does it is chosen on the form, unless there is one office only."""
    task: dict[str, str | None] = {"name": command.name, "title": command.title, "href": address_of(command, ref), "text": None}
    if offices == [None]:
        return task
    if len(offices) > 1:
        return task | {"text": "On behalf of another office: you say which"}
    return task | {"href": f"{task['href']}?{ON_BEHALF_OF}={offices[0]}", "text": f"On behalf of: {seen.words.office(str(offices[0]))}"}


def acting_or_nobody() -> Acting | None:
    """Return as whom the caller acts today; None where they do not hold the office of their session any more."""
    try:
        return acting_as()
    except Refused:
        return None
