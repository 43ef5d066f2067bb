"""Handing out the participants' links: made on one page, shown there this once, and kept only as their hashes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from aggregates.training_session import TrainingSession
from api.access import needs
from api.pages.board.training.people import who_is
from api.pages.frame import look, render
from api.resources.answering.commands import acting_as
from api.worker import worker
from projections import training
from service.desk.refusals import NotFound
from service.verbs.training import links

if TYPE_CHECKING:
    from aggregates.training_session import SessionState
    from service.verbs.training.links import Purpose

pages = Blueprint("handing_out", __name__)

# By which right which links are handed out, and what they are called.
WHO: Final[dict[Purpose, tuple[str, str]]] = {
    "day": ("links of the day", "feedback and action plans"),
    "follow-up": ("follow-up links", "the follow-up questionnaire"),
}


@pages.route("/sessions/<ref>/links/day", methods=["GET", "POST"])
@needs(WHO["day"][0])
def of_the_day(ref: str) -> Response:
    """Hand out the links by which participants say how it was."""
    return _hand_out(ref, "day")


@pages.route("/sessions/<ref>/links/follow-up", methods=["GET", "POST"])
@needs(WHO["follow-up"][0])
def of_follow_up(ref: str) -> Response:
    """Hand out the links by which participants say what came of it."""
    return _hand_out(ref, "follow-up")


def _hand_out(ref: str, purpose: Purpose) -> Response:
    """Say whom there are links for; or make them, and show each this once."""
    state = _session(ref)
    made = _make(ref, purpose, state) if request.method == "POST" else []
    with look() as seen:
        row = training.session(seen.on.conn, ref, **seen.on.at)
        named = [one | {"name": who_is(seen, row, one["number"]) if row else None} for one in made]
        asked: dict[str, Any] = {
            "ref": ref,
            "purpose": purpose,
            "what": WHO[purpose][1],
            "days": links.LASTS[purpose].days,
        }
        return render("board/training/handing_out.html", look=seen, made=named, waiting=_waiting(state, purpose), **asked)


def _session(ref: str) -> SessionState:
    """Return the session, or refuse whoever has no hand in it."""
    session: TrainingSession = worker().board.reach(acting_as(), TrainingSession, ref)
    if session.state is None:
        raise NotFound(kind="session", ref=ref)
    return session.state


def _waiting(state: SessionState, purpose: str) -> list[str]:
    """Return the numbers of those who have something to say still."""
    if purpose == "follow-up":
        return [one.number for one in state.follow_ups if one.answer is None]
    given = {one.number for one in state.feedback} & set(state.plans)
    return [number for number in state.population if number not in given]


def _make(ref: str, purpose: Purpose, state: SessionState) -> list[dict[str, Any]]:
    held, office = worker(), str(acting_as().office)
    now = datetime.fromtimestamp(held.board.clock(), UTC)
    site = request.host_url.rstrip("/")
    with held.desk() as conn:
        tokens = {number: links.hand_out(conn, ref, number, purpose, made_by=office, now=now) for number in _waiting(state, purpose)}
    return [{"number": number, "href": f"{site}/take-part/{token}"} for number, token in tokens.items()]
