"""The document and the service say the same: whatever it allows to be sent, or forbids, is answered as it says, and its links lead on."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING

import pytest
import schemathesis
from flask import request
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig

from api.app import create_app
from service.commands import COMMANDS
from tests.api.conftest import Asking, serving
from tests.api.pages.whole import THINGS, fill
from tests.api.test_role_matrix import KINDS
from tests.boards import copy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = 1  # of each operation, of what its schemas allow, and of what they forbid
WALKS, STEPS = 10, 25  # from link to link
# Where we say more than Schemathesis expects: a rule refuses with 422 what the schema allows; an older ETag is refused with 412, and more
# files than one request brings with 413.
CHECKS = {
    "positive_data_acceptance": {"expected-statuses": ["2xx", "304", "401", "403", "404", "409", "412", "422"]},
    "negative_data_rejection": {
        "expected-statuses": ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"]
    },
    "missing_required_header": {"expected-statuses": ["400", "401", "403", "404", "415", "422", "428"]},
}
GENERATION = {"allow-x00": False, "with-security-parameters": False}  # PostgreSQL keeps no NUL; who asks, we say
LEADS_TO = {"get": {200}, "post": {200, 201, 403, 409, 422}}  # an act is there, and can be asked for with this version of the thing
BUT = {  # no act here was signed as a request; a round says of whom it asks what; what is held of somebody is gathered once they asked
    "get_events_by_position_request", "ask_round", "get_subjects_by_ref_held",
}  # fmt: skip
HOW = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
BOTH = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@pytest.fixture(scope="session")
def fuzzed(small_board, lending, tmp_path_factory) -> Iterator[Asking]:
    """Give a board with one of everything, for whatever is thought up; its views keep up with what is recorded."""
    with copy_of(small_board, lending, tmp_path_factory.mktemp("fuzzed")) as it, serving(it, create_app) as app:

        @app.after_request
        def keep_up(response):
            if request.method == "POST" and response.status_code < 300:
                it.catch_up()
            return response

        yield Asking(app.test_client(), fill(it))


@pytest.fixture(scope="session")
def served(fuzzed):
    """Give the document as it is served."""
    auth = {"openapi": {"key": {"bearer": fuzzed.seeded.keys["board-manager"]}}}
    config = SchemathesisConfig.from_dict({"checks": CHECKS, "generation": GENERATION, "auth": auth})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", fuzzed.client.application, config=config)


def test_what_is_documented_is_what_is_served(served):
    """Whatever the document allows to be sent, or forbids, is answered as it says: every check of Schemathesis, operation by operation."""
    operations, wrong = [found.ok() for found in served.get_all_operations()], []
    for operation, mode in product(operations, schemathesis.GenerationMode):

        @settings(max_examples=EXAMPLES, **HOW)
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate()

        try:
            holds()
        except BaseExceptionGroup as group:
            wrong.append(f"{operation.label}: {group}")
        except Unsatisfiable:  # where anything may be sent, nothing is forbidden
            assert mode.is_negative

    assert wrong == []
    assert len(operations) > len(COMMANDS)


def test_whoever_walks_by_its_links_is_answered_as_it_says(served):
    """Every check holds from link to link too: what was made is there, what was given is read, and nothing is there that nobody made."""
    answered = Counter()

    class Walk(served.as_state_machine()):
        def after_call(self, response, case):
            answered[response.status_code] += 1
            super().after_call(response, case)

    Walk.run(settings=settings(max_examples=WALKS, stateful_step_count=STEPS, **HOW))

    assert answered[200] > 0


def test_every_link_of_what_is_read_leads_where_it_says(fuzzed):
    """From a list to its first thing, from a thing to what is read and done of it: each link is followed, with the ETag that it has."""
    paths = fuzzed.client.get("/api/v1/openapi.json").json["paths"]
    places = {it["operationId"]: (method, path) for path, every in paths.items() for method, it in every.items() if method != "parameters"}
    followed, wrong = Counter(), []
    for path, every in paths.items():
        for name, link in every.get("get", {"responses": {}})["responses"].get("200", {}).get("links", {}).items():
            asked = {"ref": THINGS[KINDS.get(path.split("/")[3], "action")], "position": 3}
            read, (method, place) = fuzzed.get(path.format(**asked)), places[link["operationId"]]
            assert read.status_code == 200, path
            if not read.json.get("items", [1]):
                continue  # there is no first one
            given = {key: value_of(value, read, asked) for key, value in link["parameters"].items()}
            leads = place.format(**{key.partition(".")[2]: value for key, value in given.items()})
            seen = given.get("header.If-Match")
            answer = fuzzed.get(leads) if method == "get" else fuzzed.post(leads, "board-manager", {}, version=seen)
            followed[method] += 1
            if answer.status_code not in LEADS_TO[method] and name not in BUT:
                wrong.append((path, leads, seen, answer.status_code))

    assert wrong == []
    assert followed["get"] > 20
    assert followed["post"] > 150


def test_every_thing_that_is_read_by_itself_is_answered_as_the_document_says(served, fuzzed):
    """Each read of one thing that is there, by its own reference: found, and with every field that its schema requires."""
    wrong, read = [], 0
    for operation in (found.ok() for found in served.get_all_operations()):
        kind = KINDS.get(operation.path.rpartition("/{ref}")[0].rpartition("/")[2])
        if operation.method.lower() != "get" or not operation.path.endswith("/{ref}") or kind is None:
            continue
        ref = THINGS[kind]
        try:
            answer = operation.Case(path_parameters={"ref": ref}).call_and_validate(headers=fuzzed.headers("board-manager"))
        except BaseExceptionGroup as group:
            wrong.append(f"{operation.label}: {group}")
        else:
            read += answer.status_code == 200

    assert wrong == []
    assert read > 10


def value_of(said, read, asked):
    """Return what a link's parameter is: of the request or of its answer."""
    kind, _, what = said.partition("#") if "#" in said else said.rpartition(".")
    if kind == "$request.path":
        return asked[what]
    if kind == "$response.header":
        return read.headers[what]
    found = read.json
    for part in what.split("/")[1:]:
        found = found[int(part) if part.isdigit() else part]
    return found
