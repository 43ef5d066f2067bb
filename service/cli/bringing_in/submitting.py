"""submit: acts as data, one in each line, given over the API with an API key, as an agency's own systems give them."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from aggregates.errors import Refused
from service.cli.bringing_in.receipts import Receipts
from service.cli.output import followed, show
from service.cli.people.asked import NotWhatIsShown
from service.cli.people.client import CannotReach, Client, RefusedThere, of_environment
from service.cli.people.own_key import OwnKey, open_key, prepared, sent
from service.desk.bringing_in.lines import read, with_files
from service.desk.submission import check_taken, command_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.desk.submission import Submission

    Numbered = tuple[int, Submission]

STDIN: Final = "-"
REFUSED, COULD_NOT = 1, 2  # exit codes, as `service.cli` documents them
NAMED: Final = 20  # lines that cannot be read, of a file that may be none of lines
AGAIN: Final = "Submit it again to go on: nothing is recorded twice."


class RecordedWhenItComes(Refused):
    """Over the API an act is recorded when it comes: only an import into a demonstration says when."""

    text = "A line that is submitted says no `at`: it is recorded when it comes"


@dataclass
class Submitting:
    """Lines on their way to a service: what became of each so far, and at which it stopped and why."""

    client: Client
    folder: Path  # of the files that they name
    receipts: Receipts
    own: OwnKey | None
    items: list[dict[str, Any]] = field(default_factory=list)
    stopped: tuple[int, str] | None = None  # the exit code, and the sentences

    def all(self, lines: Iterable[Numbered]) -> None:
        """Give line after line, up to the first that is not recorded."""
        number = 0
        try:
            for number, it in lines:
                self._one(number, it)
        except (RefusedThere, NotWhatIsShown) as refused:
            problem = refused.facts["problem"] if isinstance(refused, RefusedThere) else {"detail": str(refused)}
            self._note(number, it, "refused", problem=problem)
            rest = f"Nothing of line {number} or after it was recorded. Mend it and submit the whole again: the rest is not repeated."
            self.stopped = REFUSED, f"line {number}: {refused}\n{rest}"
        except CannotReach as error:
            self.stopped = COULD_NOT, f"line {number}: {error}\n{AGAIN}"
        except OSError as error:
            self.stopped = COULD_NOT, f"line {number}: {error.filename or 'a file'}: {error.strerror or error}.\n{AGAIN}"
        except (KeyboardInterrupt, click.Abort):
            self.stopped = COULD_NOT, f"Interrupted at line {number}. {AGAIN}"

    def _one(self, number: int, it: Submission) -> None:
        if known := self.receipts.of(with_files(it, self.folder, _sha256)):
            self._note(number, it, "on record", **{name: known[name] for name in ("positions", "events", "receipt")})
            return
        brought = with_files(it, self.folder, self.client.upload)
        done = self._sent(brought)
        self.receipts.keep(number, brought, done)
        said = {name: done[name] for name in ("positions", "events", "receipt")}
        self._note(number, it, "on record" if done["repeated"] else "recorded", **said)

    def _sent(self, it: Submission) -> dict[str, Any]:
        if self.own is None:
            return self.client.give(it)[1]
        return sent(self.client, self.own.sign(prepared(self.client, it, self.own.named)))

    def _note(self, number: int, it: Submission, became: str, **more: Any) -> None:
        self.items.append({"line": number, "do": it.name, "ref": it.ref, "became": became, **more})

    def summary(self, lines: int) -> str:
        """Say what became of so many lines."""
        count = {became: sum(item["became"] == became for item in self.items) for became in ("recorded", "on record", "refused")}
        last = max((item["positions"][-1] for item in self.items if item["became"] == "recorded"), default=0)
        so_far = f" (the last as event {last:,})" if last else ""
        left = f", {lines - len(self.items)} not sent" if lines > len(self.items) else ""
        return f"{count['recorded']} recorded{so_far}, {count['on record']} were on record already, {count['refused']} refused{left}."


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--server", default="http://127.0.0.1:8765", show_default=True, help="The address of the service.")
@click.option("--receipts", "folder", type=click.Path(path_type=Path, file_okay=False), help="Where receipts are kept (FILE.receipts).")
@click.option("--signing-key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Sign each act with this key of yours.")
@click.option("--passphrase", help="What opens it; it is asked for where it is not given.")
@click.option("--yes", is_flag=True, help="Sign without asking at each act.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print what became of each line.")
def submit(file: Path, server: str, folder: Path | None, form: str, *, signing_key: Path | None, passphrase: str | None, yes: bool) -> None:
    """Give the acts in FILE (- for standard input), one JSON object a line, over the API of a service, with the API key of MUNIMENT_KEY.

    The lines are those of `muniment import`, and evidence may name a `file` beside them, which is sent first. All lines are read before
    the first is sent. The first that is refused ends the run. Run it again after whatever ended it: what is on record is not repeated.

    Each receipt is kept in the folder FILE.receipts, with submitted.jsonl, which says of what. Where your API key asks for signed requests,
    MUNIMENT_REQUEST_KEY names the key that signs them. Exit codes: 0 all on record, 1 refused, 2 could not.

    Example: muniment submit progress.jsonl --server https://muniment.yourboard.example
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    beside = Path() if str(file) == STDIN else file.parent
    with click.open_file(str(file), encoding="utf-8-sig", errors="surrogateescape") as texts:  # Windows marks it
        lines = _read(texts, beside)
    client = of_environment(server)
    kept = folder or (None if str(file) == STDIN else file.with_name(f"{file.name}.receipts"))
    own = open_key(signing_key, passphrase, yes=yes) if signing_key else None
    submitting = Submitting(client, beside, Receipts(kept, client.server), own)
    submitting.all(lines if own and not yes else followed(lines, f"Submitting {'the lines' if str(file) == STDIN else file.name}"))
    summary = submitting.summary(len(lines))
    if form == "json":
        show(submitting.items, {}, "json", title=summary)
    else:
        click.echo(f"{summary} The receipts are in {kept}." if kept else summary)
    if submitting.stopped:
        code, why = submitting.stopped
        click.echo(why, err=True)
        sys.exit(code)


def _read(texts: Iterable[str], folder: Path) -> Sequence[Numbered]:
    """Return the act of each line; where one cannot be read, name those that cannot, and send nothing."""
    lines, refused = list[tuple[int, "Submission"]](), list[str]()
    for number, text in enumerate(texts, 1):
        if text.strip():
            try:
                lines.append((number, _act(text, folder)))
            except Refused as error:
                refused.append(f"line {number}: {error}")
    if refused:
        more = [f"… and {len(refused) - NAMED:,} lines more"] if len(refused) > NAMED else []
        click.echo("\n".join([*refused[:NAMED], *more, "Each line is one JSON object. Nothing was sent."]), err=True)
        sys.exit(REFUSED)
    return lines


def _act(text: str, folder: Path) -> Submission:
    it = read(text)
    if it.at is not None:
        raise RecordedWhenItComes
    check_taken(command_of(it), it.fields)
    with_files(it, folder, lambda path: path.name)  # only to see that each is there
    return it


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
