"""The people on record: which references are of one person, and what they are called.

Both are asked with every act, so they are remembered until something is recorded about a person; and a name that was opened once is
not opened again while its sealed value is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from aggregates.registry.data_subject import DataSubject
from aggregates.registry.merging import survivors
from aggregates.review import Review
from aggregates.review.names import Names, is_called, texts_by_field
from service.commands import AMENDMENTS, COMMANDS
from service.desk import drafts, screening
from service.desk.refusals import Identifies, PersonalData
from service.desk.screening import HeldTexts
from service.recording.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from service.commands import Command
    from service.desk.submission import Submission

MERGED: Final = "SELECT DISTINCT stream FROM ledger.event WHERE topic = 'data_subject.subjects_merged.v1'"
# What refuses names by itself, more strictly: what is published of a review names nobody, allowed or not (INV-06). And who is registered.
BY_THEMSELVES: Final = frozenset({"record_finding", "make_recommendation", "formulate_response", "register_subject"})
PUBLISHED: Final = (Review.FindingRecorded, Review.RecommendationMade, Review.BoardResponseFormulated)
NAMED: Final = "SELECT f.position, f.subject FROM ledger.sealed_field f JOIN sealed.value v USING (position, field) WHERE f.field = 'name'"


@dataclass(frozen=True, slots=True)
class Typed:
    """A text that is not recorded: of a field of something, typed in an office, and when; it `waits` for the officer, or is of a draft."""

    kind: str
    ref: str
    office: str | None
    at: datetime
    field: str
    text: str
    waits: bool = False


class Persons(Recording):
    """The log of one board, and who is who in it."""

    def merged(self) -> Mapping[UUID, UUID]:
        """Return each reference that was merged away, with the one that goes on for it."""
        into: dict[UUID, UUID] = self._of_all("merged", self._read_merged) | {
            subject.id: subject.state.merged_into for subject in self._begun() if subject.state and subject.state.merged_into
        }
        return survivors(into)

    def one_person(self, subject: UUID) -> frozenset[UUID]:
        """Return every reference of somebody."""
        merged = self.merged()
        survivor = merged.get(subject, subject)
        return frozenset({survivor, *(one for one, last in merged.items() if last == survivor)})

    def people(self) -> list[str]:
        """Return the full names of everybody on record whose name was not erased: what a finding may not say (INV-06, INV-45)."""
        names = [subject.state.name.value for subject in self._begun() if subject.state and subject.state.name.value]
        return [*self._of_all("names", self._read_names), *names]

    def called(self, typed: str) -> frozenset[UUID]:
        """Return the references under which somebody is or was so called, as requests about people begin; erased names are not there."""
        with self.datastore.get_connection() as conn:
            whose = {row["position"]: row["subject"] for row in conn.execute(NAMED, prepare=True).fetchall()}
        told = self.subjects.reveal_all(list(whose))
        return frozenset(whose[position] for (position, field), name in told.items() if field == "name" and is_called(name, typed))

    def names(self) -> tuple[Names, ...]:
        """Return the same, made ready to be looked for: of those on record, and of those who are about to be."""
        begun = [subject.state.name.value for subject in self._begun() if subject.state and subject.state.name.value]
        return self._of_all("names to find", lambda: Names(self._of_all("names", self._read_names))), Names(begun)

    @cached_property
    def held(self) -> HeldTexts:
        """The texts that wait for the data protection officer."""
        return HeldTexts(self.datastore, self.keys.wrapping)

    def typed(self) -> list[Typed]:
        """Return every text that is typed and not recorded: in drafts, by their field, and of those that wait for the officer."""
        with self.datastore.get_connection() as conn:
            kept = drafts.every(conn)
        found = [Typed("return", ref, office, at, field, text) for ref, office, said, at in kept for field, text in texts_by_field(said)]
        kinds = {name: command.kind for name, command in COMMANDS.items()}
        held = self.held.waiting()
        return found + [Typed(kinds.get(o.command, ""), o.ref, o.office, o.held_at, o.field, o.text, waits=True) for o in held]

    def screen(self, command: Command, it: Submission, fields: dict[str, Any], *, office: str | None) -> None:
        """Hold what looks as if it identified somebody, unless the data protection officer has allowed this very text (INV-45)."""
        known = tuple if command.name in BY_THEMSELVES or self._publishes(command, fields, it.ref) else self.names
        for field, text, pattern in screening.screen(command.event, fields | {"late_reason": it.late_reason}, known):
            said = (command.name, it.ref, field, text)
            if not (allowed := self.held.allowed(*said)):
                if allowed is None:
                    self.held.hold(*said, pattern=pattern, office=office)
                raise (PersonalData if allowed is None else Identifies)(field=field, pattern=pattern)

    def _publishes(self, command: Command, fields: Mapping[str, Any], ref: str) -> bool:
        """Say whether it amends what is published of a review."""
        review = self.find(Review, ref) if command.kind == "review" and command.name in AMENDMENTS else None
        return review is not None and any(e.number == fields["amends"] and issubclass(e.event, PUBLISHED) for e in review.entries)

    def _of_all(self, name: str, read: Any) -> Any:
        """Return what is gathered from everybody, read again once something was recorded about anybody."""
        held = self.known.get(DataSubject.TOPIC)
        if held is None:
            held = {}
            self.known.put(DataSubject.TOPIC, held, size=self.recorder.size)
        if name not in held:
            held[name] = read()
        return held[name]

    def _read_merged(self) -> dict[UUID, UUID]:
        with self.datastore.get_connection() as conn:
            streams = [row["stream"] for row in conn.execute(MERGED, prepare=True).fetchall()]
        found = (self.load(DataSubject, str(stream), fresh=True) for stream in streams)
        return {one.id: one.state.merged_into for one in found if one.state and one.state.merged_into}

    def _read_names(self) -> list[str]:
        with self.datastore.get_connection() as conn:
            there = [row["position"] for row in conn.execute(NAMED, prepare=True).fetchall()]
        told: dict[int, str] = vars(self).setdefault("_told", {})
        fresh = self.subjects.reveal_all([position for position in there if position not in told])
        kept = {position: told[position] for position in there if position in told}
        self._told = kept | {position: name for (position, field), name in fresh.items() if field == "name"}
        return list(self._told.values())

    def _begun(self) -> Iterator[DataSubject]:
        """Give the people about whom something waits to be recorded."""
        yield from (thing for thing in (self._together.loaded.values() if self._together else ()) if isinstance(thing, DataSubject))
