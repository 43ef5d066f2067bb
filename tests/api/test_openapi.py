"""The document and the service say the same: whatever it allows to be sent is answered as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from service.commands import COMMANDS
from tests.api.conftest import Asking, serving
from tests.boards import copy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 4  # of each operation


@pytest.fixture(scope="session")
def fuzzed(small_board, lending, tmp_path_factory) -> Iterator[Asking]:
    """Give a board for whatever is thought up."""
    with copy_of(small_board, lending, tmp_path_factory.mktemp("fuzzed")) as it, serving(it) as app:
        yield Asking(app.test_client(), it)


def test_what_is_documented_is_what_is_served(fuzzed):
    """Whatever the document allows to be sent is answered as it says, operation by operation."""
    served = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", fuzzed.client.application)
    operations = [found.ok() for found in served.get_all_operations()]
    for operation in operations:

        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=fuzzed.headers("board-manager"), checks=CHECKS)

        holds()

    assert len(operations) > len(COMMANDS)
