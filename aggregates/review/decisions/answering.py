"""What a review finds, and what the Board answers: systems and nobody's name (INV-06), every finding exactly once (INV-04)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, Unpack

from aggregates.errors import Refused, said
from aggregates.review import items, names, refusals
from aggregates.review import state as s
from aggregates.review.decisions.acts import Acts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from aggregates.authority import Act

# What is learned early is recorded early: before a decision, beside a pause, and where another body has found it.
FINDING = s.Referred | s.Decided | s.Working | s.Answering | s.Reopened | s.Relevant
ANSWERING = s.Referred | s.Decided | s.Commissioned | s.InProgress | s.Answering | s.Reopened | s.Relevant


FREE = ("number", "statement", "system_factor", "to", "text")  # beside the themes and the responses


class NothingToAnswer(Refused):
    """The Board responds to findings."""

    rule, text = "INV-04", "Nothing was found in {ref} yet, so there is nothing for the Board to respond to: record its findings first"


class Answering(Acts):
    """What can be found, presented and answered."""

    def record_finding(
        self,
        *,
        number: str,
        statement: str,
        polarity: Literal["concern", "good_practice"],
        scope: Literal["single-agency", "multi-agency"],
        system_factor: str,
        themes: tuple[str, ...] = (),
        modifiable_factor: bool | None = None,
        people: Collection[str] = (),
        **act: Unpack[Act],
    ) -> None:
        """Record what was found, under a number of its own, with a system factor, naming none of the `people` on record (INV-06)."""
        then = self._then(act, "nothing can be found", FINDING)
        self._reviewing(act, then)
        self._led(act, then, "nothing can be found")
        said(number=number, statement=statement)
        if not system_factor.strip():
            raise refusals.NoSystemFactor(ref=self.ref, number=number)
        if self.has_finding(number):
            raise refusals.FindingExists(ref=self.ref, number=number)
        fields = {"number": number, "statement": statement, "system_factor": system_factor, "themes": tuple(themes)}
        self.check_names(people, **fields)
        self._say("FindingRecorded", act, **fields, polarity=polarity, scope=scope, modifiable_factor=modifiable_factor)

    def make_recommendation(self, *, number: str, to: str, text: str, people: Collection[str] = (), **act: Unpack[Act]) -> None:
        """Recommend something to somebody, under a number of its own."""
        then = self._then(act, "nothing can be recommended", FINDING)
        self._reviewing(act, then)
        self._led(act, then, "nothing can be recommended")
        said(number=number, to=to, text=text)
        if self.state and any(made.number == number for made in self.state.recommendations):
            raise refusals.RecommendationExists(ref=self.ref, number=number)
        fields = {"number": number, "to": to, "text": text}
        self.check_names(people, **fields)
        self._say("RecommendationMade", act, **fields)

    def present_review_report(self, *, report_sha256: str, meeting: str | None = None, **act: Unpack[Act]) -> None:
        """Present the report to the Board; of what is to be published, under an independent lead reviewer (INV-01)."""
        stages = s.Commissioned | s.InProgress | s.Answering | s.Reopened
        then = self._then(act, "no report can be presented", stages, still=True)
        self._led(act, then, "no report can be presented", needed=then.publishes)
        items.check_hashes(ref=self.ref, report_sha256=report_sha256)
        said(meeting=meeting)
        self._say("ReportPresented", act, report_sha256=report_sha256, meeting=meeting)

    def formulate_response(self, *, responses: tuple[dict[str, Any], ...], people: Collection[str] = (), **act: Unpack[Act]) -> None:
        """Answer every finding exactly once, with a reason where it is not accepted whole (INV-04). A later response replaces it."""
        then = self._then(act, "the Board cannot respond", ANSWERING, still=True)
        self._independent(act["acting"], then, "BoardResponseFormulated")
        self.check_responses(responses)
        self.check_names(people, responses=responses)
        self._say("BoardResponseFormulated", act, responses=tuple(responses))

    def check_responses(self, responses: Iterable[Mapping[str, Any]]) -> None:
        """Refuse a response that does not answer every finding that stands exactly once (INV-04)."""
        read = [items.response(given, ref=self.ref) for given in responses]
        there = [finding.number for finding in (self.state.findings if self.state else ())]
        if not there:
            raise NothingToAnswer(ref=self.ref)
        times = Counter(response.number for response in read)
        if twice := sorted(number for number, count in times.items() if count > 1):
            raise refusals.AnsweredTwice(ref=self.ref, numbers=twice)
        if unknown := sorted(times.keys() - set(there)):
            raise refusals.UnknownFinding(ref=self.ref, numbers=unknown)
        if missing := [number for number in there if number not in times]:
            raise refusals.NotEveryFinding(ref=self.ref, missing=missing)

    def has_finding(self, number: str) -> bool:
        """Say whether a finding of this number stands."""
        return self.state is not None and any(finding.number == number for finding in self.state.findings)

    def check_names(self, people: Collection[str], /, **said: Any) -> None:
        """Refuse a finding, a recommendation or a response that names a person (INV-06). `people` are the names of everybody on record."""
        for field, text in _texts(said):
            if name := names.found(text, people):
                raise refusals.NamesAPerson(ref=self.ref, field=field, name=name)


def _texts(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the texts in which nobody is named, whatever else is said beside them."""
    values = [(field, said.get(field)) for field in FREE]
    values += [("themes", theme) for theme in _listed(said.get("themes"))]
    answers = (answer for answer in _listed(said.get("responses")) if isinstance(answer, dict))
    values += [(field, answer.get(field)) for answer in answers for field in ("number", "reason", "intended_actions")]
    yield from ((field, value) for field, value in values if isinstance(value, str))


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple)) else ()
