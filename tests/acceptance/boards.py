"""The boards that the tests from outside begin with: Severnbrook's seven years, and small ones with two actions. Made once a run."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from service.database.migrations import prepare
from service.embedded_postgres import EmbeddedPostgres, find_binaries
from tests.acceptance.product import Product, Ran
from tests.conftest import RUN_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

DUMP = "severnbrook.dump"
ORIGIN = "log.severnbrook.example/small"
TODAY = "2016-09-05"
PASSWORD = "correct horse battery staple"
INIT = ("--origin", ORIGIN, "--board", "Severnbrook", "--email", "manager@severnbrook.example", "--name", "R. Vale")
CLOCK = {"MUNIMENT_DEMONSTRATION_CLOCK": f"{TODAY}T09:00:00+01:00"}

# office: role, body, employer
OFFICES = {
    "chair": ("chair", None, None),
    "quality-chair": ("sub-group chair", "QEG", "CQH"),
    "riv-lead": ("designated lead", "RIV", "RIV"),
    "cqh-lead": ("designated lead", "CQH", "CQH"),
}


@contextmanager
def once(name: str) -> Iterator[tuple[Path, Path]]:
    """Give the run's folder, and a file that whoever makes this writes when it is made; the workers of a run take turns."""
    folder = Path(os.environ[RUN_FOLDER])
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder, folder / f"{name}.json"


def told() -> tuple[Path, Ran]:
    """Return the data directory that `muniment demo --no-serve` makes, and what it said. Nothing runs there."""
    with once("severnbrook") as (folder, made):
        data = folder / "severnbrook"
        if not made.exists():
            data.mkdir()
            said = Product(data).run("demo", "--no-serve")
            with EmbeddedPostgres(data) as conninfo:
                _program("pg_dump", conninfo, "--format=custom", "--compress=0", f"--file={folder / DUMP}")
            made.write_text(json.dumps(said))
        return data, Ran(*json.loads(made.read_text()))


def told_already(data: Path) -> None:
    """Copy the demonstration's data directory to where there is none yet: `muniment demo` finds everything on record there."""
    subprocess.run(["cp", "-a", told()[0], data], check=True)  # whoever runs the server owns its files, in the copy too


def demonstration(conninfo: str) -> Product:
    """Return Severnbrook, as `muniment demo` made it, on the server of the run; its whole trail is sealed beside it, in `trail`."""
    there, _ = told()
    with once("demonstration") as (folder, made):
        product = Product(folder / "demonstration", make_conninfo(conninfo, dbname="demonstration"))
        if not made.exists():
            for kept in ("keys", "evidence"):
                shutil.copytree(there / kept, product.data / kept)
            _create(conninfo, "demonstration")
            _program("pg_restore", product.database_url, "--exit-on-error", folder / DUMP)
            prepare(product.config)
            product.pack()
            made.touch()
        return product


def _program(name: str, conninfo: str | None, *arguments: object) -> None:
    """Run a program of PostgreSQL's against a database."""
    subprocess.run([find_binaries() / name, f"--dbname={conninfo}", *map(str, arguments)], check=True)


def _create(conninfo: str, name: str, template: str = "template0") -> None:
    """Create a database with nothing in it, or as another is."""
    with psycopg.connect(make_conninfo(conninfo, dbname="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def small_board(conninfo: str) -> Product:
    """Return the small board; its settings have an API key that may speak for every office, and a clock that begins at nine."""
    with once("small-board") as (folder, made):
        data = folder / "small-board"
        url = make_conninfo(conninfo, dbname="small_board")
        if not made.exists():
            data.mkdir()
            _create(conninfo, "small_board")
            new = Product(data, url, CLOCK)
            key = establish(new, "--demonstration")
            filled = Product(data, url, CLOCK | {"MUNIMENT_KEY": key})
            ran = filled.brings_in(*beginnings())
            assert ran.code == 0, ran
            filled.does("rebuild")
            made.write_text(json.dumps(key))
        return Product(data, url, CLOCK | {"MUNIMENT_KEY": json.loads(made.read_text())})


def reported_on(conninfo: str) -> Product:
    """Return the small board three weeks on, when progress on A1 has been reported three times: a trail that is quick to seal."""
    before = small_board(conninfo)
    with once("reported-on") as (folder, made):
        product = Product(folder / "reported-on", make_conninfo(conninfo, dbname="reported_on"), before.settings)
        if not made.exists():
            shutil.copytree(before.data / "keys", product.data / "keys")
            _create(conninfo, "reported_on", template="small_board")
            ran = product.brings_in(*(progress(at=f"2016-09-{day:02}T09:00:00+01:00") for day in (12, 19, 26)))
            assert ran.code == 0, ran
            product.does("rebuild")
            made.touch()
        return product


def establish(product: Product, *options: str) -> str:
    """Establish a log by `muniment init`; return the API key that it shows."""
    said = product.does("init", *INIT, "--password", PASSWORD, "--signing-key", product.data / "signing.key", *options)
    return next(line.rpartition(" ")[2] for line in said.splitlines() if line.startswith("Your API key"))


def person(office: str) -> str:
    """Return the opaque reference of an office's holder."""
    return str(uuid5(NAMESPACE_URL, office))


AROUND: Final = ("occurred_on", "late_reason", "on_behalf_of", "key", "at")  # of a line, beside what its act says


def line(by: str, do: str, ref: str, /, *, of: str | None = None, **fields: Any) -> dict[str, Any]:
    """Write a line of an import; what stands around the fields are keywords too."""
    around = {name: fields.pop(name) for name in AROUND if name in fields}
    return {"do": do, "ref": ref, "by": by, "fields": fields, **({"of": of} if of else {}), **around}


def beginnings() -> Iterator[dict[str, Any]]:
    """Say how the small board begins: two agencies, a sub-group, offices, a review with a finding, and two actions."""
    manager = "board-manager"
    for code, name in (("RIV", "Riverside Community Health"), ("CQH", "Coombe Quay Hospital")):
        yield line(manager, "join_agency", code, name=name, category="health", section_11="yes")
    yield line(manager, "constitute_sub_group", "QEG", name="Quality and Effectiveness Group", terms_of_reference="Oversees actions")
    for office, (role, body, employer) in OFFICES.items():
        yield line(manager, "register_subject", person(office), name=f"The {office}", contact=f"{office}@severnbrook.example")
        said = {"title": office.capitalize(), "role": role, "body": body, "holder": person(office), "employer": employer}
        yield line(manager, "appoint_office_holder", office, **said, from_on="2016-09-01", until_on=None)
    yield line(
        "chair", "refer_review", "SB-2015-01", title="Alder", kind="serious case review", regime="LSCB-WT2015",
        referring_agency="RIV", notified_on="2016-09-01",
    )  # fmt: skip
    yield line(
        manager, "record_finding", "SB-2015-01", number="F1", statement="Missed appointments were not followed up",
        polarity="concern", scope="single-agency", system_factor="communication", themes=["did not attend"],
    )  # fmt: skip
    yield assigned("A1", owner="RIV", owner_office="riv-lead")
    yield assigned("A2", owner="CQH", owner_office="cqh-lead")
    yield line("riv-lead", "accept_action", "A1")


def assigned(ref: str, **fields: Any) -> dict[str, Any]:
    """Write the line that assigns an action."""
    usual = {
        "title": f"Follow up every missed appointment ({ref})",
        "kind": "procedure",
        "source": "SB-2015-01/F1",
        "owner": "RIV",
        "owner_office": "riv-lead",
        "overseen_by": "QEG",
        "due_on": "2016-12-16",
        "success_measure": "Nine of ten missed appointments are followed up within two days",
        "intended_outcome": "Children who are not brought are seen",
    }
    return line("chair", "assign_action", ref, **usual | fields)


def progress(ref: str = "A1", **fields: Any) -> dict[str, Any]:
    """Write the line that reports progress on an action."""
    by = {"A1": "riv-lead", "A2": "cqh-lead"}.get(ref, "riv-lead")
    return line(by, "report_progress", ref, **{"narrative": "Half of the records are read", "rag": "amber"} | fields)
