"""What a participant is asked, by a link of their own and without an account: how it was, what they mean to do, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, redirect, request

from aggregates.errors import Refused
from aggregates.partnership import Course
from aggregates.training_session import TrainingSession
from api.access import public
from api.errors import status_of
from api.pages import frame
from api.pages.acting import KEY
from api.pages.acting.forms import field_of
from api.pages.acting.sending import new_key
from api.pages.frame.words import in_form, written
from api.worker import worker
from service.desk.refusals import FieldMissing, LinkEnded
from service.verbs.training import links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response as Redirect

    from aggregates.training_session import SessionState
    from service.verbs.training.links import Link

pages = Blueprint("taking_part", __name__)

FIVE: Final = [{"value": str(n), "text": text} for n, text in enumerate(("1, not at all", "2", "3", "4", "5, very much"), start=1)]
IMPACT: Final = [{"value": "none", "text": "None"}, {"value": "some", "text": "Some"}, {"value": "marked", "text": "A marked one"}]
SEALED: Final = "Your words are kept apart from your name, and shown only where five or more wrote something. Name nobody."
KEPT_APART: Final = "Your words are kept apart from your name. Name nobody."
# What is asked by which command, with how it is asked: kind, label, hint, and whether it may be left out.
FORMS: Final[dict[str, tuple[tuple[str, str, str, str | None, bool], ...]]] = {
    "give_feedback": (
        ("satisfaction", "five", "Were you satisfied with the training?", None, False),
        ("learning", "five", "Did you learn from it?", None, False),
        ("confidence_before", "five", "How confident were you before?", None, True),
        ("confidence_after", "five", "How confident are you now?", None, True),
        ("comment", "textarea", "What should those who teach it know?", SEALED, True),
    ),
    "record_action_plan": (("plan", "textarea", "What will you do with what you learned?", KEPT_APART, False),),
    "return_follow_up": (
        ("used_in_practice", "yes_no", "Have you used it in your practice?", None, False),
        ("shared_with_colleagues", "yes_no", "Have you shared it with colleagues?", None, False),
        ("effect_on_children", "textarea", "What changed for children?", KEPT_APART, True),
        ("impact", "impact", "What impact has it had on your practice?", None, False),
    ),
}
ASKED: Final = {"day": ("give_feedback", "record_action_plan"), "follow-up": ("return_follow_up",)}


@pages.get("/take-part/<token>")
@public
def form(token: str) -> Response:
    """Show what is asked by this link."""
    link, state = _opened(token)
    return _page(token, link, state)


@pages.post("/take-part/<token>")
@public
def answer(token: str) -> Response | Redirect:
    """Record what is said: all of it, or, where a part of it is refused, what could be recorded and why the rest could not."""
    link, state = _opened(token)
    key, said = request.form.get(KEY, ""), request.form.to_dict()
    try:
        for command in _open(link, state):
            fields = dict(_fields(command, said))
            if missing := [f"{name}: {label}" for name, _, label, _, optional in FORMS[command] if not optional and name not in fields]:
                raise FieldMissing(act="Send", fields=[one.partition(": ")[2] for one in missing])
            worker().board.take_part(link, command, fields, key=key)
    except Refused as refused:
        return _page(token, link, _opened(token)[1], said=said, refused=refused)
    return redirect(f"/take-part/{token}?recorded=1", code=303)


def _opened(token: str) -> tuple[Link, SessionState]:
    """Return whose link it is, and the session as it stands; refuse a link that opens nothing."""
    board = worker().board
    with worker().desk() as conn:
        link = links.opened(conn, token, now=datetime.fromtimestamp(board.clock(), UTC))
    session = board.find(TrainingSession, link.session, fresh=True)
    if session is None or session.state is None or session.state.attendee(link.number) is None:
        raise LinkEnded
    return link, session.state


def _open(link: Link, state: SessionState) -> list[str]:
    """Return what is still asked: a form of the day once, a follow-up as often as there is something else to say."""
    given = {"give_feedback": [one.number for one in state.feedback], "record_action_plan": state.plans}
    return [command for command in ASKED[link.purpose] if link.number not in given.get(command, ())]


def _fields(command: str, said: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Give what was said, as the command takes it; what was left out is left out."""
    for name, kind, *_ in FORMS[command]:
        text = said.get(name, "").replace("\r\n", "\n").strip()
        if not text:
            continue
        if kind == "five":
            yield name, int(text) if text in {"1", "2", "3", "4", "5"} else text
        else:
            yield name, text == "yes" if kind == "yes_no" else text


def _page(token: str, link: Link, state: SessionState, *, said: dict[str, str] | None = None, refused: Refused | None = None) -> Response:
    course = worker().board.find(Course, state.course)
    asked = _open(link, state)
    fields = [_field(*one, value=(said or {}).get(one[0])) for command in asked for one in FORMS[command]]
    returned = state.follow_up(link.number)
    return frame.render(
        "board/training/taking_part.html",
        status=status_of(type(refused)) if refused else 200,
        title=course.state.title if course and course.state else state.course,
        held=written(state.delivered_on or state.planned_on),
        token=token,
        purpose=link.purpose,
        fields=fields,
        key=request.form.get(KEY) if refused else new_key(),
        recorded=bool(request.args.get("recorded")) and refused is None,
        answered=bool(returned and returned.answer),
        refusal=in_form(refused, {field["name"]: field["label"] for field in fields}, None) if refused else None,
    )


def _field(name: str, kind: str, label: str, hint: str | None, optional: bool, *, value: str | None) -> dict[str, Any]:
    items = {"five": FIVE, "impact": IMPACT}.get(kind, [])
    found = field_of(name, "choice" if items else kind, "personal", label=label, hint=hint, optional=optional, items=items, value=value)
    return found | {"seen_by": None, "nothing": "I would rather not say"}
