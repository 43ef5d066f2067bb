"""Handing out the participants' links: made on one page, shown there this once, and kept only as their hashes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from flask import Blueprint, Response, request

from aggregates.training_session import TrainingSession
from api.access import member
from api.pages.board.training.people import who_is
from api.pages.frame import look, render
from api.resources.answering.commands import acting_as
from api.worker import worker
from projections import training
from service.commands.training import HOLDING, JUDGING
from service.desk.authority import called
from service.desk.refusals import NotAllowed, NotFound
from service.verbs.training import links

if TYPE_CHECKING:
    from aggregates.training_session import SessionState
    from service.verbs.training.links import Purpose

pages = Blueprint("handing_out", __name__)

# Who hands out which links, and what they are called.
WHO: Final = {"day": (HOLDING, "feedback and action plans"), "follow-up": (JUDGING, "the follow-up questionnaire")}


@pages.route("/sessions/<ref>/links/<purpose>", methods=["GET", "POST"])
@member
def hand_out(ref: str, purpose: str) -> Response:
    """Say whom there are links for; or make them, and show each this once."""
    if purpose not in WHO:
        raise NotFound(kind="page", ref=purpose)
    state = _may(ref, purpose)
    made = _make(ref, cast("Purpose", purpose), state) if request.method == "POST" else []
    with look() as seen:
        row = training.session(seen.on.conn, ref, **seen.on.at)
        named = [one | {"name": who_is(seen, row, one["number"]) if row else None} for one in made]
        asked: dict[str, Any] = {
            "ref": ref,
            "purpose": purpose,
            "what": WHO[purpose][1],
            "days": links.LASTS[cast("Purpose", purpose)].days,
        }
        return render("board/training/handing_out.html", look=seen, made=named, waiting=_waiting(state, purpose), **asked)


def _may(ref: str, purpose: str) -> SessionState:
    """Return the session, or refuse whoever has no hand in it."""
    roles, what = WHO[purpose]
    who = acting_as()
    if who.role not in roles:
        raise NotAllowed(who=called(who.role), act=f"hand out links for {what}", roles=roles)
    session: TrainingSession = worker().board.reach(who, TrainingSession, ref)
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
