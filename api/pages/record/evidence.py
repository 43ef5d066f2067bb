"""Evidence of an agency: the one form with which it is handed in, and all that was, for what, and what became of it, with each receipt."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from aggregates.action import Action
from aggregates.authority import BOARD
from aggregates.clocks.dates import LONDON
from aggregates.entry import stream_id
from api.access import member
from api.pages.acting import REF, forms
from api.pages.acting.act import Form, choose
from api.pages.acting.asking import Question
from api.pages.acting.possible import acting_or_nobody, against
from api.pages.board import listing
from api.pages.frame import Look, just_recorded, look, receipt_for
from api.pages.frame.entries import about_of
from api.pages.frame.files import WITHHELD, size_text, standings
from api.pages.frame.tables import Later
from api.pages.frame.thing import Said, link, quiet, strong, to_event
from api.pages.frame.words import written
from api.resources.answering.bodies import takes_files
from api.resources.answering.commands import check_reach
from api.resources.record.visible import Visible
from api.worker import worker
from projections import action_register
from projections.action_register import Filters
from projections.inspection import history as inspection_history
from service.commands import COMMANDS
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from werkzeug.wrappers import Response as Redirect

    from projections.inspection.history import HistoryEntry
    from service.recording.evidence.checking import Standing

pages = Blueprint("evidence_", __name__)

SUBMIT: Final = COMMANDS["submit_evidence"]
COLUMNS: Final = ("Evidence", "For what", "State", "Receipt")
OFFERED: Final = 50  # actions among which one is chosen
# What became of evidence for an action: the first of these that was recorded after it, and stands.
JUDGED: Final = {"action.evidence_returned.v1": "Returned", "action.signed_off.v1": "Accepted"}
FOLDED: Final = frozenset({"title", "narrative", "occurred_on", "late_reason", "on_behalf_of"}) | {"evidence_title"}


@pages.route("/evidence/new", methods=["GET", "POST"])
@member
@takes_files
def submit() -> Response | Redirect:
    """Hand in evidence for an action of one's own: which, the file, the date that it bears, and what changed."""
    return choose(SUBMIT, Form("/evidence/new", "/evidence", _actions, FOLDED))


def _actions(seen: Look) -> list[forms.FormField]:
    """Return the choice of the action: the first of those for which evidence can be handed in now, in the order in which they are due."""
    question, owned = Question(seen.on), Filters(owner=seen.on.scope.agency, open_only=True)
    rows = action_register.register(seen.on.conn, **seen.on.at, filters=owned)
    mine = list(islice((row for row in rows if against(seen, SUBMIT, row.ref, question) is None), OFFERED + 1))
    items = [{"value": row.ref, "text": f"{row.ref} {row.title}", "hint": f"Due {written(row.due_on)}"} for row in mine[:OFFERED]]
    nothing = {"text": "None of your actions waits for evidence", "href": "/actions", "link": "see the action register"}
    hint = f"The {OFFERED} due first. For any other, go to its page from the action register" if len(mine) > OFFERED else None
    only = items[0]["value"] if len(items) == 1 else None  # of one there is nothing to choose
    return [forms.field_of(REF, "choice", "partners", label="Action", value=only, hint=hint, items=items, missing=nothing)]


@pages.get("/evidence")
@member
def evidence() -> Response:
    """List what an agency has handed in, the newest first; whoever reads more than one agency says which."""
    with look() as seen:
        agency = seen.on.scope.agency or request.args.get("agency") or BOARD
        if agency not in seen.words.agencies and agency != BOARD:
            raise NotFound(kind="agency", ref=agency)
        may_see, who = Visible(seen.on), acting_or_nobody()
        found = inspection_history.citing(seen.on.conn, supplied_by_agency=agency, known_at=seen.clocks.known_at)
        entries = [e for e in found if may_see(e) and e.since <= seen.clocks.as_at and seen.on.opens(e.kind, e.ref)]
        return listing.show(
            seen,
            "entry",
            "/evidence",
            COLUMNS,
            _rows(seen, entries[::-1]),
            kept={} if seen.on.scope.agency else {"agency": agency},
            template="record/evidence.html",
            heading="Evidence",
            many="entries",
            lead=f"What {seen.words.within(agency)} handed in, for what, and what became of it.",
            empty=("Nothing was handed in.", "On the day and with the knowledge that you chose, no file of theirs was on record."),
            agencies=_others(seen, agency),
            may_submit=bool(who and SUBMIT.open_to(who.role)) and seen.clocks.is_now,
            receipt=_receipt(seen),
        )


def _others(seen: Look, agency: str) -> list[dict[str, Any]]:
    """Return whose evidence can be chosen, by who reads more than one agency."""
    if seen.on.scope.agency:
        return []
    bodies = {BOARD: seen.words.body(BOARD), **seen.words.agencies}
    return [{"value": code, "text": name, "selected": code == agency} for code, name in bodies.items()]


def _receipt(seen: Look) -> dict[str, Any] | None:
    """Return the receipt of what was handed in just now, which the list may not show yet."""
    ref = request.args.get("of")
    if not ref or not just_recorded():
        return None
    check_reach(SUBMIT, ref)
    return receipt_for(seen, stream_id(worker().board.origin, Action.TOPIC, ref))


def _rows(seen: Look, entries: Sequence[HistoryEntry]) -> list[Sequence[Said]]:
    files = standings(entries)
    return [Later(partial(_row, seen, entry, files)) for entry in entries]


def _row(seen: Look, entry: HistoryEntry, files: Mapping[str, Standing]) -> tuple[Said, ...]:
    return _what(entry, files), _for(seen, entry), _state(entry, _became(seen, entry), files), _kept(seen, entry)


def _what(entry: HistoryEntry, files: Mapping[str, Standing]) -> list[Said]:
    """Return the files of an entry: what each is, the date that it bears, and when it came, which is another."""
    return [said for item in entry.body["evidence"] for said in _file(item, files[item["sha256"]])]


def _file(item: Mapping[str, Any], standing: Standing) -> Iterator[Said]:
    received = datetime.fromisoformat(item["received_at"]).astimezone(LONDON).date()
    yield link(item["title"], f"/api/v1/evidence/{item['sha256']}" if standing.given else None)
    yield quiet(f"{item['filename']}, {size_text(item['size'])}")
    yield quiet(f"Dated {written(date.fromisoformat(item['evidence_date']))}, received {written(received)}")


def _for(seen: Look, entry: HistoryEntry) -> list[Said]:
    """Return what it was handed in for; and how late, where it came after that was due."""
    about = about_of(seen, entry)
    said = [link(about["title"] or about["ref"], about["href"]) if about else entry.ref]
    action = action_register.one(seen.on.conn, entry.ref, **seen.on.at) if entry.kind == "action" else None
    late = (entry.occurred_on - action.due_on).days if action else 0
    return [*said, strong(f"{late} {'day' if late == 1 else 'days'} after it was due")] if late > 0 else said


def _became(seen: Look, entry: HistoryEntry) -> tuple[str, HistoryEntry] | None:
    """Return what became of evidence for an action, and by which entry; None where nothing did."""
    if entry.kind != "action":
        return None
    story = inspection_history.history(seen.on.conn, **seen.on.at, kind="action", ref=entry.ref, topics=JUDGED, limit=1000)
    judged = sorted((one for one in story if not one.retracted_by), key=_order)
    first = next((one for one in judged if _order(one) > _order(entry)), None)
    return (JUDGED[first.topic], first) if first else None


def _order(entry: HistoryEntry) -> tuple[date, int]:
    return entry.since, entry.position


def _state(entry: HistoryEntry, became: tuple[str, HistoryEntry] | None, files: Mapping[str, Standing]) -> list[Said]:
    """Return whether it was received, returned or accepted, why it was returned, and whether it is given out."""
    withheld = [strong(said) for item in entry.body["evidence"] if (said := WITHHELD.get(files[item["sha256"]].sharing))]
    if entry.retracted_by:
        return ["Retracted", *withheld]
    if became is None:
        return ["Received", *withheld]
    word, by = became
    why = quiet(by.said.get("reason")) if word == "Returned" else None
    return [f"{word} {written(by.since)}", *([why] if why else []), *withheld]


def _kept(seen: Look, entry: HistoryEntry) -> list[Said]:
    receipt = link("Receipt", f"/api/v1/events/{entry.position}/receipt", f"of event {entry.position:,}")
    return [receipt, to_event(seen, entry.position)]
