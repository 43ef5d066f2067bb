"""Rules over all routes, found by walking them: nobody has to remember."""

from __future__ import annotations

import runpy
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from api import access
from api.fields import schema_of
from api.resources import RESOURCES
from service.commands import AMENDABLE, AMENDMENTS, COMMANDS, find
from service.commands.asking import ENVELOPE, ONE_OF_ITS_KIND
from tests.api.conftest import without_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.commands import Command

PLURAL = {"agency": "agencies", "partnership": "partnership", "keys": "keys", "priorities": "priorities"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
WRITES_NO_ACT = {"evidence.receive", "packs.take"}  # a file is on record once a command cites it; of a pack, that it was taken
SEVERAL_ACTS = {"returns.ask_round_of"}  # one command, given for each of several respondents


def declared() -> Iterator[Command]:
    """Give every command there is, amendments of every kind of thing included."""
    yield from COMMANDS.values()
    for kind in AMENDABLE:
        yield from filter(None, (find(name, kind) for name in AMENDMENTS))


def path_of(command: Command) -> str:
    """Return where a command is asked for."""
    collection = f"/api/v1/{PLURAL.get(command.kind, command.kind + 's')}"
    if command.creates:
        return collection
    return f"{collection}/{command.name}" if command.kind in ONE_OF_ITS_KIND else f"{collection}/<ref>/{command.name}"


def test_every_route_declares_its_access(routes):
    """A route says who may use it: nobody can forget."""
    undeclared = {rule.endpoint for rule in routes.url_map.iter_rules() if not hasattr(routes.view_functions[rule.endpoint], "access")}

    assert undeclared == set()


def test_a_view_that_declares_nothing_stops_the_start():
    """Deny is the default: an application with an undeclared view does not start."""
    app = Flask("other")
    app.add_url_rule("/forgotten", "forgotten", lambda: "x")

    with pytest.raises(access.UndeclaredAccess, match=r"static|forgotten"):
        access.check_declared(app)


def test_public_routes_are_these(routes):
    """Only what tells nothing of the record is public: the published log, health, explanations, the document and static files."""
    public = {rule.rule for rule in routes.url_map.iter_rules() if routes.view_functions[rule.endpoint].access == "public"}
    told = {rule for rule in public if rule.startswith(("/api/", "/log/"))}

    assert told == {"/api/v1/openapi.json", "/log/checkpoint", "/log/tile/<level>/<path:place>"}


@pytest.mark.parametrize("command", list(declared()), ids=lambda command: f"{command.kind} {command.name}")
def test_every_command_has_its_endpoint(routes, command):
    """What is declared can be asked for over HTTP, and nowhere else than where its name says."""
    rules = {rule.rule for rule in routes.url_map.iter_rules() if "POST" in rule.methods}

    assert path_of(command) in rules


def test_every_route_that_writes_is_a_command(routes):
    """There is no way of recording but the declared commands."""
    writing = {rule.endpoint: rule.rule for rule in routes.url_map.iter_rules() if rule.methods & UNSAFE and rule.rule.startswith("/api/")}
    undeclared = {endpoint for endpoint, rule in writing.items() if rule not in {path_of(command) for command in declared()}}

    assert undeclared == WRITES_NO_ACT | SEVERAL_ACTS


def contents(ask) -> dict[str, int]:
    """Count the rows of every table that requests could write to."""
    with ask.seeded.board.datastore.get_connection() as conn:
        tables = conn.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('ledger', 'sealed', 'desk', 'views')"
        ).fetchall()
        names = [f"{t['schemaname']}.{t['tablename']}" for t in tables]
        return {name: conn.execute(f"SELECT count(*) AS n FROM {name}").fetchone()["n"] for name in names}  # noqa: S608 - our own names


def test_every_operation_documents_what_it_takes_and_gives(routes):
    """Every operation of the document has a summary, a schema for what it answers and problem+json for what it refuses."""
    document = routes.test_client().get("/api/v1/openapi.json").json
    bad = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            good = [r for code, r in operation["responses"].items() if code.startswith("2")]
            told = operation.get("summary") and all("content" in r for r in good) and good
            refused = operation["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}
            if not (told and refused and (method == "get" or "requestBody" in operation)):
                bad.append(f"{method} {path}")

    assert document["openapi"] == "3.1.0"
    assert list(document["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]
    assert bad == []


def test_the_document_that_is_kept_is_the_one_that_is_served(routes):
    """ops/openapi.json says what the service says; `python ops/catalogue.py` writes it anew."""
    ops = Path(__file__).parents[2] / "ops"

    assert (ops / "openapi.json").read_text() == runpy.run_path(str(ops / "catalogue.py"))["api_document"](routes)


def test_the_document_is_written_once_however_many_ask_at_once(tmp_path):
    """Whoever asks first has it written, and all are given the same bytes: each asking wrote it anew, into what another was reading."""
    app, written = without_database(tmp_path), []

    class Counting(type(app.json)):
        """Writes JSON as the service does, and counts the documents."""

        def response(self, *said, **named):
            written.append("openapi" in said[0])
            return super().response(*said, **named)

    app.json = Counting(app)
    with ThreadPoolExecutor(8) as pool:
        given = set(pool.map(lambda _: app.test_client().get("/api/v1/openapi.json").data, range(8)))

    assert (len(given), written) == (1, [True])


@pytest.mark.parametrize("command", list(declared()), ids=lambda command: f"{command.kind} {command.name}")
def test_a_commands_schema_is_its_declaration(command):
    """What an endpoint takes is what the command takes, and what stands around every command."""
    ref = ["ref"] if command.creates and command.kind not in ONE_OF_ITS_KIND else []

    assert list(schema_of(command)().fields) == [*ref, *(f.name for f in command.fields), *ENVELOPE, "signed"]


def test_names_of_resources_are_words_of_the_field():
    """The addresses are the plural of what people call the things."""
    assert {resource.name for resource in RESOURCES} == {PLURAL.get(c.kind, c.kind + "s") for c in declared()} | {
        "absence",
        "reports",
        "events",
        "evidence",
        "packs",
        "difference",
        "library",
        "attendance",
        "escalations",
        "notices",
        "obligations",
        "compliance",
        "clauses",
        "section-11",
        "workforce",
        "programme",
    }
