"""The least that could record signed evidence: the bare endpoint, with a sealed statement for its INSERT; no rights, no rule, no view."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from bare import EvidenceSchema
from eventsourcing.persistence import StoredEvent
from flask import Flask, jsonify, request

from service.application import Board
from service.config import Config
from service.ledger import keys

TOPIC = "action.evidence_submitted.v1"


def create_app() -> Flask:
    """Build the application, in the worker."""
    app, schema = Flask(__name__), EvidenceSchema()
    config = Config(data=Path(os.environ["MUNIMENT_DATA"]))
    board = Board(config, keys.load(config))

    @app.post("/api/v1/actions/<ref>/submit_evidence")
    def submit(ref: str):  # noqa: ANN202 - a page of a benchmark
        said = schema.dump(schema.load(request.get_json()))
        stream, receipts = uuid4(), []
        state = board.keys.statement.attest(TOPIC, str(stream), 1, board.recorder.seen(), said)
        (position,) = board.recorder.insert_events([StoredEvent(stream, 1, TOPIC, state)], receipts=receipts)
        return jsonify({"ref": ref, "position": position, "receipt": str(receipts[0])})

    return app
