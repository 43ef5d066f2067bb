"""What agencies owe of what was sent to them, and what they have said of their staff: read from the log each time it is asked."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, cast

from eventsourcing.persistence import StoredEvent

from aggregates.action import Action
from aggregates.dissemination import Dissemination
from aggregates.dissemination.acts import check_pages
from aggregates.dissemination.refusals import PagesUncounted
from aggregates.entry import Entry, standing
from aggregates.partnership import Agency
from aggregates.review import Review
from service.desk.refusals import NotFound
from service.recording.across.mentioning import spellings
from service.recording.evidence.counting import pages_of
from service.recording.known import looked_up, of_what_is_named
from service.recording.references import References

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from uuid import UUID

    from aggregates.authority import Acting
    from aggregates.dissemination import DisseminationState

# The entries that say who owes an acknowledgement: all that the fold needs to tell that, and few of all there are.
OWING: Final = [
    f"dissemination.{said}.v1"
    for said in (
        "material_produced", "issued", "caught_up", "acknowledged", "withdrawn", "superseded", "entry_corrected", "entry_retracted",
    )
]  # fmt: skip
READ: Final = (
    "SELECT originator_id, originator_version, topic, state FROM ledger.stored_events WHERE topic = ANY(%s) ORDER BY notification_id"
)
# Before the acknowledgement that is being corrected, or before now; the newest first.
ACKNOWLEDGED: Final = """
    SELECT originator_id, originator_version, topic, state FROM ledger.stored_events
     WHERE topic = 'dissemination.acknowledged.v1' AND (%(stream)s::uuid IS NULL OR notification_id < (
           SELECT notification_id FROM ledger.stored_events WHERE originator_id = %(stream)s AND originator_version = %(version)s))
       AND (SELECT disclosures LIKE ANY (%(spelled)s) FROM ledger.disclosure WHERE position = notification_id)
     ORDER BY notification_id DESC"""


class Receiving(References):
    """The log of one board, and what its members have received."""

    def acknowledgements_owed(self, agency: str) -> list[str]:
        """Return the items that an agency has received, and has not acknowledged."""
        return sorted(state.ref for state in self._sent_items() if agency in state.outstanding)

    def declared_groups(self, agency: str, *, before: tuple[UUID, int] | None = None) -> tuple[str, ...]:
        """Return the staff groups that an agency has declared; `before` is the acknowledgement up to which is asked.

        Each acknowledgement has to name all groups of those before it (INV-20), so the newest that stands names them all.
        """
        loaded = self._together.loaded if self._together else {}
        here = {stream: _groups(thing.state, agency) for stream, thing in loaded.items() if isinstance(thing, Dissemination)}
        declared = [group for groups in here.values() for group in groups]
        for found in self._acknowledged_by(agency, *(before or (None, None))):
            if here.get(found):
                break  # with its groups among those already
            if groups := _groups(cast("Dissemination", self.repository.get(found)).state, agency):
                declared += groups
                break
        return tuple(dict.fromkeys(declared))

    def _acknowledged_by(self, agency: str, stream: UUID | None, version: int | None) -> Iterator[UUID]:
        """Give the items that an agency has acknowledged, the newest acknowledgement first."""
        with self.datastore.get_connection() as conn:
            rows = conn.execute(ACKNOWLEDGED, {"stream": stream, "version": version, "spelled": spellings(agency)}).fetchall()
        for row in rows:  # each is verified as it is read: only as many as it takes
            if self._entry(row).said["agency"] == agency:
                yield row["originator_id"]

    @looked_up
    def _entry(self, row: dict[str, Any]) -> Any:
        """Return an entry that was read from the log, verified; once for all that share the transaction, because no entry changes."""
        read = self._together.read if self._together else {}
        place = row["originator_id"], row["originator_version"]
        if place not in read:
            read[place] = self.mapper.to_domain_event(StoredEvent(**row))
        return read[place]

    def _sent_items(self) -> Iterator[DisseminationState]:
        """Give every item as far as its acknowledgements go; of what shares this transaction, what it has become in it."""
        loaded = self._together.loaded if self._together else {}
        with self.datastore.get_connection() as conn:
            rows = conn.execute(READ, (OWING,)).fetchall()
        streams: dict[UUID, list[Entry]] = defaultdict(list)
        for row in rows:
            if row["originator_id"] not in loaded:
                event = self._entry(row)
                streams[row["originator_id"]].append(Entry(row["originator_version"], event.occurred_on, type(event), event.said))
        begun = [thing.state for thing in loaded.values() if isinstance(thing, Dissemination)]
        yield from (state for state in (*(Dissemination.fold(standing(entries)) for entries in streams.values()), *begun) if state)

    def _pages(self, *, ref: str, kind: str, evidence: tuple[Any, ...], pages: int | None, **_: Any) -> int | None:
        """Return the pages of a file that is a PDF; refuse a single-page briefing whose pages cannot be counted in it."""
        counted = None
        for one in evidence[:1]:
            try:
                with self.evidence.open(one.sha256) as file:
                    counted = pages_of(file)
            except ValueError as error:
                if kind == "single_page_briefing":
                    raise PagesUncounted(ref=ref, why="its file is a damaged or locked PDF, whose pages cannot be counted") from error
        check_pages(ref, kind, counted or pages)
        return counted

    @of_what_is_named
    def _comes_from(self, source: str | None, findings: Iterable[str]) -> None:
        """Refuse a source that is not `review:REF`, or is not on record; and findings that are not."""
        kind, _, review = (source or "").partition(":")
        if source is not None and (kind != "review" or self.find(Review, review) is None):
            raise NotFound(kind="review", ref=review or source)
        for finding in findings:
            self._finding(finding)

    def _check_corrected(self, who: Acting, thing: Any, fields: dict[str, Any], today: date, late_reason: str | None) -> None:
        """Ask of an acknowledgement, as it would stand amended, whether it names all the groups that were declared before it (INV-20)."""
        super()._check_corrected(who, thing, fields, today, late_reason)
        if not isinstance(thing, Dissemination):
            return
        now, then = thing.rewritten(fields["amends"], fields.get("corrected"))
        if now and then and then.event is Dissemination.Acknowledged and then.body["staff_groups"] != now.body["staff_groups"]:
            agency = then.body["agency"]
            declared = self.declared_groups(agency, before=(thing.id, then.number))
            thing.check_all_declared(agency, then.body["staff_groups"], declared)

    def _check_named(self, who: Acting, thing: Any, corrected: Mapping[str, Any]) -> None:
        """Refuse what an item's command would not find under that name."""
        super()._check_named(who, thing, corrected)
        if not isinstance(thing, Dissemination):
            return
        listed = {name: value for name in ("findings", "agencies", "actions") if isinstance(value := corrected.get(name), list | tuple)}
        self._comes_from(corrected.get("source"), listed.get("findings", ()))
        for agency in listed.get("agencies", ()):
            self._there(Agency, "agency", agency)
        for action in listed.get("actions", ()):
            self.reach(who, Action, str(action))
        self._there(Dissemination, "dissemination", corrected.get("by_ref"))


def _groups(state: DisseminationState | None, agency: str) -> list[str]:
    """Return the staff groups that an agency has declared for an item; none where it has not acknowledged it."""
    recipient = state.recipients.get(agency) if state else None
    return [group for group, _ in recipient.acknowledgement.staff_groups] if recipient and recipient.acknowledgement else []
