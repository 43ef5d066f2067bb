"""Programs that ask the product over HTTP, each with the API key of an office, and what every journey ends with."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from service.desk import accounts
from tests.acceptance.product import PATIENCE, verify, wait

if TYPE_CHECKING:
    from tests.acceptance.product import Product
    from tests.acceptance.served import Served

SETTLED = "SELECT (SELECT min(position) FROM views.tracking) = (SELECT count(*) FROM ledger.event)"


class Answer(NamedTuple):
    """What the product answered: the status, and the body as it came."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)

    @property
    def problem(self) -> tuple[int, str]:
        """Return the status and the name of a refusal."""
        return self.status, str(self.json["type"]).removeprefix("/problems/")


@dataclass
class Asking:
    """Whoever asks the served product, in whichever office; the keys are made at the first need."""

    served: Served
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def product(self) -> Product:
        """Return what is served."""
        return self.served.product

    def elsewhere(self, served: Served) -> Asking:
        """Return whoever asks the same board, with the same keys, where it is served too."""
        return replace(self, served=served)

    def key(self, office: str) -> str:
        """Return the API key of the holder of an office."""
        if office not in self.keys:
            settle(self.product)  # who holds an office is seen in the views
            email = self.served.email(office)
            with psycopg.connect(self.product.config.conninfo("writer"), autocommit=True) as desk:
                account = desk.execute("SELECT id FROM desk.account WHERE email = %s", (email,)).fetchone()
                assert account is not None, email
                self.keys[office] = accounts.create_api_key(desk, account[0], office, "a journey")
        return self.keys[office]

    def get(self, path: str, office: str = "chair", **asked: object) -> Answer:
        """Read, once the views show all that is on record."""
        settle(self.product)
        return self._send(f"{path}?{urlencode(asked)}" if asked else path, office)

    def item(self, path: str, office: str = "chair", **asked: object) -> dict[str, Any]:
        """Read one thing that is there."""
        answer = self.get(path, office, **asked)
        assert answer.status == 200, answer
        return dict(answer.json["item"])

    def items(self, path: str, office: str = "chair", **asked: object) -> list[dict[str, Any]]:
        """Read a list."""
        answer = self.get(path, office, **asked)
        assert answer.status == 200, answer
        return list(answer.json["items"])

    def tries(self, office: str, path: str, **said: Any) -> Answer:
        """Give a command, over whatever version there is."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex, "If-Match": "*"}
        return self._send(path, office, data=json.dumps(said).encode(), headers=headers)

    def brings(self, office: str, content: bytes, title: str, evidence_date: str) -> dict[str, str]:
        """Bring a file, and say what it is, as a command cites it."""
        line = "a-line-between"
        body = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n'.encode() + content
        headers = {"Content-Type": f"multipart/form-data; boundary={line}", "Idempotency-Key": uuid.uuid4().hex}
        answer = self._send("evidence", office, data=body + f"\r\n--{line}--\r\n".encode(), headers=headers)
        assert answer.status == 201, answer
        return {"sha256": answer.json["sha256"], "title": title, "evidence_date": evidence_date}

    def does(self, office: str, path: str, **said: Any) -> dict[str, Any]:
        """Give a command that must succeed."""
        answer = self.tries(office, path, **said)
        assert answer.status in {200, 201}, (office, path, answer)
        return dict(answer.json)

    def _send(self, path: str, office: str, *, data: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        whose = {"Authorization": f"Bearer {self.key(office)}", **(headers or {})}
        request = urllib.request.Request(f"{self.served.address}/api/v1/{path}", data=data, headers=whose)  # noqa: S310 - our own address
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.read())


def settle(product: Product) -> None:
    """Wait until every view shows all that is on record."""
    with product.owner() as connection:
        connection.autocommit = True
        wait(lambda: connection.execute(SETTLED).fetchone() == (True,), "the views")


def views(product: Product) -> dict[str, list[Any]]:
    """Return every row of every view."""
    named = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'views' AND table_name NOT IN ('tracking', 'halted')"
    with product.owner() as connection:
        tables = [name for (name,) in connection.execute(named).fetchall()]
        rows = sql.SQL("SELECT t::text FROM views.{} t ORDER BY 1")
        return {name: connection.execute(rows.format(sql.Identifier(name))).fetchall() for name in tables}


def ends_well(product: Product, name: str) -> None:
    """Check what every journey ends with: a pack that the offline verifier agrees with, and views that rebuilding leaves as they are."""
    settle(product)
    size, before = product.size, views(product)
    with ThreadPoolExecutor(1) as beside:
        sealing = beside.submit(product.pack, name)
        product.does("rebuild")
        pack = sealing.result()
    settle(product)
    assert product.size == size, "something was recorded meanwhile"
    assert len(before["inspection_history"]) == size
    assert views(product) == before
    ran = verify(pack, "--key", product.key)
    assert ran.code == 0, ran
    assert "VERIFIED: " in ran.out
