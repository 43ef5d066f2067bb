"""What somebody can do now: each decision is asked of the aggregate itself, so that no page holds a second copy of its rules.

A decision that would be recorded is possible; one that is refused says why. Nothing is recorded: the aggregate that is asked is
loaded for the question alone, and its `record` does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from aggregates import errors
from aggregates.action import Action, refusals
from aggregates.authority import BOARD, Acting
from aggregates.errors import Refused
from aggregates.fields import corrections
from aggregates.values import Evidence
from api.access import signed_in
from api.pages.entries import kind_of
from api.resources.commands import acting_as, declared
from api.worker import worker
from service import commands
from service.commands import AMENDMENTS, KINDS, Command, find
from service.desk import authority
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from api.pages.frame import Look
    from projections.inspection_history import HistoryEntry

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
)
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Possible:
    """What can be done, as a page lists it, and why other things cannot."""

    can: list[dict[str, str | None]]
    cannot: list[str]


def with_action(seen: Look, ref: str) -> Possible:
    """Say what the caller can do with an action now; the board manager also for the offices that answer for it."""
    found = Possible([], [])
    action: Action | None = worker().board.find(Action, ref, fresh=True)
    if action is None or action.state is None or not seen.clocks.is_now:
        return found
    offices = [None, *_answering(seen, action)]
    for command in declared("action"):
        if command.creates or command.name in AMENDMENTS:
            continue
        for office in offices:
            refused = _refusal(action, command, office)
            if refused is None:
                found.can.append(_task(seen, command, ref, office))
                break
            if isinstance(refused, INSTRUCTIVE) and refused.message not in found.cannot:
                found.cannot.append(refused.message)
    return found


def with_entry(entry: HistoryEntry) -> Possible:
    """Say how the caller can amend an entry now, and whether they can make the amendment that it proposes."""
    found = Possible([], [])
    if entry.kind not in commands.AMENDABLE:
        return found
    if entry.amends and kind_of(entry) == "proposed":
        act = "correct" if corrections(entry.body) else "retract"
        href = f"/events/{entry.amends}/{act}?proposal={entry.position}"
        _note(found, amendment_refused(entry, act, proposal=entry), title="Make the proposed amendment", href=href)
    for act, name in AMENDING.items():
        command = find(name, entry.kind)
        _note(found, amendment_refused(entry, act), title=command.title if command else None, href=f"/events/{entry.position}/{act}")
    return found


AMENDING: Final = {"propose": "propose_amendment", "correct": "correct_entry", "retract": "retract_entry"}


def _note(found: Possible, refused: Refused | None, **task: str | None) -> None:
    """Note what came of a question."""
    if refused is None:
        found.can.append({**task, "text": None})
    elif isinstance(refused, INSTRUCTIVE) and refused.message not in found.cannot:
        found.cannot.append(refused.message)


def amendment_refused(entry: HistoryEntry, act: str, *, proposal: HistoryEntry | None = None) -> Refused | None:
    """Return what stands against the caller's correcting, retracting or proposing now, or None; with `proposal`, against making that one.

    `entry` is the one to amend, or the proposal itself.
    """
    if proposal is None:
        said: dict[str, Any] = {"amends": entry.version}
        said |= {"corrected": {"occurred_on": worker().today.isoformat()}} if act == "correct" else {}
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


def never_theirs(command: Command, ref: str) -> Refused | None:
    """Return why an act upon an action is never the caller's, or None. The board manager may record any of them for another office."""
    action: Action | None = worker().board.find(Action, ref, fresh=True)
    if action is None or action.state is None or acting_as().role == commands.MANAGER:
        return None
    refused = _refusal(action, command, None)
    return refused if isinstance(refused, NEVER_THEIRS) else None


def _answering(seen: Look, action: Action) -> list[str]:
    """Return the offices that answer for an action, for the board manager, who may record for them."""
    state = action.state
    office = seen.words.offices.get(signed_in().office or "")
    term = office.holder_on(worker().today) if office else None
    if state is None or term is None or term.role != commands.MANAGER:
        return []
    judging = [
        ref for ref, o in seen.words.offices.items() if (t := o.holder_on(worker().today)) and _judges(t.role, t.body, state.overseen_by)
    ]
    return [office for office in (state.owner_office, *judging) if office]


def _judges(role: str, body: str | None, overseen_by: str) -> bool:
    return (role == commands.SUB_GROUP_CHAIR and body == overseen_by) or role == commands.CHAIR


def _refusal(action: Action, command: Command, office: str | None) -> Refused | None:
    """Return what stands against a command, or None."""
    try:
        who = acting_as(office)
        authority.allow(command, who)
        _ask(action, command.name.removesuffix("_action"), acting=who, **plausible(command, action))
    except Refused as refused:
        return refused
    return None


def _ask(thing: Any, decision: str, **said: Any) -> None:
    """Ask an aggregate that was loaded for this alone to decide, and let it record nothing."""
    vars(thing)["record"] = lambda *_, **__: None
    getattr(thing, decision)(occurred_on=worker().today, **said)


def plausible(command: Command, action: Action) -> dict[str, Any]:
    """Return values with which a command could be given: only the state and who acts are then left to refuse it."""
    state = action.state
    if state is None:
        return {}
    today = worker().today
    another = next(code for code in ("-", BOARD) if code not in {state.owner, state.overseen_by})
    file = Evidence("0" * 64, 1, "", "", "", today, "", "restricted")
    kinds: dict[Any, Any] = {str: "…", int: state.escalation_level + 1, date: max(today, state.due_on) + YEAR, Evidence: (file,)}
    known = {"owner": another, "by_ref": "-"}
    return {f.name: known.get(f.name) or (f.choices[0] if f.choices else kinds[f.kind]) for f in command.fields}


def _task(seen: Look, command: Command, ref: str, office: str | None) -> dict[str, str | None]:
    address = f"/actions/{ref}/{command.name}"
    if office is None:
        return {"title": command.title, "href": address, "text": None}
    return {"title": command.title, "href": f"{address}?on_behalf_of={office}", "text": f"On behalf of: {seen.words.office(office)}"}


def acting_or_nobody() -> Acting | None:
    """Return as whom the caller acts today; None where they do not hold the office of their session any more."""
    try:
        return acting_as()
    except Refused:
        return None
