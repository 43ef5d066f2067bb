"""The least that could record evidence over HTTP: Flask, a marshmallow schema and one INSERT; no rights, no rule, no proof."""

from __future__ import annotations

import os

from flask import Flask, jsonify, request
from marshmallow import Schema, fields
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

pool = ConnectionPool(os.environ["BARE_DATABASE"], min_size=4, max_size=16, kwargs={"autocommit": True}, open=False)


class ItemSchema(Schema):
    """A file, and what is said of it."""

    sha256 = fields.String(required=True)
    title = fields.String(required=True)
    evidence_date = fields.Date(required=True)


class EvidenceSchema(Schema):
    """The same body that ours takes."""

    effect = fields.String(required=True)
    evidence = fields.List(fields.Nested(ItemSchema), required=True)


def create_app() -> Flask:
    """Build the application, in the worker."""
    app, schema = Flask(__name__), EvidenceSchema()
    pool.open()

    @app.post("/api/v1/actions/<ref>/submit_evidence")
    def submit(ref: str):  # noqa: ANN202 - a page of a benchmark
        said = schema.dump(schema.load(request.get_json()))
        with pool.connection() as conn:
            row = conn.execute("INSERT INTO public.bare (ref, said) VALUES (%s, %s) RETURNING id", (ref, Jsonb(said))).fetchone()
        return jsonify({"ref": ref, "position": row[0] if row else None})

    return app
