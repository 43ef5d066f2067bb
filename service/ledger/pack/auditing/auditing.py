"""Audits a pack: the verification first, then every check, and a verdict in words or as JSON.

Exit 0: verified, and every rule that could be checked holds. 1: NOT verified, or a rule was broken. 2: could not check. 3: verified, but
the quorum that the policy names is unmet.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from service import verify
from service.ledger.pack import absence
from service.ledger.pack.auditing.figures import figures
from service.ledger.pack.auditing.findings import Check
from service.ledger.pack.auditing.judging import MISSING, judging, resting
from service.ledger.pack.auditing.persons import another_person
from service.ledger.pack.auditing.signing import signing
from service.ledger.pack.auditing.telling import amended, redrawn, unknown
from service.ledger.pack.auditing.trail import Trail
from service.ledger.pack.files import files_sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Audit(NamedTuple):
    """What came of an audit: the exit code, what the verification said, and each check; `sha256` names the pack itself."""

    code: int
    integrity: list[str]
    checks: list[Check]
    sha256: str | None

    @property
    def lines(self) -> list[str]:
        """Say it, line by line: whether every rule holds, what failed, and then all that was checked."""
        failed = sum(len(check.failures) for check in self.checks)
        verdict = f"AUDIT FAILED: {failed} failures" if failed else "AUDITED: no rule that could be checked is broken"
        named = f"pack: SHA-256 of its files {self.sha256}"
        told = [line for check in self.checks for line in check.lines]
        return [verdict, *told, named, *self.integrity] if self.checks else self.integrity

    @property
    def plain(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        checks = [check.plain for check in self.checks]
        return {"code": self.code, "pack_sha256": self.sha256, "checks": checks, "verification": self.integrity}


def audit(
    path: Path,
    *,
    key: str | None = None,
    policy: str | None = None,
    known: Mapping[str, str] | None = None,
    absences: Mapping[str, str] | None = None,
) -> Audit:
    """Verify a pack and re-run the rules over it; `absences` are texts of certificates by their names."""
    checks, named = list[Check](), list[str]()

    def rules(pack: verify.Pack) -> verify.Verdict:
        trail = Trail(pack)
        named.append(files_sha256(pack.folder))
        checks.extend(_done(check, trail) for check in (unknown, signing, judging, another_person, resting, redrawn))
        checks.append(_done(partial(figures, evidence=pack.folder / "evidence"), trail))
        checks.extend([_absences(pack, absences or {}), _done(amended, trail)])
        return verify.Verdict(1 if any(check.failures for check in checks) else 0, [])

    verdict = verify.verify(path, key=key, policy=policy, known=known, then=rules)
    return Audit(verdict.code, verdict.lines, checks, named[0] if named else None)


def _done(check: Callable[[Trail], Check], trail: Trail) -> Check:
    """Carry out a check; one that is stopped by something that no version of ours would have recorded says so."""
    try:
        return check(trail)
    except MISSING as error:
        stopped = Check(getattr(check, "__name__", "published figures"), "nothing")
        stopped.fails(0, "pack", f"the check was stopped by something misshapen: {error!r}")
        return stopped


def _absences(pack: verify.Pack, certificates: Mapping[str, str]) -> Check:
    """Hold every certificate of absence to the pack."""
    check = Check("certificates of absence", "held to the pack")
    for name, text in certificates.items():
        try:
            verdict = absence.check(pack, absence.parse(text.strip()))
        except ValueError as wrong:
            check.checked += 1
            check.fails(0, "certificate", str(wrong), field=name)
            continue
        except verify.CannotCheck as why:
            check.unchecked.append(f"{name}: {why}")
            continue
        check.checked += verdict.code == 0
        (check.notes if verdict.code == 0 else check.unchecked).extend(f"{name}: {line}" for line in verdict.lines)
    return check


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit the pack that the command line names; print what came of it and return the exit status."""
    parser = argparse.ArgumentParser(prog="muniment audit", description="Re-run the rules over a sealed pack, offline.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--key", metavar="VKEY", help="the log's key, as you know it")
    parser.add_argument("--policy", metavar="FILE", type=Path, help="the logs and witnesses that you trust")
    for name, what in (("known", "a checkpoint or receipt that you kept"), ("absence", "a certificate of absence to be held to it")):
        parser.add_argument(f"--{name}", metavar="FILE", type=Path, action="append", default=[], help=what)
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    asked = parser.parse_args(arguments)
    try:
        policy = asked.policy.read_text("utf-8") if asked.policy else None
        known, absences = ({str(path): path.read_text("utf-8") for path in paths} for paths in (asked.known, asked.absence))
    except (OSError, UnicodeDecodeError) as error:
        found = Audit(2, [f"COULD NOT CHECK: {getattr(error, 'filename', 'what you trust')}: {error.args[-1]}"], [], None)
    else:
        found = audit(asked.pack, key=asked.key, policy=policy, known=known, absences=absences)
    text = json.dumps(found.plain, ensure_ascii=False, indent=1) if asked.json else "\n".join(map(_printable, found.lines))
    sys.stdout.buffer.write(text.encode() + b"\n")
    return found.code


def _printable(line: str) -> str:
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)
