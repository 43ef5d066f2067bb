"""What the pages ask the Board before anybody writes: each look-up once, and nothing made up is ever shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregates.partnership.office import Office
from api.access import SESSION_COOKIE
from api.pages.acting.asking import Question
from api.pages.acting.possible import against
from api.pages.frame import look
from api.pages.frame.words import sentence
from api.resources.answering.commands import declared
from service.commands import AMENDMENTS
from tests.api.pages.whole import THINGS

if TYPE_CHECKING:
    from tests.api.pages.conftest import Browser


def signed_in(who: Browser):
    """Return a request of whoever is signed in."""
    cookie = who.client.get_cookie(SESSION_COOKIE)
    return who.client.application.test_request_context("/", headers={"Cookie": f"{SESSION_COOKIE}={cookie.value}"})


def test_what_many_questions_rest_on_is_looked_up_once(whole):
    """Every office is read once for all the questions of a page, also where a verb asks for it by way of something else."""
    with signed_in(whole("board-manager")), look() as seen:
        question = Question(seen.on)

        assert question.every(Office) is question.every(Office)
        assert question.seats()["chair"] is question.every(Office)[[office.ref for office in question.every(Office)].index("chair")].state


def test_no_refusal_shows_what_was_made_up_for_the_question(whole):
    """Why something cannot be recorded today is never a value that nobody typed."""
    with signed_in(whole("board-manager")), look() as seen:
        named = [(command, THINGS[kind]) for kind in THINGS for command in declared(kind) if command.name not in AMENDMENTS]
        found = [against(seen, command, ref) for command, ref in named if not command.creates]
        told = [sentence(one.refused, seen.words) for one in found if one]

    assert told
    assert [words for words in told if "…" in words or "0000" in words or "“-”" in words] == []
