"""Who was asked, and who did not answer: organisations and sub-groups by name, and nobody else (journey F.2)."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from aggregates.dissemination import Dissemination
from aggregates.returns import Return
from aggregates.returns.events import KINDS
from aggregates.returns.report.parts import Figure, Lack, Number, day, number, of

if TYPE_CHECKING:
    from aggregates.returns.report.parts import Cell
    from aggregates.returns.report.record import Said, Year

OF_A_PERSON = "trainer_cpd"  # asked of the office of one trainer: a report names organisations alone
OF_FAMILIES = "cyp_family_feedback"


def returns(on: Year) -> Figure:
    """Say of what was due in the year how much was answered, in time or late."""
    asked, answered, waived = _due(on), _answered(on), on.last_of(Return.Waived)
    by_kind: dict[str, list[Said]] = defaultdict(list)
    for said in asked:
        by_kind[said["kind"]].append(said)
    rows: list[tuple[Cell, ...]] = []
    total = Counter[str]()
    for kind in (kind for kind in KINDS if kind in by_kind):
        its = by_kind[kind]
        given = [(said, answered[said.ref]) for said in its if said.ref in answered]
        in_time = [answer for said, answer in given if answer.on <= said["due_on"]]
        late = [answer for said, answer in given if answer.on > said["due_on"]]
        never = [said for said in its if said.ref not in answered and said.ref not in waived]
        rows.append((KINDS[kind], *map(number, (its, in_time, late, never))))
        total.update({"in time": len(in_time), "late": len(late), "never": len(never)})
    came = f"{total['in time']} came in time, {total['late']} late, and {total['never']} never"
    return Figure(
        "returns",
        "What was asked, and answered",
        f"{of(len(asked), 'return was', 'returns were')} due: {came}.",
        columns=("What was asked", "Due in the year", "In time", "Late", "Never"),
        rows=rows,
        behind=[()] * len(rows),
        empty="Nothing was asked of anybody.",
        lacking=() if asked else (Lack("nothing was asked of the partners in the year"),),
    )


def unanswered(on: Year) -> Figure:
    """Name who did not answer, and what."""
    answered = {*_answered(on), *on.last_of(Return.Waived)}
    silent = [said for said in _due(on) if said.ref not in answered]
    return Figure(
        "unanswered",
        "Who did not answer",
        f"{of(len({said['respondent'] for said in silent}), 'body', 'bodies')} did not answer what was asked of them.",
        columns=("Who", "What was asked", "Due"),
        rows=[(on.body(said["respondent"]), f"{KINDS[said['kind']]}, {said['period']}", day(said["due_on"])) for said in silent],
        behind=[(said.at,) for said in silent],
        empty="Everybody answered.",
    )


def unacknowledged(on: Year) -> Figure:
    """Name who was sent the learning of reviews, and has not said that they have it."""
    ended = {said.ref for said in on.so_far(Dissemination.Withdrawn, Dissemination.Superseded)}
    has = {(said.ref, said["agency"]) for said in on.so_far(Dissemination.Acknowledged)}
    owed = defaultdict(list)
    for said in on.so_far(Dissemination.Issued):
        if said.ref not in ended and on.first <= said["acknowledgement_due"] <= on.last:
            for agency in said["recipients"]:
                owed[agency].append(said)
    silent = {agency: [said for said in sent if (said.ref, agency) not in has] for agency, sent in owed.items()}
    named = sorted(agency for agency, sent in silent.items() if sent)
    return Figure(
        "unacknowledged",
        "Who has not acknowledged what they were sent",
        f"{of(len(named), 'organisation has', 'organisations have')} not acknowledged everything that they were sent.",
        columns=("Organisation", "Sent", "Not acknowledged"),
        rows=[(on.body(agency), number(owed[agency]), number(silent[agency])) for agency in named],
        behind=[()] * len(named),
        empty="Everything that was sent was acknowledged.",
    )


def families(on: Year) -> Figure:
    """Say who brought in what children and families say, for the year."""
    asked = [said for said in _due(on) if said["kind"] == OF_FAMILIES]
    answered = _answered(on)
    given = [said for said in asked if said.ref in answered]
    return Figure(
        "families",
        "What children and families said",
        f"{of(len(given), 'body', 'bodies')} brought in what children and families say.",
        (("Asked", number(asked)), ("Brought in", Number(len(given), tuple(sorted(answered[said.ref].at for said in given))))),
        columns=("Who", "Period", "Brought in"),
        rows=[(on.body(said["respondent"]), said["period"], day(answered[said.ref].on)) for said in given],
        behind=[(answered[said.ref].at,) for said in given],
        empty="Nobody brought in what children and families say.",
        lacking=() if given else (Lack("no feedback of children or families is on record", f"return:{asked[0].ref}" if asked else None),),
    )


def _answered(on: Year) -> dict[str, Said]:
    """Return, by the return, what first answered it: the Board answers by publishing its report, and no later edition makes that late."""
    return {said.ref: said for said in reversed(on.so_far(Return.Submitted, Return.Published))}


def _due(on: Year) -> list[Said]:
    asked = on.last_of(Return.Requested).values()
    return [said for said in asked if on.first <= said["due_on"] <= on.end and said["kind"] != OF_A_PERSON]
