"""Finding what names somebody in a text that does not stand any more, as it was corrected or retracted (journey F.8).

A name in a text is corrected away by the office that wrote it: the entry and its correction stand together, so that everybody sees what
became of it. The first wording says nothing by then but the name, and goes with the person whose name it is: the whole name, as a surname
alone is others' too. So does every wording that a correction gave and a later one took back, where nothing else that it gave still
stands; and the reason of an amendment, which says what was wrong, and changes nothing. All of it stays where it names somebody else too
who is under a legal hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates import EVENTS
from aggregates.entry import Recorded, standing
from aggregates.entry.fields import CORRECTED, fields_by_name
from aggregates.registry.data_subject import DataSubject
from aggregates.review.names import Names, named
from service.ledger.append import Text
from service.ledger.reading import disclosed
from service.recording.across.holding import Holding
from service.verify import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from uuid import UUID

    from aggregates.entry import Entry

AMENDMENTS: Final = (Recorded.EntryCorrected, Recorded.EntryRetracted, Recorded.AmendmentProposed)
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
        """Return the streams with an amendment, or an amended entry, that names one of these people: no more are read."""
        topics = [topic for topic, event in EVENTS.items() if issubclass(event, AMENDMENTS)]
        with self.datastore.get_connection() as conn:
            made = conn.execute(AMENDED, (topics,)).fetchall()
            amended = [(row["stream"], _told(row["disclosures"])["amends"]) for row in made]
            earlier = conn.execute(EARLIER, tuple(map(list, zip(*amended, strict=True)))).fetchall() if amended else []
        texts = ((row["stream"], text) for row in (*made, *earlier) for text in _texts(_told(row["disclosures"])))
        return list(dict.fromkeys(stream for stream, said in texts if names.found(said)))

    def _texts(self, thing: Any, subject: UUID, names: Names, held: Sequence[str]) -> Iterator[Text]:
        stands = {entry.number: entry for entry in thing.standing}
        gone = [(entry, name, said) for entry in thing.entries for name, said in _gone(entry, stands.get(entry.number))]
        fields: dict[int, list[str]] = {}
        for entry, name, said in (*gone, *_overtaken(thing, lambda said: _names(said, names, held))):
            if _names(said, names, held):
                fields.setdefault(entry.number, []).append(name)
        for number, found in sorted(fields.items()):
            yield from self._beside(thing.id, number, subject, found)

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


def _texts(said: Any) -> Iterator[str]:
    """Give every text in what is said."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for each in said.values():
            yield from _texts(each)


def _names(said: Any, names: Names, held: Sequence[str]) -> bool:
    """Say whether one of these people is named in it by a whole name, and nobody else who is under a hold."""
    texts = [*_texts(said)]
    return any(map(names.found, texts)) and not any(named(names.without(text), held) for text in texts)


def _overtaken(thing: Any, goes: Callable[[Any], bool]) -> Iterator[tuple[Entry, str, Any]]:
    """Give, by its field, what corrections gave and would go, where the same stands without all of it.

    What was proposed stands in the amendment that was made of it; a proposal that waits is left.
    """
    entries, now = [*thing.entries], list(thing.standing)
    made = {entry.body.get("proposal") for entry in entries}
    for at, entry in enumerate(entries):
        for part in CORRECTED.values():
            if not goes(said := entry.body.get(part) if issubclass(entry.event, AMENDMENTS) else None):
                continue
            without = [*entries[:at], entries[at]._replace(body={**entries[at].body, part: None}), *entries[at + 1 :]]
            if entry.number in made:
                yield entry, part, said
            elif standing(without) == now:
                entries = without
                yield entry, part, said


def _gone(entry: Entry, stands: Entry | None) -> Iterator[tuple[str, str]]:
    """Give the texts of an entry, each by its field, in whose place another stands, or nothing does; of an amendment its reason."""
    if issubclass(entry.event, AMENDMENTS):
        yield "reason", entry.body["reason"]
        return
    if stands and stands.event is not entry.event:  # of an older shape each text is taken to stand
        return
    for name, field in fields_by_name(entry.event).items():
        said = entry.body.get(name)
        plain = field.kind is str and not (field.many or field.identifies or field.choices)
        if plain and isinstance(said, str) and (stands is None or stands.body.get(name) != said):
            yield name, said
