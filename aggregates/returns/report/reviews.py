"""The reviews of a year, and what they changed (LIF-PRI-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregates.returns.report.parts import Figure, Lack, day, of
from aggregates.review import Review

if TYPE_CHECKING:
    from aggregates.returns.report.parts import Cell
    from aggregates.returns.report.record import Said, Year

STAGES = (
    (Review.ReportPublished, "report and response published"),
    (Review.BoardResponseFormulated, "the Board has responded"),
    (Review.ReportPresented, "report presented"),
    (Review.Commissioned, "under way"),
    (Review.Decided, "decided upon"),
)
NOT_RELEVANT = "not relevant"


def reviews(on: Year) -> Figure:
    """Say which reviews were live in the year, and how far each was at its end."""
    live = _live(on)
    rows: list[tuple[Cell, ...]] = []
    behind = []
    for begun in live:
        stage, said = _stage(on, begun)
        rows.append((f"{begun['title']} ({begun.ref})", str(begun["kind"]).capitalize(), stage, day(said.on)))
        behind.append((begun.at, *((said.at,) if said.at != begun.at else ())))
    return Figure(
        "reviews",
        "Reviews of the year",
        f"{of(len(live), 'review was', 'reviews were')} under way in the year, or followed up.",
        columns=("Review", "Kind", "How far it was", "Since"),
        rows=rows,
        behind=behind,
        empty="No review was under way.",
    )


def impact(on: Year) -> Figure:
    """Say what each review that the Board has answered changed, as judged for the year; lacking is what nobody has judged."""
    answered = {said.ref: said for said in on.by(on.end, Review.BoardResponseFormulated)}
    owed = [begun for begun in _live(on) if begun.ref in answered]
    judged = {said.ref: said for said in on.so_far(Review.ImpactEvaluated) if said["year"] == on.first.year}
    told = [begun for begun in owed if begun.ref in judged]
    return Figure(
        "impact",
        "What reviews changed",
        f"The impact of {len(told)} of {of(len(owed), 'review')} has been judged for {on.period}.",
        columns=("Review", "What it changed"),
        rows=[(f"{begun['title']} ({begun.ref})", judged[begun.ref]["judgement"]) for begun in told],
        behind=[(judged[begun.ref].at,) for begun in told],
        empty=f"The impact of none of {of(len(owed), 'review')} has been judged for {on.period}."
        if owed
        else "No impact was to be judged.",
        lacking=[Lack(f"no impact statement for {one['title']}", f"review:{one.ref}") for one in owed if one.ref not in judged],
    )


def _live(on: Year) -> list[Said]:
    """Return how each review began that was live in the year: begun by its end, decided upon, and not closed before it."""
    closed = {said.ref: said.on for said in on.by(on.end, Review.Closed)}
    reopened = {said.ref: said.on for said in on.by(on.end, Review.Reopened)}
    over = {ref for ref, since in closed.items() if since < on.first and reopened.get(ref, since) <= since}
    decided = {said.ref for said in on.by(on.end, Review.Decided)}
    relevant = {said.ref: said["relevance"] for said in on.by(on.end, Review.ExternalNoted, Review.ExternalRelevanceDecided)}
    begun = on.by(on.end, Review.Referred, Review.ExternalNoted)
    return [b for b in begun if b.ref not in over and (b.ref in decided or relevant.get(b.ref) == "relevant")]


def _stage(on: Year, begun: Said) -> tuple[str, Said]:
    for event, words in STAGES:
        for said in reversed(on.by(on.end, event)):
            if said.ref == begun.ref:
                return words, said
    return "noted", begun
