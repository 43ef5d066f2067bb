"""The verbs of the Board's report of a year, which is built here, from the log itself, by whoever signs it (journey F.2)."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from aggregates.clocks.dates import london
from aggregates.clocks.regimes import regime
from aggregates.entry import reference
from aggregates.entry.topics import event_type, typed_entry
from aggregates.entry.values import Evidence
from aggregates.returns import Return, refusals, report
from service.desk.refusals import FutureDate
from service.ledger.reading import read_kinds
from service.verbs.returns.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from aggregates.returns.report import OnLog
    from service.ledger.reading import Verified
    from service.recording import Done, Write


class ReportVerbs(Asked):
    """What is decided about the Board's report of a year."""

    def explain_section(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Say what a section has to say, or why it is missing."""
        _, last = report.year_of(self._period(ref))
        sections = [section.id for section in regime(self.settings.regime_on(last)).report_sections]
        return self._change(Return, ref, Return.explain_section, write, **said, sections=sections)

    def publish_return(self, ref: str, /, *, write: Write, as_at: date, known_at: int | None = None, **said: Any) -> Done:
        """Build the report from the log, keep its data as a file, and publish it under the signature of whoever does."""
        it: Return = self.load(Return, ref)
        _, ends_on = report.year_of(self._period(ref))
        it.check_report(said["occurred_on"], as_at, ends_on)
        if as_at > said["acting"].today:
            raise FutureDate(occurred_on=as_at, today=said["acting"].today, field="as_at")
        at = self.size() if known_at is None else known_at
        built, lacking = self.built_report(ref, as_at, at, write)
        made = {"as_at": as_at, "known_at": at, "made_by": report.MADE_BY, "built": built, "missing": lacking, "ends_on": ends_on}
        return self._change(Return, ref, Return.publish, write, **said, **made)

    def built_report(self, ref: str, as_at: date, known_at: int, write: Write) -> tuple[Evidence, list[str]]:
        """Return the file of a report as it follows from the log, and the sections that are missing; where none is, the file is kept."""
        if not 0 < known_at <= self.size():
            raise refusals.NotOnRecordYet(known_at=known_at, size=self.size())
        period = self._period(ref)
        document = report.compose(self._on_log(known_at), period=period, as_at=as_at, known_at=known_at)
        data, lacking = report.canonical(document), report.missing(document)
        if not lacking and write.caller:
            self.receive(BytesIO(data), ref, write.caller)
        received = datetime.fromtimestamp(write.received or self.clock(), UTC)
        built = Evidence(
            sha256=report.digest(data),
            size=len(data),
            media_type="application/json",
            filename=f"{ref}.json",
            title=f"{document['title']} {period}: data",
            evidence_date=as_at,
            received_at=received.strftime("%Y-%m-%dT%H:%M:%SZ"),
            classification="public",
            supplied_by_agency=None,
        )
        return built, lacking

    def _period(self, ref: str) -> str:
        it: Return = self.load(Return, ref)
        return str(it.entries[0].body["period"])

    def _on_log(self, known_at: int) -> Iterator[OnLog]:
        """Give what the report is made of, each entry verified as it is read."""
        refs: dict[Any, str] = {}
        places: dict[tuple[Any, int], int] = {}
        with self.datastore.get_connection() as conn:
            for one in read_kinds(conn, self.registry.find, size=known_at, asked=0, kinds=report.TOPICS, streams=None):
                if one.version == 1:
                    refs[one.stream] = reference(event_type(one.topic), one.fields) or str(one.stream)
                places[one.stream, one.version] = one.position
                if one.stream in refs:
                    yield _placed(one, refs[one.stream], places)


def _placed(one: Verified, ref: str, places: dict[tuple[Any, int], int]) -> OnLog:
    amended = one.fields.get("amends")
    amends = None if amended is None else places.get((one.stream, amended), 0)  # of what the report does not read: nothing
    entry = typed_entry(one.position, one.topic, one.fields, amends)
    return report.OnLog(ref, one.jti, london(one.recv), entry)
