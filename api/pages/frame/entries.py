"""Entries of the log as a timeline takes them (`macros/entries.html`): who, when, what it says, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from aggregates.action import Action
from aggregates.clocks.dates import LONDON
from aggregates.entry import Recorded
from aggregates.entry.fields import CORRECTED, ENVELOPE, corrections, fields_by_name
from aggregates.entry.topics import event_type, typed_entry
from aggregates.entry.values import Evidence, Sealed
from aggregates.review import Review
from api.pages.frame import telling
from api.pages.frame.files import evidence, standings
from api.pages.frame.words import title_of, written
from api.resources.record.history import before
from projections.inspection import history as inspection_history
from projections.partnership import settings
from projections.two_clocks.decoded_log import AMENDMENTS
from service.commands.asking import ONE_OF_ITS_KIND, RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregates.entry import Entry
    from aggregates.entry.fields import Field
    from api.pages.frame import Look
    from projections.inspection.history import HistoryEntry

UNSAID: Final = frozenset({*ENVELOPE, *CORRECTED.values(), "amends", "proposal"})  # shown in places of their own
PAGELESS: Final = frozenset({"ledger"})
OF_THINGS: Final = "SELECT position FROM views.inspection_history WHERE kind = %s AND ref = ANY(%s) AND position <= %s"
FOLDS: Final[Mapping[str, Any]] = {"action": Action, "review": Review}
DATED: Final = frozenset({"action.assigned.v1", "action.due_date_varied.v1", "action.reopened.v1"})
SIGNED: Final = frozenset({"action.signed_off.v1"})
CHECKED: Final = frozenset({"action.sustainment_checked.v1"})


class Cause(NamedTuple):
    """The entry that brought a thing to where it stands, and what was corrected or retracted since.

    Of an action, the last entries that set its due date, signed it off, and looked whether it lasts.
    """

    entry: HistoryEntry | None
    later: dict[str, Any] | None
    dated: HistoryEntry | None = None
    signed: HistoryEntry | None = None
    checked: HistoryEntry | None = None


NOTHING: Final = Cause(None, None)


def timeline(look: Look, entries: Sequence[HistoryEntry], *, about: bool = False, now: bool = False) -> list[dict[str, Any]]:
    """Return entries as they are shown; with what each is `about` where they are about several things; linked as of `now`."""
    amended = _amended(look, entries)
    look.words.learn(UUID(pointer["sealed"]) for entry in entries for pointer in entry.body.values() if _personal(pointer))
    limit = settings(look.on.conn, **look.on.at).backdating_limit
    files = standings(entries)
    return [_shown(look, entry, amended, limit, about=about, now=now) | {"evidence": evidence(look, entry, files)} for entry in entries]


def _personal(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"sealed"}


def _amended(look: Look, entries: Iterable[HistoryEntry]) -> dict[int, HistoryEntry]:
    """Return what amends these entries and what they amend, by position."""
    wanted = {p for e in entries for p in (e.amends, e.retracted_by, *e.corrected_by) if p}
    found = inspection_history.entries_at(look.on.conn, sorted(wanted), known_at=look.clocks.fixed.head)
    return {entry.position: entry for entry in found}


def _shown(look: Look, entry: HistoryEntry, amended: dict[int, HistoryEntry], limit: int, *, about: bool, now: bool) -> dict[str, Any]:
    link = (lambda path: path) if now else look.link
    flagged = entry.late and (entry.late > limit or entry.late_reason)
    return {
        "position": entry.position,
        "href": link(f"/events/{entry.position}"),
        "title": title_of(entry.topic),
        "occurred_on": entry.occurred_on,
        "recorded_at": entry.recorded_at.astimezone(LONDON),
        "by": by(look, entry),
        "on_behalf_of": look.words.office(entry.on_behalf_of, entry.occurred_on) or None,
        "assurance": entry.assurance,
        "by_person": entry.by_office is not None,
        "text": text_of(look, entry),
        "late_days": entry.late if flagged else 0,
        "late_reason": entry.late_reason,
        "later": _later(entry, amended, link),
        "dispute": _dispute(entry, link),
        "amends": _amends(entry, link),
        "changes": changes(look, entry, amended.get(entry.amends or 0)),
        "about": about_of(look, entry) if about else None,
        "before_inspection": before(look.on, entry),
    }


def event_of(look: Look, entry: HistoryEntry | None) -> dict[str, Any] | None:
    """Return an event as `event_link` takes it."""
    return {"position": entry.position, "href": look.link(f"/events/{entry.position}")} if entry else None


def page_of(kind: str, ref: str) -> str | None:
    """Return the address of a thing's page; None for what has none: the log, and people."""
    if kind in PAGELESS or kind not in RESOURCES:
        return None
    return f"/{RESOURCES[kind]}" if kind in ONE_OF_ITS_KIND else f"/{RESOURCES[kind]}/{ref}"


CALLED: Final = {"partnership": "The partnership", "keys": "Signing keys"}  # things of which there is one
BY_TITLE: Final = frozenset({*CALLED, "office", "return"})  # whose code would tell nobody more


def about_of(look: Look, entry: HistoryEntry) -> dict[str, str] | None:
    """Return what an entry is about, with its page where it has one."""
    address = page_of(entry.kind, entry.ref)
    if address is None or (entry.kind == "subject" and not look.on.scope.protects):
        return None
    return named(look, entry.kind, entry.ref) | {"href": look.link(address)}


def named(look: Look, kind: str, ref: str) -> dict[str, str]:
    """Return how a thing is called: its reference and its title, and the title alone where its reference would tell nobody more."""
    if kind == "subject":
        return person_of(look, ref)
    title = CALLED.get(kind) or look.title_of(kind, ref)
    return {"ref": "" if title and kind in BY_TITLE else ref, "title": title}


SHORT: Final = 8  # digits of a reference that tell a person from others at a glance


def short(ref: object) -> str:
    """Return a person's reference as pages show it."""
    return f"{str(ref)[:SHORT]}…"


def person_of(look: Look, ref: str) -> dict[str, str]:
    """Return what a person on record is called: by name to whoever may know it every day, by reference to others, and who is erased."""
    scope = look.on.scope
    name = look.words.held_name(ref) if scope.protects and scope.inspection is None and look.on.opens("subject", ref) else None
    if name and not name.startswith("["):
        return {"ref": "", "title": name}
    return {"ref": f"Person {short(ref)}", "title": name or ""}


def by(look: Look, entry: HistoryEntry) -> str:
    """Return who acted: the person where the reader may know, the office, and who employs its holder."""
    if entry.by_office is None:
        return "the service itself"
    pointer = entry.body.get("by_person")
    name = look.words.person(UUID(pointer["sealed"])) if pointer and look.on.opens(entry.kind, entry.ref) else None
    office = look.words.office(entry.by_office, entry.occurred_on)
    agency = look.words.body(entry.by_agency) if entry.by_agency and not entry.on_behalf_of else None
    parts = (name, office, agency if agency and agency not in office else None)
    return ", ".join(part for part in parts if part)


def text_of(look: Look, entry: HistoryEntry) -> str | None:
    """Return what an entry says to this reader, a line for each field; a single text stands alone."""
    event = event_type(entry.topic)
    opens = look.on.opens(entry.kind, entry.ref)
    said: list[tuple[Field, str]] = []
    for name, field in fields_by_name(event).items():
        value = entry.body.get(name)
        hidden = (
            name in UNSAID | event.WORDS
            or (field.identifies and not (field.choices or field.optional))
            or (field.kind is Sealed and (name == "contact" or not opens))
            or name == "erased"
            or (name == "to" and entry.body.get("recipients"))  # those whom it named are the ones who received it
        )
        if hidden or field.kind is Evidence or telling.says_nothing(name, value):
            continue
        withheld = field.sensitivity == "restricted" and not opens
        said.append((field, "for named roles only" if withheld else telling.briefly(look.words, field, value, entry.body)))
    if len(said) == 1 and telling.stands_alone(said[0][0]):
        return said[0][1]
    return "\n".join(f"{telling.name_in(entry.topic, field.name)}: {told}" for field, told in said) or None


def _later(entry: HistoryEntry, amended: dict[int, HistoryEntry], link: Any) -> dict[str, Any] | None:
    position = entry.retracted_by or (entry.corrected_by[-1] if entry.corrected_by else None)
    if position is None or position not in amended:
        return None
    return note(amended[position], "retracted" if entry.retracted_by else "corrected", link)


def _dispute(entry: HistoryEntry, link: Any) -> dict[str, Any] | None:
    """Return why a statement is disputed and what its holder said of it, as `dispute_note` takes them."""
    if (it := entry.dispute) is None:
        return None
    because = {"position": it.by, "href": link(f"/events/{it.by}")}
    answered = {"position": it.answered_by, "href": link(f"/events/{it.answered_by}"), "as": it.answer} if it.answered_by else None
    return {"because": because, "answered": answered}


def note(amendment: HistoryEntry, kind: str, link: Any) -> dict[str, Any]:
    """Return what an amendment did, as `later_note` takes it."""
    return {
        "kind": kind,
        "position": amendment.position,
        "href": link(f"/events/{amendment.position}"),
        "on": amendment.recorded_at.astimezone(LONDON).date(),
        "reason": amendment.body.get("reason"),
    }


def causes(look: Look, refs: Sequence[str], kind: str = "action") -> dict[str, Cause]:
    """Return what brought each of these actions, or reviews, to where it stands at the clocks."""
    found = look.on.conn.execute(OF_THINGS, (kind, list(refs), look.clocks.known_at)).fetchall()
    entries = inspection_history.entries_at(look.on.conn, [position for (position,) in found], known_at=look.clocks.known_at)
    amendments = {entry.position: entry for entry in entries}
    stories: dict[str, list[HistoryEntry]] = {}
    for entry in sorted(entries, key=lambda e: (e.since, e.position)):
        if not entry.amends and entry.since <= look.clocks.as_at:
            stories.setdefault(entry.ref, []).append(entry)
    return {ref: _cause(look, kind, story, amendments) for ref, story in stories.items()}


def _cause(look: Look, kind: str, story: Sequence[HistoryEntry], amendments: dict[int, HistoryEntry]) -> Cause:
    """Return the act that brought a thing to its status; of what was retracted since, what came after that act."""
    stands = [entry for entry in story if not entry.retracted_by]
    typed = [typed_entry(entry.position, entry.topic, entry.said, None) for entry in stands]
    cause, status = None, _status(kind, typed)
    for number in range(len(stands), 0, -1):
        before = _status(kind, typed[: number - 1])
        cause = stands[number - 1]
        if before != status and cause.by_office is not None:
            break
        status = before  # what the service did by itself followed from the act before it
    lasts = [next((entry for entry in reversed(stands) if entry.topic in topics), None) for topics in (SIGNED, CHECKED)]
    others = [_dated(stands, typed) if kind == "action" else None, *lasts]
    after = story[story.index(cause) + 1 :] if cause else story
    undone = next((entry for entry in reversed(after) if entry.retracted_by), None)
    if undone is None or undone.retracted_by is None:
        return Cause(cause, _later(cause, amendments, look.link) if cause else None, *others)
    told = note(amendments[undone.retracted_by], "retracted", look.link)
    return Cause(cause, told | {"what": f"{title_of(undone.topic)} {written(undone.since)}"}, *others)


def _dated(stands: Sequence[HistoryEntry], typed: Sequence[Entry]) -> HistoryEntry | None:
    """Return the last act that gave the due date that holds: a reopening gives none where what it reopened was retracted."""
    state = Action.fold(typed)
    both = zip(reversed(stands), reversed(typed), strict=True)
    return next((entry for entry, said in both if entry.topic in DATED and state and said.body["due_on"] == state.due_on), None)


def _status(kind: str, typed: Sequence[Entry]) -> str | None:
    state = FOLDS[kind].fold(typed)
    return str(state.status.word) if state else None


def kind_of(entry: HistoryEntry) -> str | None:
    """Return which kind of amendment an entry is; None where it is none."""
    event = event_type(entry.topic)
    if not issubclass(event, AMENDMENTS):
        return None
    if issubclass(event, Recorded.EntryRetracted):
        return "retracted"
    return "corrected" if issubclass(event, Recorded.EntryCorrected) else "proposed"


def _amends(entry: HistoryEntry, link: Any) -> dict[str, Any] | None:
    kind = kind_of(entry)
    return None if kind is None else {"position": entry.amends, "href": link(f"/events/{entry.amends}"), "kind": kind}


def changes(look: Look, entry: HistoryEntry, was: HistoryEntry | None) -> list[dict[str, str | None]]:
    """Return what an amendment changes, field by field, as far as the reader may see it."""
    if was is None or kind_of(entry) == "retracted":
        return []
    kinds = fields_by_name(event_type(was.topic))
    found: list[dict[str, str | None]] = []
    for name, value in corrections(entry.body).items():
        field, called = kinds[name], telling.name_in(was.topic, name)
        if field.sensitivity == "restricted" and not look.on.opens(entry.kind, entry.ref):
            found.append({"field": called, "was": None, "now": "for named roles only"})
        else:
            before, now = (telling.briefly(look.words, field, one, was.body) for one in (was.body.get(name), value))
            found.append({"field": called, "was": before or "nothing", "now": now})
    return found
