"""How refusals leave: one table, problem+json, and nothing that should not be told."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from flask import Response
from psycopg_pool import PoolTimeout

import aggregates
import projections
import service.desk
from aggregates.errors import RULES, Refused
from api import errors
from api.access import public
from api.app import create_app
from service.desk import refusals
from service.ledger.errors import BadStatement, EventKnown
from service.ledger.keys import KeysMissing
from tests.api.conftest import serving

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


def refusal_classes() -> list[type[Refused]]:
    """Import whatever may declare a refusal, and list them all."""
    for package in (aggregates, projections, service.desk):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return sorted({kind for kind in errors.every_refusal() if not kind.__module__.startswith("tests")}, key=lambda kind: kind.__name__)


@pytest.fixture
def raising(shared):
    """Give a client of an application whose view raises what the test puts into the returned list."""
    with serving(shared.seeded, create_app) as app:
        yield _raising(app)


def _raising(app: Flask) -> tuple[FlaskClient, list[BaseException]]:
    raised: list[BaseException] = []

    @app.get("/api/v1/raise")
    @app.get("/a-page")
    @public
    def view():
        raise raised[0]

    return app.test_client(), raised


def test_every_refusal_has_a_status_a_code_and_a_title_of_its_own():
    """Each refusal maps to a status of a refusal, under a code that no other has, with a sentence as its title, and its rule has words."""
    kinds = refusal_classes()

    assert {errors.status_of(kind) for kind in kinds} <= {400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 503, 507}
    assert len({kind.code() for kind in kinds}) == len(kinds)
    assert all(errors.title_of(kind) and kind.text for kind in kinds)
    assert {kind.rule for kind in kinds if kind.rule.startswith(("INV-", "ledger"))} <= RULES.keys()


def test_no_refusal_sends_its_reader_to_our_specification():
    """Who reads a refusal has the framework and the law, and no document of ours: a rule of ours is said in words."""
    ours = re.compile(r"§|INV-\d|\b(ledger|domain|architecture|journey|experience) [A-Z\d]")
    told = {kind: f"{kind.text} {RULES.get(kind.rule, '')} {kind.source}" for kind in refusal_classes()}

    assert {kind: words for kind, words in told.items() if ours.search(words)} == {}


def test_what_the_table_does_not_name_is_a_422():
    """A rule of the place that nobody has listed is content that cannot be recorded."""

    class SomeRule(Refused):
        """A rule."""

        text = "No"

    assert errors.status_of(SomeRule) == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_problem_says_the_sentence_the_rule_the_source_and_the_facts(raising):
    """A refusal leaves as problem+json with its own sentence, and only with facts that the sentence tells."""
    client, raised = raising
    raised.append(refusals.FutureDate(occurred_on="2030-01-01", today="2016-09-05", secret="hidden"))
    response = client.get("/api/v1/raise")

    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert response.json == {
        "type": "/problems/future-date",
        "title": "What has not happened yet cannot be on record",
        "status": 422,
        "detail": "2030-01-01 is in the future: today is 2016-09-05 (nothing is dated ahead, and what comes late says why).",
        "instance": "/api/v1/raise",
        "rule": "INV-33",
        "facts": {"occurred_on": "2030-01-01", "today": "2016-09-05"},
    }


def test_a_problems_type_leads_to_its_explanation(raising):
    """The address that names a problem explains it, and all of them are listed."""
    client, _ = raising
    listed = {entry["type"] for entry in client.get("/problems").json["problems"]}

    assert listed >= {f"/problems/{kind.code()}" for kind in errors.STATUS}
    assert client.get("/problems/stale-version").json["status"] == 412
    assert client.get("/problems/no-such-problem").status_code == 404


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [
        (refusals.NotSignedIn(), 401, ("WWW-Authenticate", 'Bearer realm="muniment"')),
        (refusals.TooManyAttempts(wait="15 minutes", seconds=900), 429, ("Retry-After", "900")),
        (psycopg.OperationalError("the server closed the connection, password=secret"), 503, ("Retry-After", "5")),
        (PoolTimeout("couldn't get a connection"), 503, ("Retry-After", "5")),
        (BadStatement("row 5"), 503, ("Retry-After", "5")),
        (KeysMissing(Path("/secret/keys"), "is missing"), 503, ("Retry-After", "5")),
        (EventKnown("twice"), 409, ("X-Content-Type-Options", "nosniff")),
    ],
)
def test_what_a_client_has_to_know_stands_in_the_headers(raising, error, status, header):
    """A refusal carries the headers that its status asks for, and a failure never its own words."""
    client, raised = raising
    raised.append(error)
    response = client.get("/api/v1/raise")

    assert response.status_code == status
    assert response.headers[header[0]] == header[1]
    assert "secret" not in response.get_data(as_text=True)


def test_nobody_is_shown_a_traceback(raising):
    """What nobody foresaw is a problem with a reference, and nothing of what went wrong inside."""
    client, raised = raising
    raised.append(ZeroDivisionError("division by zero at line 12"))
    response = client.get("/api/v1/raise", headers={"X-Request-ID": "reference-1"})

    assert (response.status_code, response.json["reference"]) == (500, "reference-1")
    assert "division" not in response.get_data(as_text=True)
    assert "Traceback" not in response.get_data(as_text=True)


def test_a_person_is_shown_a_page_and_a_program_a_problem(raising):
    """A browser at a page gets the page that the pages render; the API answers with problem+json whoever asks."""
    client, raised = raising
    raised.append(refusals.NotAllowed(who="A lead", act="do this", roles={"chair"}))
    errors.show_pages_with(client.application, lambda problem: Response(f"<h1>{problem.detail}</h1>", mimetype="text/html"))
    html = {"Accept": "text/html,application/xhtml+xml"}

    page, program = client.get("/a-page", headers=html), client.get("/api/v1/raise", headers=html)

    assert (page.status_code, page.mimetype) == (403, "text/html")
    assert (program.status_code, program.mimetype) == (403, "application/problem+json")


def test_an_address_that_is_not_there_or_not_for_this_is_a_problem_too(raising):
    """Unknown addresses and methods are problems, and the latter says which methods there are."""
    client, _ = raising

    assert client.get("/api/v1/nothing").json["type"] == "/problems/not-found"
    assert "GET" in client.delete("/health/live").headers["Allow"]


def test_recording_on_what_others_hold_more_of_is_a_503(ask, tmp_path):
    """Reading goes on; whatever would record is told who holds more, and whoever runs the service what to do."""
    board = ask.seeded.board
    (tmp_path / "kept.checkpoint").write_text(board.keys.log.checkpoint(10_000, bytes(32)))
    board.config = replace(board.config, checkpoint_to=(str(tmp_path),))
    refused = ask.post("/api/v1/actions/A1/accept_action", "riv-lead")

    assert (refused.status_code, refused.json["type"]) == (503, "/problems/not-what-others-hold")
    assert "kept.checkpoint holds 10000 events" in refused.json["detail"]
    assert "ops/runbooks/restore.md" in refused.json["detail"]
    assert ask.get("/api/v1/actions/A1").status_code == 200
