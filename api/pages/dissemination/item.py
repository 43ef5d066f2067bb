"""One item that the Board sent: what it is, and what each recipient did with it, every cell with its event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from api.access import member
from api.pages.board.listing import findings, linked
from api.pages.dissemination.matrix import PATH, cell_of
from api.pages.frame import Look, look, thing
from api.pages.frame.files import size_text
from api.pages.frame.thing import Said, fact, facts, link, quiet, section, strong
from api.pages.frame.words import choice_of, written
from api.resources.disseminations import visible
from projections import partnership

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.dissemination import ItemRow, RecipientRow
    from projections.inspection.history import HistoryEntry

pages = Blueprint("dissemination_item", __name__)

COLUMNS: Final = ("Agency", "How far it is", "Acknowledged", "Passed on", "Talked over", "Implications")
WHAT_COUNTS: Final = (
    "Cascaded is what has reached every staff group that needs to know it. Embedded is what was besides talked over in team meetings and "
    "in supervision, with its implications stated (framework, page 12)."
)
WHAT_COUNTS_OF_OTHERS: Final = (
    "Cascaded is what has reached every staff group that needs to know it. Embedded is what was talked over besides."
)


@pages.get(f"{PATH}/<ref>")
@member
def item(ref: str) -> Response:
    """Show one item."""
    with look() as seen:
        row = next(iter(visible(seen.on, ref)), None)
        if row is None:
            return thing.retracted(seen, "dissemination", ref)
        acts = _Acts(seen, row)
        crumbs = [{"text": "Dissemination", "href": PATH}]
        return thing.show(
            seen,
            "dissemination",
            ref,
            heading=row.title,
            caption=f"{choice_of(row.kind)} {ref}",
            facts=facts(*_facts(seen, row, acts)),
            sections=list(_sections(seen, row, acts)),
            crumbs=crumbs,
        )


class _Acts:
    """The entries behind an item, as they stand at the page's clocks, so that whatever is said leads to what said it."""

    def __init__(self, seen: Look, row: ItemRow) -> None:
        """Take what was recorded of it, the oldest first."""
        self.seen = seen
        recorded = thing.recorded(seen, "dissemination", row.ref)
        stands = (entry for entry in recorded if not entry.retracted_by and entry.since <= seen.clocks.as_at)
        self.entries = sorted(stands, key=lambda entry: (entry.since, entry.position))

    def of(self, name: str, agency: str | None = None) -> list[HistoryEntry]:
        """Return the entries of a kind, of one agency where it is named."""
        topic = f"dissemination.{name}.v1"
        return [one for one in self.entries if one.topic == topic and agency in {None, one.said.get("agency")}]

    def link(self, entry: HistoryEntry, text: str) -> dict[str, Any]:
        """Return a text that leads to its entry."""
        return link(text, self.seen.link(f"/events/{entry.position}"), f"event {entry.position:,}")


def _facts(seen: Look, row: ItemRow, acts: _Acts) -> Iterator[dict[str, Any]]:
    yield fact("Where it stands", *_standing(seen, row))
    yield fact("Comes from", linked(seen, row.source) if not seen.on.scope.partial else row.source and row.source.partition(":")[2])
    yield fact("Speaks of", findings(seen, row.findings) if not seen.on.scope.partial else ", ".join(row.findings))
    content = row.content[0]
    size = f"{size_text(content['size'])}" + (f", {row.pages} {'page' if row.pages == 1 else 'pages'}" if row.pages else "")
    yield fact(
        "What was sent",
        link(content["title"], f"/api/v1/evidence/{content['sha256']}"),
        quiet(size),
        quiet(f"SHA-256 {row.content_sha256}"),
    )
    yield fact("Produced", *(acts.link(one, written(one.since)) for one in acts.of("material_produced")))
    yield fact("Issued", *(acts.link(one, written(one.since)) for one in acts.of("issued")))
    yield fact("For whom", *(f"{group}: {choice_of(basis).lower()}" for group, basis in row.audiences))
    if row.acknowledgement_due and row.embedding_due:
        yield fact("To be acknowledged by", written(row.acknowledgement_due))
        yield fact("To be embedded by", written(row.embedding_due))


def _standing(seen: Look, row: ItemRow) -> list[Said]:
    if row.ended_on is None:
        return [row.status.capitalize()]
    by = link(f"by {row.superseded_by}", seen.link(f"{PATH}/{row.superseded_by}")) if row.superseded_by else None
    return [strong(f"{row.status.capitalize()} {written(row.ended_on)}"), by, quiet(row.ended_because)]


def _sections(seen: Look, row: ItemRow, acts: _Acts) -> Iterator[dict[str, Any]]:
    left = {one.ref: one.left_on for one in partnership.agencies(seen.on.conn, **seen.on.at) if one.left_on}
    cells = [_recipient(seen, row, cell, acts, left) for cell in sorted(row.recipients, key=lambda one: seen.words.body(one.agency))]
    reviews = row.kind in {"scr_report", "national_scr"}
    heading = "Your agency" if seen.on.scope.partial else "Recipients"
    yield section(heading, COLUMNS, cells, "It was sent to nobody yet.", note=WHAT_COUNTS if reviews else WHAT_COUNTS_OF_OTHERS)
    if briefed := acts.of("practice_briefing_delivered"):
        told = [
            (acts.link(one, written(one.since)), ", ".join(map(seen.words.body, one.said["agencies"])), str(one.said["participants"]))
            for one in briefed
        ]
        yield section("Practice briefings", ("Delivered", "Agencies", "Took part"), told, "")
    if failed := acts.of("ineffectiveness_reported"):
        told = [(acts.link(one, written(one.since)), seen.words.body(one.said["agency"]), one.said["what"]) for one in failed]
        yield section("Said not to work", ("Reported", "By", "What does not work"), told, "")


def _recipient(seen: Look, row: ItemRow, cell: RecipientRow, acts: _Acts, left: dict[str, Any]) -> list[Said]:
    code = cell.agency
    caught_up = acts.of("caught_up", code)
    name: list[Said] = [seen.words.body(code), *(acts.link(one, f"Caught up {written(one.since)}") for one in caught_up)]
    if code in left:
        name.append(quiet(f"Left {written(left[code])}"))
    due = cell.acknowledgement_due if cell.status == "outstanding" else cell.embedding_due
    lacks = [] if cell.status in {"embedded", "outstanding"} else [quiet(f"Lacks {', '.join(cell.lacks)}")]
    until = [quiet(f"Due {written(due)}")] if cell.status != "embedded" and row.ended_on is None else []
    passed = [_passed(acts, one) for one in acts.of("cascade_reported", code)]
    talked = [
        acts.link(one, f"{choice_of(one.said['forum'])}: {one.said['held']} of {one.said['expected']}")
        for one in acts.of("learning_discussed", code)
    ]
    return [name, [*cell_of(seen, row, cell), *until, *lacks], _acknowledged(acts, code), passed, talked, _implications(seen, acts, code)]


def _acknowledged(acts: _Acts, code: str) -> list[Said]:
    return [
        said
        for one in acts.of("acknowledged", code)
        for said in (
            acts.link(one, written(one.since)),
            *(quiet(f"{group['group']}: {choice_of(group['basis']).lower()}") for group in one.said["staff_groups"]),
        )
    ]


def _passed(acts: _Acts, one: HistoryEntry) -> Said:
    of = " (awareness of the Board)" if one.said["about"] == "awareness" else ""
    return acts.link(one, f"{one.said['staff_group']}: {one.said['reach']} of {one.said['headcount']}{of}")


def _implications(seen: Look, acts: _Acts, code: str) -> list[Said]:
    stated = acts.of("implications_identified", code)[-1:]
    told: list[Said] = []
    for one in stated:
        told.append(acts.link(one, "Something has to change" if one.said["change_needed"] else "Nothing has to change"))
        told += [quiet(one.said["why"]), *(link(ref, seen.link(f"/actions/{ref}")) for ref in one.said["actions"])]
    return [one for one in told if one]
