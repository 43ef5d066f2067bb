"""Finding what names somebody in a text that does not stand any more, as it was corrected or retracted (journey F.8).

A name in a text is corrected away by the office that wrote it: the entry and its correction stand together, so that everybody sees what
became of it. The first wording says nothing by then but the name, and goes with the person whose name it is: the whole name, as a surname
alone is others' too. So does what a correction gave and a later one took back, where all that it gave are texts that name them and can
only be corrected to another text: it is disclosed as one, and a day, a choice or a number beside them is known as it was at every clock.
So do the reasons of an amendment, which say what was wrong, and change nothing. What is proposed goes with what was made of it: a
proposal that waits stays whole. All of it stays where it names somebody else too who is under a legal hold.

A list of texts goes as one text does, where it is words alone (`Worded`). Every other list and mapping stays: it is disclosed as one, with
the choices, numbers and references in it, and all of these would be known otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates import AGGREGATES, EVENTS
from aggregates.entry import Recorded, standing
from aggregates.entry.fields import CORRECTED, fields_by_name
from aggregates.registry.data_subject import DataSubject
from aggregates.review.names import Naming
from service.ledger.append import Text
from service.ledger.reading import disclosed
from service.recording.across.holding import Holding
from service.verify import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from uuid import UUID

    from aggregates.entry import Entry

AMENDMENTS: Final = (Recorded.EntryCorrected, Recorded.EntryRetracted, Recorded.AmendmentProposed)
AMENDABLE: Final = tuple(kind for kind in AGGREGATES if issubclass(kind, Recorded))  # every kind of thing that has such a text
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
        them = self.naming(references)
        return [text for thing in self._as_now(self._streams(them)) for text in self._texts(thing, subject, them)]

    def naming(self, references: Sequence[UUID]) -> Naming:
        """Return what finds somebody in texts, by what they are called and reached by under all their references while that is kept."""
        names, contacts = self._kept(references)
        held, held_contacts = self._kept([ref for ref in self._under_hold() if ref not in references])
        return Naming(names, held, contacts=contacts, held_contacts=held_contacts)

    def _under_hold(self) -> list[UUID]:
        """Return every reference of whoever is under a legal hold."""
        with self.datastore.get_connection() as conn:
            streams = [row["stream"] for row in conn.execute(HELD).fetchall()]
        return [ref for one in self._as_now(streams) if one.state.held for ref in self.one_person(one.id)]

    def _kept(self, references: Sequence[UUID]) -> tuple[list[str], list[str]]:
        """Return the names and the contact details that are kept under some references."""
        places = [row["position"] for row in self.subjects.kept(references) if row["field"] in {"name", "contact"}]
        told = self.subjects.reveal_all(places)
        names, contacts = ([said for (_, field), said in told.items() if field == wanted] for wanted in ("name", "contact"))
        return names, contacts

    def _streams(self, them: Naming) -> list[UUID]:
        """Return the streams with an amendment, or an amended entry, that names somebody: no more are read."""
        topics = [topic for topic, event in EVENTS.items() if issubclass(event, AMENDMENTS)]
        with self.datastore.get_connection() as conn:
            made = conn.execute(AMENDED, (topics,)).fetchall()
            amended = [(row["stream"], _told(row["disclosures"])["amends"]) for row in made]
            earlier = conn.execute(EARLIER, tuple(map(list, zip(*amended, strict=True)))).fetchall() if amended else []
        return list(dict.fromkeys(row["stream"] for row in (*made, *earlier) if them.found(_told(row["disclosures"]))))

    def _texts(self, thing: Any, subject: UUID, them: Naming) -> Iterator[Text]:
        stands = {entry.number: entry for entry in thing.standing}
        waits = {entry.number for entry in thing.open_proposals}
        entries = [entry for entry in thing.entries if entry.number not in waits]
        gone = [(entry, name, said) for entry in entries for name, said in _gone(entry, stands.get(entry.number))]
        fields: dict[int, list[str]] = {}
        for entry, name, said in (*gone, *_overtaken(thing, them.goes)):
            if them.goes(said):
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


def _overtaken(thing: Any, goes: Callable[[str], bool]) -> Iterator[tuple[Entry, str, Any]]:
    """Give, by its field, what amendments gave of which each text would go, where the same stands without it.

    What a proposal says goes with what was made of it, or once it is retracted; of one that waits, or waits again, nothing does.
    """
    entries, now, went = [*thing.entries], list(thing.standing), set[tuple[int | None, str]]()
    for entry, part in _given(thing, Recorded.EntryCorrected, goes):
        without = [one._replace(body={**one.body, part: None}) if one.number == entry.number else one for one in entries]
        if standing(without) == now and not thing.still_gives(entry.number, part):  # where it changed nothing, its words stand all the same
            entries = without
            went.add((entry.body["proposal"], part))
            yield entry, part, entry.body[part]
    waits, stands = ({entry.number for entry in found} for found in (thing.open_proposals, now))
    for entry, part in _given(thing, Recorded.AmendmentProposed, goes):
        if entry.number not in waits and ((entry.number, part) in went or entry.number not in stands):
            yield entry, part, entry.body[part]


def _given(thing: Any, kind: type[Any], goes: Callable[[str], bool]) -> Iterator[tuple[Entry, str]]:
    """Give each amendment of a kind with each part of it that gave only texts that would go."""
    for entry in (entry for entry in thing.entries if issubclass(entry.event, kind)):
        for part in CORRECTED.values():
            if _only_texts(thing, entry, part) and all(map(goes, entry.body[part].values())):
                yield entry, part


def _only_texts(thing: Any, entry: Entry, part: str) -> bool:
    """Say whether an amendment gave nothing but texts of fields in which there is always some text, whatever is amended."""
    fields = fields_by_name(thing.entries[entry.body["amends"] - 1].event)
    found = [(fields.get(name), value) for name, value in (entry.body[part] or {}).items()]
    return bool(found) and all(field and field.is_text and not field.optional and isinstance(value, (str, list)) for field, value in found)


def _gone(entry: Entry, stands: Entry | None) -> Iterator[tuple[str, Any]]:
    """Give the texts of an entry, each by its field, in whose place another stands, or nothing does; of an amendment its reasons."""
    if issubclass(entry.event, AMENDMENTS):
        yield from ((name, said) for name in ("reason", "late_reason") if (said := entry.body[name]) is not None)
        return
    if stands and stands.event is not entry.event:  # of an older shape each text is taken to stand
        return
    for name, field in fields_by_name(entry.event).items():
        said = entry.body.get(name)
        if field.is_text and isinstance(said, (str, tuple)) and (stands is None or stands.body.get(name) != said):
            yield name, said
