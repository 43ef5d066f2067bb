"""Health in words, with what to do."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from api.app import create_app
from projections.two_clocks import tracking


def checks(response) -> dict[str, dict[str, object]]:
    """Return the checks by name."""
    return {check["name"]: check for check in response.json["checks"]}


def test_all_is_well(shared):
    """With the database up and the views in step, the service is ready."""
    response = shared.client.get("/health/ready")

    assert (response.status_code, response.json["status"]) == (200, "ready")
    assert checks(response)["views"]["words"] == "The views show event 22 of 22"


def test_alive_needs_nothing_else(routes):
    """A process that answers is alive, whatever else is down."""
    assert routes.test_client().get("/health/live").json == {"status": "alive"}


def test_without_a_database_it_says_so_and_what_to_do(seeded):
    """Where PostgreSQL is away, the answer is 503 with words, on health and on any read, and never a failure without words."""
    app = create_app(replace(seeded.config, database_url="host=127.0.0.1 port=1 dbname=none user=x"), board_factory=lambda _: seeded.board)
    worker = app.extensions["muniment"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.worker.PATIENCE", 0.5)
        ready = app.test_client().get("/health/ready")
        read = app.test_client().get("/api/v1/actions", headers={"Authorization": f"Bearer {seeded.keys['chair']}"})
    worker.close()

    assert (ready.status_code, checks(ready)["database"]["ok"]) == (503, False)
    assert "Start PostgreSQL" in checks(ready)["database"]["do"]
    assert (read.status_code, read.json["type"], read.headers["Retry-After"]) == (503, "/problems/database-away", "5")


def test_a_view_that_stopped_is_told(ask):
    """A halted view makes the service not ready, and says at which event."""
    with psycopg.connect(ask.seeded.config.conninfo("projector"), autocommit=True) as conn:
        tracking.halt(conn, "action_register", 21, "a secret of the implementation")
    response = ask.client.get("/health/ready")

    assert response.status_code == 503
    assert checks(response)["views"]["words"] == "The view action_register stopped at event 21; nothing newer is shown"
    assert "secret" not in response.get_data(as_text=True)


def test_views_that_were_never_built_are_told(ask):
    """Where catch-up has never run, the answer says what to start."""
    with psycopg.connect(ask.seeded.config.conninfo("projector"), autocommit=True) as conn:
        conn.execute("DROP TABLE views.tracking, views.halted")
    response = ask.client.get("/health/ready")

    assert (response.status_code, checks(response)["views"]["do"]) == (503, "Start `muniment work`")
