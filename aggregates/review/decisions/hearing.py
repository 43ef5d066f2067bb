"""Who is heard in a review: practitioners, families and those who took part, by role, relation and count, never by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from aggregates.errors import named, said
from aggregates.review import limits, refusals
from aggregates.review import state as s
from aggregates.review.decisions.acts import Acts
from aggregates.review.decisions.conducting import UNDER_WAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregates.authority import Act

HEARD = UNDER_WAY | s.Following


class Hearing(Acts):
    """What can be recorded of the people who are invited and heard."""

    def invite_practitioners(self, *, roles: tuple[str, ...], count: int, how_explained: str, **act: Unpack[Act]) -> None:
        """Invite practitioners to contribute, and say how it was explained to them."""
        then = self._then(act, "no practitioner can be invited", UNDER_WAY)
        self._people(act, then, roles, count)
        said(how_explained=how_explained)
        named(roles=roles)
        self._say("PractitionersInvited", act, roles=tuple(roles), count=count, how_explained=how_explained)

    def record_practitioner_contribution(self, *, roles: tuple[str, ...], count: int, how: str, **act: Unpack[Act]) -> None:
        """Record how many practitioners contributed, in which roles, and how."""
        then = self._then(act, "no contribution can be recorded", UNDER_WAY)
        self._people(act, then, roles, count)
        said(how=how)
        named(roles=roles)
        self._say("PractitionersContributed", act, roles=tuple(roles), count=count, how=how)

    def invite_family(self, *, relations: tuple[str, ...], count: int, how_explained: str, **act: Unpack[Act]) -> None:
        """Invite members of the family, and say how their part was explained to them."""
        then = self._then(act, "no family can be invited", HEARD)
        self._people(act, then, relations, count)
        said(how_explained=how_explained)
        named(relations=relations)
        self._say("FamilyInvited", act, relations=tuple(relations), count=count, how_explained=how_explained)

    def record_family_involvement(
        self,
        *,
        relations: tuple[str, ...],
        outcome: Literal["contributed", "declined", "did not answer", "not approached"],
        reason: str | None = None,
        **act: Unpack[Act],
    ) -> None:
        """Record what came of it. Whoever was not approached is owed a reason."""
        then = self._then(act, "no involvement of the family can be recorded", HEARD)
        self._reviewing(act, then)
        said(reason=reason)
        self.check_approached(outcome, reason)
        named(relations=relations)
        self._say("FamilyInvolvementRecorded", act, relations=tuple(relations), outcome=outcome, reason=reason)

    def record_participant_feedback(self, *, role: str, count: int, summary: str, **act: Unpack[Act]) -> None:
        """Record how it was for people who took part."""
        then = self._then(act, "no feedback can be recorded", HEARD | s.Closed)
        self._people(act, then, (role,), count)
        said(summary=summary)
        self._say("ParticipantFeedbackReceived", act, role=role, count=count, summary=summary)

    def check_approached(self, outcome: str, reason: str | None) -> None:
        """Refuse to have approached nobody, and not to say why."""
        if outcome == "not approached" and reason is None:
            raise refusals.NoReasonGiven(ref=self.ref, outcome=outcome)

    def _people(self, act: Act, then: s.ReviewState, words: Sequence[str], count: int) -> None:
        self._reviewing(act, then)
        for word in words:
            said(role=word)
        limits.check_count("count", count)
