"""The least that could record signed evidence: a statement sealed where the bare endpoint has its INSERT; nobody asked, no rule applied.

`create_app` only seals it; `create_shown` records it of an action that is there and answers once the views show it, as ours does.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
from bare import EvidenceSchema
from eventsourcing.persistence import StoredEvent
from flask import Flask, jsonify, request

from aggregates.action import Action
from aggregates.entry.record import stream_id
from projections.two_clocks import tracking
from service.application import Board
from service.config import Config
from service.ledger import keys

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

EVENT = Action.EvidenceSubmitted
NEXT = 3  # the version that comes after an action was assigned and accepted
WAIT = 2.0  # seconds, as ours waits
AROUND = {"by_office": "lead", "by_agency": "RIV", "by_person": None, "on_behalf_of": None, "late_reason": None, "narrative": None}
FILE = {"classification": "restricted", "media_type": "application/pdf", "supplied_by_agency": "RIV", "redaction_of": None, "size": 26}


def create_app() -> Flask:
    """Build what signs and seals, in the worker."""
    app, schema, board = Flask(__name__), EvidenceSchema(), _board()

    @app.post("/api/v1/actions/<ref>/submit_evidence")
    def submit(ref: str):  # noqa: ANN202 - a page of a benchmark
        position, receipt = _sealed(board, uuid4(), 1, schema.dump(schema.load(request.get_json())))
        return jsonify({"ref": ref, "position": position, "receipt": receipt})

    return app


def create_shown() -> Flask:
    """Build what signs, seals and shows, in the worker."""
    app, schema, board = Flask(__name__), EvidenceSchema(), _board()
    shown = tracking.Shown(partial(psycopg.connect, _config().conninfo("reader"), autocommit=True))

    @app.post("/api/v1/actions/<ref>/submit_evidence")
    def submit(ref: str):  # noqa: ANN202 - a page of a benchmark
        said, now = schema.dump(schema.load(request.get_json())), datetime.now(UTC)
        files = [FILE | {"filename": "audit.pdf", "received_at": f"{now:%Y-%m-%dT%H:%M:%SZ}"} | item for item in said["evidence"]]
        fields = AROUND | said | {"evidence": files, "occurred_on": f"{now:%Y-%m-%d}"}
        position, receipt = _sealed(board, stream_id(board.origin, Action.TOPIC, ref), NEXT, fields)
        assert shown.wait(position, WAIT)  # or the views stand still, and it is not the least that shows anything
        return jsonify({"ref": ref, "position": position, "receipt": receipt, "shown": True})

    return app


def _config() -> Config:
    return Config(data=Path(os.environ["MUNIMENT_DATA"]))


def _board() -> Board:
    return Board(_config(), keys.load(_config()))


def _sealed(board: Board, stream: UUID, version: int, fields: Mapping[str, Any]) -> tuple[int, str]:
    receipts: list[Any] = []
    state = board.keys.statement.attest(EVENT.TOPIC, str(stream), version, board.recorder.seen(), fields)
    (position,) = board.recorder.insert_events([StoredEvent(stream, version, EVENT.TOPIC, state)], receipts=receipts)
    return position, str(receipts[0])
