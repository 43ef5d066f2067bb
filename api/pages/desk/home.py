"""Home: what is owed by whoever is signed in, what is coming due first; for nobody, what this is and how to check it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from api.access import caller, own_office, public
from api.pages.acting.possible import acting_or_nobody
from api.pages.board.people import waiting
from api.pages.desk import duties
from api.pages.frame import Look, look, render
from api.pages.frame.entries import timeline
from api.pages.obligations import summary
from api.pages.returns.answering import all_kept
from projections import action_register, obligations, partnership
from projections.inspection import history as inspection_history
from projections.obligations import Wanted
from service import commands
from service.commands import COMMANDS
from service.desk.roles import INSPECTORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregates.authority import Acting

pages = Blueprint("home", __name__)

RECENT: Final = 5
GRID: Final = ("Clause by clause, who owes what", "What is met, open and overdue, and the event that shows it", "/compliance")
COMMON: Final = (GRID,)
# Where somebody of a role begins, beside what is owed: a title, what is found there, and its address.
BEGIN: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    commands.LEAD: (
        ("Submit evidence", "For an action: a file, its date, and what changed", "/evidence/new"),
        ("All about your agency", "What it owes and did, down to the event behind each figure", "/agencies/{agency}"),
        ("See what an inspector would see", "Rehearse an inspection of your agency, before one comes", "/rehearsal"),
        ("Returns", "What your agency is asked, and what it answered", "/returns"),
        ("Dissemination", "What was sent to you, to be acknowledged and passed on", "/disseminations"),
    ),
    commands.TRAINER: (
        ("Training sessions", "Who was there, links for participants, and the five points of the evaluation", "/sessions"),
        ("Returns", "Your own learning of each year", "/returns"),
    ),
    commands.OFFICER: (
        ("Data protection", "Requests to erase, restrictions and holds, and texts that wait for you", "/data-protection"),
    ),
    **dict.fromkeys(
        INSPECTORS,
        (GRID, ("The action register", "What was promised after each review, and whether it lasted", "/actions"),
         ("Check the log", "The last checkpoint, and how to verify everything without us", "/integrity")),
    ),
}  # fmt: skip
# What a board that has just begun does first, by the command with which it is done.
FIRST_STEPS: Final = {
    "join_agency": ("Record the agencies that have joined", "Nothing is owed by anybody before they are there", "/agencies/new"),
    "constitute_sub_group": ("Constitute the sub-groups", "They oversee what the agencies promise", "/sub-groups/new"),
    "appoint_office_holder": (
        "Register people and appoint them to offices",
        "A chair, and a designated lead for each agency; the command muniment account then lets them sign in",
        "/subjects/new",
    ),
    "adopt_framework": ("Adopt a framework", "What is owed follows from its clauses", "/partnership/adopt_framework"),
}
MINE: Final = "SELECT position FROM views.inspection_history WHERE by_office = %s AND position <= %s ORDER BY position DESC LIMIT %s"
PROPOSED: Final = """
    SELECT DISTINCT amends FROM views.inspection_history WHERE topic LIKE '%%.amendment_proposed.v1' AND position <= %s"""


@pages.get("/")
@public
def home() -> Response:
    """Show what is owed by the caller; to nobody, what this is."""
    who = caller()
    if who is None:
        return render("desk/welcome.html")
    acting = acting_or_nobody()
    if acting is None:
        return render("desk/no_office.html", operates=who.may_operate)
    with look() as seen:
        owed = [*duties.of_actions(seen, acting), *summary.duties(seen, acting)]
        owed += waiting.duties(seen) if acting.role == commands.OFFICER else ()
        return render(
            "desk/home.html",
            look=seen,
            owed=list(duties.by_when(owed, seen.clocks.as_at)),
            owed_href=seen.link("/actions", only="open"),
            obligations_href=seen.link("/obligations"),
            figures=_figures(seen),
            tasks=list(_tasks(seen, acting)),
            recent=_recent(seen),
            rehearsed=(seen.words.body(seen.on.scope.agency) or "the whole Board") if who.rehearses else None,
        )


@pages.get("/accessibility")
@public
def accessibility() -> Response:
    """Show the accessibility statement."""
    return render("desk/accessibility.html", contact=None)


def _figures(seen: Look) -> list[dict[str, Any]]:
    """Return the Board's position today; whoever sees a part of it sees what is owed above, and no figures of the Board."""
    if seen.on.scope.partial:
        return []
    counts = action_register.summary(seen.on.conn, **seen.on.at)
    told = (
        (counts.owed, "still owed", "open"),
        (counts.overdue, "overdue", "overdue"),
        (counts.held, "held on re-test", "held"),
        (counts.slipped, "slipped on re-test", "slipped"),
    )
    actions = [{"number": number, "label": f"actions {label}", "href": seen.link("/actions", only=only)} for number, label, only in told]
    late = obligations.count(seen.on.conn, **seen.on.at, wanted=Wanted(states=["overdue"], open_only=True))
    duties_ = {"number": late, "label": "obligations overdue", "href": seen.link("/obligations", state="overdue")}
    return [*actions[:2], duties_, *actions[2:]]


def _tasks(seen: Look, acting: Acting) -> Iterator[dict[str, str | None]]:
    """Give what else an office can do from here; on a new board first of all what makes it one."""
    yield from _first_steps(seen, acting)
    for ref, kept in all_kept():
        yield {"title": f"Go on with your answer: {seen.title_of('return', ref) or ref}", "text": kept, "href": f"/returns/{ref}"}
    if acting.role == commands.OFFICER:
        yield from waiting.tasks()
    if acting.role in {commands.CHAIR, commands.DEPUTY}:
        amended = [p for (p,) in seen.on.conn.execute(PROPOSED, (seen.clocks.known_at,)).fetchall()]
        for entry in inspection_history.entries_at(seen.on.conn, amended, known_at=seen.clocks.known_at):
            for position in entry.proposals:
                href = f"/events/{position}"
                yield {"title": f"Decide on the amendment proposed for {entry.ref}", "text": f"Event {position}", "href": href}
    if acting.role in COMMANDS["assign_action"].by:
        yield {"title": "Assign an action", "text": "To an agency, in answer to a finding", "href": "/actions/new"}
    if acting.role in INSPECTORS and (agency := seen.on.scope.agency):
        text = "What it owes and did, down to the event behind each figure"
        yield {"title": f"All about {seen.words.within(agency)}", "text": text, "href": f"/agencies/{agency}"}
    for title, text, href in BEGIN.get(acting.role or "", COMMON):
        yield {"title": title, "text": text, "href": href.format(agency=acting.body or acting.agency)}
    yield {"title": "Replay a day", "text": "What was so, and what was known of it then", "href": "/replay"}


def _first_steps(seen: Look, acting: Acting) -> Iterator[dict[str, str | None]]:
    """Give what a board lacks that has just begun, in the order in which one thing needs the other; nobody owes anything before."""
    if not any(acting.role in COMMANDS[command].by for command in FIRST_STEPS):
        return
    there = {
        "join_agency": partnership.agencies(seen.on.conn, **seen.on.at),
        "constitute_sub_group": partnership.sub_groups(seen.on.conn, **seen.on.at),
        "appoint_office_holder": partnership.offices(seen.on.conn, **seen.on.at)[1:],  # beside the board manager's
        "adopt_framework": partnership.settings(seen.on.conn, **seen.on.at).framework,
    }
    for command, (title, text, href) in FIRST_STEPS.items():
        if not there[command] and acting.role in COMMANDS[command].by:
            yield {"title": title, "text": text, "href": href}


def _recent(seen: Look) -> list[dict[str, Any]]:
    found = seen.on.conn.execute(MINE, (own_office(), seen.clocks.known_at, RECENT)).fetchall()
    entries = inspection_history.entries_at(seen.on.conn, [position for (position,) in found], known_at=seen.clocks.known_at)
    return timeline(seen, entries[::-1], about=True)
