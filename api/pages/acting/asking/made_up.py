"""Values with which it is asked whether something could be done: plausible ones, of which nothing is said but that they are there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from aggregates import errors
from aggregates.authority import BOARD
from aggregates.dissemination import DisseminationState
from aggregates.dissemination import refusals as dissemination
from aggregates.dissemination.state import NEED_TO_KNOW
from aggregates.entry.values import Evidence, Sealed
from aggregates.partnership import framework
from aggregates.registry import Keys
from aggregates.registry.key_state import DisputedAlready, NotInItsLife, StillLive, UnknownKey
from aggregates.returns import ReturnState
from aggregates.returns import refusals as of_returns
from aggregates.review import refusals
from aggregates.review.items import ANSWERS
from aggregates.training_session import TrainingSession
from aggregates.training_session.refusals import NobodyOfThisNumber
from api.pages.acting import of_sessions
from api.resources.answering.commands import acting_as
from api.worker import worker
from service.commands import LEAD
from service.ledger.keys import BadKey, NotProven

if TYPE_CHECKING:
    from aggregates.entry.fields import Field
    from aggregates.registry.key_state import KeysState
    from aggregates.registry.subject_state import SubjectState
    from aggregates.review import ReviewState
    from api.pages.acting.asking.question import Question
    from api.pages.frame.words import Words
    from service.commands import Command

YEAR: Final = timedelta(days=365)
HASH: Final = "0" * 64
MADE_UP_TEXT: Final = "…"  # a refusal that quotes it is of what was made up
NOBODY: Final = UUID(int=0)
# Refusals of a value that was made up for the question: they say nothing of whether it could be done.
MADE_UP: Final = (
    BadKey,
    DisputedAlready,
    NotInItsLife,
    StillLive,
    NotProven,
    UnknownKey,
    errors.NothingNamed,
    framework.NotAnObligationSet,
    framework.VersionInForce,
    refusals.NotAHash,
    dissemination.NoSuccessor,
    dissemination.NotADeclaredGroup,
    refusals.NotWhatWasPresented,
    refusals.NothingSaidOfLateness,
    refusals.NoParallelProcess,
    refusals.NotIndependent,
    refusals.TakenDownTooSoon,
    refusals.DeferredTooLong,
    refusals.NotLater,
    NobodyOfThisNumber,
    of_returns.AnswersToReview,
    of_returns.GradeWithoutReason,
    of_returns.NoSuchQuestionSet,
    of_returns.NoSuchSection,
    of_returns.NotEveryQuestion,
    of_returns.NotEveryStandard,
    of_returns.NotItsReference,
    of_returns.OddPeriod,
    *of_sessions.MADE_UP,
)


def plausible(question: Question, command: Command, thing: Any, words: Words) -> dict[str, Any]:
    """Return values with which a command could be given."""
    known = _known(question, thing.state, words)
    if command.kind == "subject":
        known |= _of_a_person(command, thing.state)
    if isinstance(thing, Keys):
        known |= _of_a_key(question, command, thing.state)
    if isinstance(thing, TrainingSession) and thing.state:
        known |= of_sessions.known(command.name, thing.state, words, lead=acting_as().role == LEAD)
    return {f.name: known[f.name] if f.name in known else _made_up(f) for f in command.fields}


def _made_up(said: Field) -> Any:
    if said.many:
        return (a_file(),) if said.kind is Evidence else () if said.kind is not str else ("…",)
    if said.choices:
        return None if said.optional else said.choices[0]
    if said.name.endswith("sha256"):
        return HASH
    today = worker().today
    made_up: dict[Any, Any] = {str: "…", int: 1, bool: False, date: today + YEAR, Sealed: Sealed(NOBODY, str(NOBODY)), Evidence: a_file()}
    return made_up[said.kind]


def a_file() -> Evidence:
    """Return a file that is not there."""
    return Evidence(HASH, 1, "", "", "", worker().today, "", "restricted")


def _known(question: Question, state: Any, words: Words) -> dict[str, Any]:
    """Return the values that depend on the thing that it is about."""
    today = worker().today
    known: dict[str, Any] = {
        "occurred_on": today,
        "review_by": today + timedelta(days=30),
        "redaction_of": None,
        "keep_online_until": today + 9 * YEAR,
    }
    known |= {
        "until_on": today,
        "year": today.year,
        "setting": "backdating_limit",
        "value": "35",
        "why_late": "…",
        "meeting": None,
        "url": "https://…",
    }
    others = [code for code in (*words.agencies, BOARD) if code not in {getattr(state, "owner", None), getattr(state, "overseen_by", None)}]
    office = next(iter(words.offices), "-")
    known |= {"owner": others[0], "successor": others[0], "owner_office": office, "to_office": office}
    if hasattr(state, "leaves_on"):
        known |= {"leaves_on": today, "item": next(iter(question.owed(state.code)), "…")}
    if hasattr(state, "escalation_level"):
        known |= {"level": state.escalation_level + 1, "due_on": max(today, state.due_on) + YEAR}
    if isinstance(state, DisseminationState):
        known |= _of_an_item(state, words)
    elif hasattr(state, "findings"):
        known |= _of_a_review(state)
    if isinstance(state, ReturnState):
        left = [number for number in state.below(worker().board.settings.moderation_threshold) if number not in dict(state.no_action)]
        known |= {"as_at": today, "known_at": None}
        known["standard"] = next(iter([*left, *(state.moderation.by_standard if state.moderation else ())]), MADE_UP_TEXT)
    if hasattr(state, "framework"):
        version = state.framework.version if state.framework else None
        known |= {"version": version or "…", "supersedes": version, "regime": "", "effective_on": state.effective_on + YEAR}
    return known


def _of_a_person(command: Command, state: SubjectState) -> dict[str, Any]:
    matter = next(iter(state.held), "-") if command.name == "release_legal_hold" else MADE_UP_TEXT  # with no hold there is none to release
    today = worker().today
    waits = next(((one.reference, one.on) for one in state.access_asked), ("-", today))
    reference, received_on = waits if command.name == "answer_access_request" else (MADE_UP_TEXT, today)
    of_days = {"received_on": received_on, "disclosed_on": state.erased_on or today, "kept_until": today + YEAR}
    return {"matter": matter, "reference": reference, "into": acting_as().person or NOBODY, **of_days}


def _of_a_key(question: Question, command: Command, state: KeysState) -> dict[str, Any]:
    """Return a key with which it could be done, their own first: to be declared compromised, it may have ended."""
    who = acting_as()
    keys = [key for key in state.keys if key.purpose == "acts" and (key.status == "live" or command.name == "declare_key_compromised")]
    key = next(iter(sorted(keys, key=lambda key: key.holder not in {who.office, who.body})), None)
    holder = key.holder if key and command.name == "rotate_signing_key" else who.office
    position = next(iter(question.disputed()), 1)
    return {"thumbprint": key.thumbprint if key else HASH, "holder": holder, "position": position, "purpose": "acts"}


def _of_an_item(state: DisseminationState, words: Words) -> dict[str, Any]:
    others = [code for code in words.agencies if code not in state.recipients]
    said = {"content_sha256": state.item.content_sha256, "staff_groups": ({"group": "…", "basis": NEED_TO_KNOW},), "audiences": ()}
    return said | {"to": (), "actions": (), "agencies": tuple(words.agencies)[:1], "agency": next(iter(others or words.agencies), BOARD)}


def _of_a_review(state: ReviewState) -> dict[str, Any]:
    numbers = tuple(finding.number for finding in state.findings)
    asked = [one.agency for one in state.information if one.submitted_on is None]
    return {
        "responses": tuple({"number": number, "response": ANSWERS[0]} for number in numbers),
        "findings": numbers,
        "number": "…",
        "agency": asked[0] if asked else BOARD,
        "organisations": state.conflicts or state.organisations or ("…",),
        "report_sha256": state.report.sha256 if state.report else HASH,
        "process": state.processes[0].process if state.processes else "coroner",
        "review_kind": state.kind,
        "members": ({"organisation": "…", "role": "…"},),
        "criteria": ({"criterion": "…", "met": True},),
    }
