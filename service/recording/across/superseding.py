"""Finding what names somebody in a text that does not stand any more, as it was corrected or retracted (journey F.8).

A name in a text is corrected away by the office that wrote it: the entry and its correction stand together, so that everybody sees what
became of it. The first wording says nothing by then but the name, and goes with the person whose name it is: the whole name, as a surname
alone is others' too. It stays where it names somebody else too who is under a legal hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates import EVENTS
from aggregates.entry import Recorded
from aggregates.entry.fields import fields_by_name
from aggregates.registry.data_subject import DataSubject
from aggregates.review.names import Names, named
from service.ledger.append import Text
from service.ledger.reading import disclosed
from service.recording.across.holding import Holding
from service.verify import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from aggregates.entry import Entry

TAKES_EFFECT: Final = (Recorded.EntryCorrected, Recorded.EntryRetracted)
AMENDMENTS: Final = (*TAKES_EFFECT, Recorded.AmendmentProposed)
AMENDED: Final = """
    SELECT stream, disclosures FROM ledger.event JOIN ledger.disclosure USING (position) WHERE topic = ANY(%s) ORDER BY position"""
EARLIER: Final = """
    SELECT stream, disclosures FROM ledger.event JOIN unnest(%s::uuid[], %s::int[]) AS amended (stream, version) USING (stream, version)
      JOIN ledger.disclosure USING (position)"""
HELD: Final = f"SELECT DISTINCT stream FROM ledger.event WHERE topic = '{DataSubject.LegalHoldPlaced.TOPIC}'"  # noqa: S608 - our own text
BESIDE: Final = (
    "SELECT e.position, d.disclosures FROM ledger.event e JOIN ledger.disclosure d USING (position) WHERE (stream, version) = (%s, %s)"
)


class Superseding(Holding):
    """The log of one board, and which of its texts do not stand."""

    def superseded(self, subject: UUID, references: Sequence[UUID]) -> list[Text]:
        """Return the texts that name somebody and do not stand, to go with a reference of theirs; `references` are all they have."""
        names = Names(self._called(references))
        held = self._called([ref for ref in self._under_hold() if ref not in references])
        return [text for thing in self._as_now(self._naming(names)) for text in self._texts(thing, subject, names, held)]

    def _under_hold(self) -> list[UUID]:
        """Return every reference of whoever is under a legal hold."""
        with self.datastore.get_connection() as conn:
            streams = [row["stream"] for row in conn.execute(HELD).fetchall()]
        return [ref for one in self._as_now(streams) if one.state.held for ref in self.one_person(one.id)]

    def _called(self, references: Sequence[UUID]) -> list[str]:
        """Return the names that are kept under some references."""
        places = [row["position"] for row in self.subjects.kept(references) if row["field"] == "name"]
        return [name for (_, field), name in self.subjects.reveal_all(places).items() if field == "name"]

    def _naming(self, names: Names) -> list[UUID]:
        """Return the streams with an amended entry that names one of these people: few, so that no more are verified and read."""
        topics = [topic for topic, event in EVENTS.items() if issubclass(event, TAKES_EFFECT)]
        with self.datastore.get_connection() as conn:
            amended = [(row["stream"], _told(row["disclosures"])["amends"]) for row in conn.execute(AMENDED, (topics,)).fetchall()]
            earlier = conn.execute(EARLIER, tuple(map(list, zip(*amended, strict=True)))).fetchall() if amended else []
        texts = ((row["stream"], said) for row in earlier for said in _told(row["disclosures"]).values() if isinstance(said, str))
        return list(dict.fromkeys(stream for stream, said in texts if names.found(said)))

    def _texts(self, thing: Any, subject: UUID, names: Names, held: Sequence[str]) -> Iterator[Text]:
        stands = {entry.number: entry for entry in thing.standing}
        for entry in thing.entries:
            gone = _gone(entry, stands.get(entry.number))
            fields = [name for name, said in gone if names.found(said) and not named(names.without(said), held)]
            if fields:
                yield from self._beside(thing.id, entry.number, subject, fields)

    def _beside(self, stream: UUID, number: int, subject: UUID, fields: Sequence[str]) -> Iterator[Text]:
        with self.datastore.get_connection() as conn:
            row = conn.execute(BESIDE, (stream, number)).fetchone()
        if row is None:
            return
        for each, name, _ in disclosed(row["disclosures"]):
            if name in fields:
                yield Text(subject, row["position"], name, digest(each), each)


def _told(disclosures: str) -> dict[str, Any]:
    """Return what is disclosed of an entry; nothing is taken from it before the entry is verified and read as a whole."""
    return {name: value for _, name, value in disclosed(disclosures)}


def _gone(entry: Entry, stands: Entry | None) -> Iterator[tuple[str, str]]:
    """Give the texts of an entry, each by its field, in whose place another stands, or nothing does."""
    if issubclass(entry.event, AMENDMENTS) or (stands and stands.event is not entry.event):  # of an older shape each text is taken to stand
        return
    for name, field in fields_by_name(entry.event).items():
        said = entry.body.get(name)
        plain = field.kind is str and not (field.many or field.identifies or field.choices)
        if plain and isinstance(said, str) and (stands is None or stands.body.get(name) != said):
            yield name, said
