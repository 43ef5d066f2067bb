"""The partnership as at a day: what binds it, what it has set for itself, who its members are, and who holds which office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from aggregates.authority import BOARD
from aggregates.clocks.regimes import REGIMES
from aggregates.errors import RULES
from aggregates.framework.library import SETS
from api.access import member
from api.pages.acting.possible import to_begin
from api.pages.board.listing import findings
from api.pages.frame import Look, look, thing
from api.pages.frame.entries import by
from api.pages.frame.labels import SECTION_11
from api.pages.frame.settings import SETTINGS
from api.pages.frame.thing import Said, fact, facts, link, quiet, section, strong, to_event
from api.pages.frame.words import label_of, written
from projections import partnership
from projections.inspection import history as inspection_history
from projections.obligations import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from projections.inspection.history import HistoryEntry
    from projections.partnership import FrameworkRow, OfficeRow, SettingsRow

pages = Blueprint("the_partnership", __name__)

UNFOLDED: Final = 12  # rows of a table, and entries, that this page shows without being asked to
BEGUN_HERE: Final = ("agency", "sub-group", "office", "subject", "priorities")


@pages.get("/partnership")
@member
def shown() -> Response:
    """Show the partnership."""
    with look() as seen:
        row = partnership.settings(seen.on.conn, **seen.on.at)
        begun = [task for kind in BEGUN_HERE for task in to_begin(kind)] if seen.clocks.is_now else []
        return thing.show(
            seen,
            "partnership",
            "partnership",
            heading=row.name or "The partnership",
            caption="The partnership as at a day",
            title="The partnership",
            facts=facts(*_facts(seen, row)),
            sections=list(_sections(seen, row)),
            begun=begun,
            unfolded=UNFOLDED,
            crumbs=None,
        )


def _facts(seen: Look, row: SettingsRow) -> Iterator[dict[str, Any]]:
    regime = REGIMES.get(row.regime)
    if regime is not None:
        since = f"In effect since {written(row.effective_on)}. What arose before keeps its own regime" if row.effective_on else None
        yield fact("Regime", regime.label, quiet(since))
        yield fact("Whether to review is decided by", regime.decides.label, quiet(regime.decides.source))
    yield fact("Framework in force", *_framework(row.framework, seen.clocks.as_at))
    told = (
        ("/meetings", "Meetings"),
        ("/challenges", "Challenges"),
        ("/courses", "Courses"),
        ("/programme", "Training programme"),
        ("/sessions", "Training sessions"),
        ("/resources", "Resources"),
    )
    yield fact("What it does", *(link(text, seen.link(path)) for path, text in told))
    yield fact("Whose statements the log takes", link("Signing keys", seen.link("/keys")))


def _framework(row: FrameworkRow | None, day: date) -> Iterator[Said]:
    if row is None:
        yield "None is adopted"
        return
    yield f"{row.version}, adopted {written(row.adopted_on)}"
    yield quiet(row.provenance)
    yield quiet(f"Minute: {row.minute}" if row.minute else None)
    if row.reviewed_on:
        yield f"Reviewed {written(row.reviewed_on)}: {row.outcome}"
    due = f"To be reviewed by {written(row.review_due)}"
    yield strong(f"{due}: overdue by {(day - row.review_due).days:,} days") if row.review_due < day else due
    if row.sha256 not in SETS:
        yield strong("Its clauses are not known to this service: nobody is shown to owe anything by it")
    yield quiet(f"SHA-256 of its set of obligations: {row.sha256}")


def _sections(seen: Look, row: SettingsRow) -> Iterator[dict[str, Any]]:
    words, at = seen.words, seen.on.at
    agencies = [
        (
            link(a.name, seen.link(f"/agencies/{a.ref}")),
            a.category.capitalize(),
            SECTION_11.get(a.section_11, a.section_11),
            [f"Member since {written(a.joined_on)}", *_left(seen, a)],
        )
        for a in partnership.agencies(seen.on.conn, **at)
    ]
    columns = ("Agency", "Category", "Answers for safeguarding by", "Membership")
    yield section("Agencies", columns, agencies, "No agency had joined.")
    groups = [
        (
            link(g.name, seen.link(f"/sub-groups/{g.ref}")),
            g.terms_of_reference,
            f"Dissolved {written(g.dissolved_on)}" if g.dissolved_on else f"Since {written(g.constituted_on)}",
        )
        for g in partnership.sub_groups(seen.on.conn, **at)
    ]
    yield section("Sub-groups", ("Sub-group", "Terms of reference", "Standing"), groups, "No sub-group had been constituted.")
    held = offices(seen, list(words.offices.values()))
    yield section("Offices", OFFICES, held, "No office had been filled.", _note(seen), fold=_every_one(len(held), "offices"))
    yield section("Priorities", ("Priority", "Period", "Led by", "Because of"), _priorities(seen), "No priority had been set.")
    yield _settings(seen, row)


def _settings(seen: Look, row: SettingsRow) -> dict[str, Any]:
    """Return what the framework leaves to the Board: what it has set, and what holds until it does."""
    set_by = _set_by(seen)
    told = [
        ([label_of(name), _because(seen, name, rule)], say(getattr(row, name)), set_by.get(name, "Not set: holds until the Board sets it"))
        for name, (say, rule) in SETTINGS.items()
    ]
    note = f"The Board has set {len(set_by)} of {len(told)}; the others hold as they are until it does."
    columns = ("Setting", "Holds", "Set by")
    return section("What the Board has set for itself", columns, told, "", note, fold=_every_one(len(told), "settings"))


def _because(seen: Look, name: str, rule: str) -> Said:
    """Return why there is such a setting: the clause of the framework, or the rule, that leaves it to the Board."""
    if clause := INDEX.clauses.get(rule):
        return link(f"Framework, page {clause.page}", seen.link(f"/obligations/{rule}"), f"on: {label_of(name)}")
    told = RULES.get(rule, "the framework")
    return quiet(told[0].upper() + told[1:])


def _every_one(number: int, many: str) -> str | None:
    """Say what of a long table is folded; a short one is not."""
    return f"All {number} {many}" if number > UNFOLDED else None


OFFICES: Final = ("Office", "Held by", "For", "Employed by", "Since")


def _note(seen: Look) -> str | None:
    return "Who holds an office stands on its page: each that an inspector opens goes on record." if seen.on.scope.inspection else None


def _left(seen: Look, agency: partnership.AgencyRow) -> Iterator[Said]:
    if agency.left_on:
        yield strong(f"Left {written(agency.left_on)}")
        yield quiet(agency.left_because)
        if agency.successor:
            yield f"Succeeded by {seen.words.body(agency.successor)}"


def offices(seen: Look, rows: list[OfficeRow]) -> list[tuple[Said, ...]]:
    """Return offices as they were held on the day; by whom, for those who may know without opening the page of each."""
    day = seen.clocks.as_at
    named = seen.on.scope.restricted and seen.on.scope.inspection is None
    if named:
        seen.words.learn(term.holder for row in rows if (term := row.holder_on(day)))
    found: list[tuple[Said, ...]] = []
    for row in rows:
        term = row.holder_on(day)
        title = link(seen.words.office(row.ref, day), seen.link(f"/offices/{row.ref}"))
        if term is None:
            found.append((title, strong("Vacant"), "", "", ""))
            continue
        holder = (seen.words.person(term.holder) or "Somebody whose name is erased") if named else "Held"
        found.append((title, holder, seen.words.body(term.body or BOARD), seen.words.body(term.employer), term.from_on))
    return found


def _priorities(seen: Look) -> Iterator[tuple[Said, ...]]:
    for period in partnership.priorities(seen.on.conn, **seen.on.at):
        for one in period.priorities:
            where = link(period.ref, seen.link(f"/priorities/{period.ref}"), f"priorities: {one['priority']}")
            yield one["priority"], where, seen.words.office(one["lead_office"], seen.clocks.as_at), findings(seen, one["informed_by"])


def _set_by(seen: Look) -> dict[str, Said]:
    """Return who set each setting, and when: the entry that stands last."""
    known = inspection_history.history(seen.on.conn, **seen.on.at, kind="partnership", ref="partnership", limit=thing.MOST)
    stand = [entry for entry in known if entry.topic == "partnership.local_setting_set.v1" and not entry.retracted_by]
    return {entry.said["setting"]: _who(seen, entry) for entry in sorted(stand, key=lambda entry: (entry.since, entry.position))}


def _who(seen: Look, entry: HistoryEntry) -> Said:
    return [f"{by(seen, entry)}, {written(entry.since)}", to_event(seen, entry.position)]
