"""What is held about somebody, in sentences for them: each part under its heading, as the file that they are given says it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import LONDON
from api.pages.board.people.said import day
from api.pages.frame.words import label_of, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from api.pages.frame.words import Words

    Row = Mapping[str, Any]

DESK: Final = "at the desk"


def in_words(held: Row, words: Words) -> list[tuple[str, list[str]]]:
    """Return each part of what `api.resources.record.held` gives, as JSON has it: a heading, and a sentence for each row."""
    return [(heading, [*say(_part(held, path), words)]) for heading, path, say in PARTS]


def _part(held: Row, path: tuple[str, ...]) -> list[Any]:
    found: Any = held
    for name in path:
        found = found.get(name, [])
    return [found] if isinstance(found, str) else list(found)


def _as_it_is(rows: list[str], _: Words) -> Iterator[str]:
    yield from rows


def _entries(rows: list[Row], _: Words) -> Iterator[str]:
    for one in rows:
        about = "about you" if one["about"] == "subject" else f"in {one['about']} {one['ref']}"
        named = "It was you who recorded it." if one["field"] == label_of("by_person") else f"It names you: {one['field'].lower()}."
        you = f"{one['field']}: “{one['said']}”" if one["said"] else named
        yield f"{one['what']} on {_day(one['on'])}, {about} (event {one['event']:,}). {you}"


def _kept(rows: list[Row], _: Words) -> Iterator[str]:
    for one in rows:
        yield f"{one['what']}. {one['what for']}: for {one['for']}. {one['basis'].capitalize()}: {one['source']}."


def _offices(rows: list[Row], words: Words) -> Iterator[str]:
    for one in rows:
        until = f"from {_day(one['from'])} until {_day(one['until'])}" if one["until"] else f"since {_day(one['from'])}"
        employed = f", employed by {words.called(one['employer'])}" if one["employer"] else ""
        yield f"You {'held' if one['until'] else 'hold'} the office “{one['title']}” {until}{employed}."


def _training(rows: list[Row], words: Words) -> Iterator[str]:
    for one in rows:
        group = f" (staff group: {one['staff_group']})" if one["staff_group"] else ""
        session = f"the session {one['ref']} of the course {one['course']} on {_day(one['attended_on'])}"
        yield f"You were at {session}, for {words.called(one['agency'])}{group}; you have the number {one['number']} there."


def _decided(rows: list[Row], words: Words) -> Iterator[str]:
    for row in rows:
        yield f"You were registered on {_day(row['registered_on'])} under the reference {row['ref']}."
        for one in row["restrictions"]:
            yield f"From {_day(one['on'])}{_until(one['lifted_on'])} what is kept was restricted. {_sentence(one['reason'])}"
        for one in row["holds"]:
            yield f"From {_day(one['on'])}{_until(one['released_on'])} a legal hold kept anything from being erased."
        for one in row["erasures"]:
            yield _asked(one, "asked that what is kept be erased", words) + _outcome(one)
        for one in row["access_requests"]:
            answered = f" You were answered on {_day(one['answered_on'])}." if one["answered_on"] else " It is not answered yet."
            yield _asked(one, "asked for what is held about you", words) + answered
        for one in row["accesses"]:
            exemption = f", by exemption: {one['exemption']}" if one["exemption"] else ""
            what = f"{one['outcome'].replace('-', ' ')}{exemption}"
            yield f"Your request {one['reference']} of {_day(one['received_on'])} was answered on {_day(one['on'])}: {what}."
        for one in row["retentions"]:
            kept = f" until {_day(one['kept_until'])}" if one["kept_until"] else ""
            yield f"On {_day(one['on'])} what had been kept for its time was decided on: {one['outcome']}{kept}. {_sentence(one['reason'])}"
        for one in row["notified"]:
            told = f"On {_day(one['on'])} {one['recipient']} was told that it was erased: {one['how']}"
            yield f"{_sentence(told)} It had been shown on {_day(one['disclosed_on'])}."
        if row["erased_on"]:
            yield f"On {_day(row['erased_on'])} it was erased."


def _asked(one: Row, what: str, words: Words) -> str:
    checked = f"Who you are was checked by: {words.called(one['identity_checked_by'])}."
    return f"On {_day(one['on'])} you {what}: request {one['reference']}. {checked}"


def _outcome(one: Row) -> str:
    if one["withdrawn_on"]:
        return f" You withdrew it on {_day(one['withdrawn_on'])}."
    if not one["decided_on"]:
        return " It is not decided yet."
    exemption = f", by exemption: {one['exemption']}" if one["exemption"] else ""
    return f" It was decided on {_day(one['decided_on'])}: {one['outcome'].replace('-', ' ')}{exemption}. {_sentence(one['reason'])}"


def _accounts(rows: list[Row], _: Words) -> Iterator[str]:
    for one in rows:
        runs = ", with which the service is run" if one["may_operate"] else ""
        closed = f" It was closed on {_moment(one['disabled_at'])}." if one["disabled_at"] else ""
        yield f"An account with the address {one['email']}{runs}, made on {_moment(one['created_at'])}.{closed}"


def _sessions(rows: list[Row], words: Words) -> Iterator[str]:
    for one in rows:
        office = f", as {words.called(one['office'])}" if one["office"] else ""
        used = f", last used {_moment(one['last_used_at'])}" if one["last_used_at"] else ""
        browser = f" with {one['browser']}" if one["browser"] else ""
        yield f"You signed in on {_moment(one['created_at'])}{browser}{office}{used}; it ends on {_moment(one['expires_at'])}."


def _programs(rows: list[Row], words: Words) -> Iterator[str]:
    for one in rows:
        office = f", for {words.called(one['office'])}" if one["office"] else ""
        acts = f" It may: {', '.join(one['acts'])}." if one["acts"] else ""
        told = [f"{said} {_moment(one[name])}" for said, name in KEY_TIMES if one[name]]
        yield f"A key of a program, “{one['label']}”{office}: {', '.join(told)}.{acts}"


def _each(told: str) -> Callable[[list[Row], Words], Iterator[str]]:
    """Return what says each row by one sentence; times are written as people do."""
    return lambda rows, _: (told.format(**{name: _plain(value) for name, value in one.items()}) for one in rows)


def _typed(rows: list[Row], words: Words) -> Iterator[str]:
    for one in rows:
        what = "A text that waits for the data protection officer" if one["waits"] else "A draft"
        office = f" in the office {words.called(one['office'])}" if one["office"] else ""
        names = f": “{one['said']}”" if one["said"] else ". Your name is in it; ask for what it says." if one["names you"] else "."
        yield f"{what}, about {one['about'] or 'something'} {one['ref']}, {one['field']}, typed{office} on {_moment(one['kept_at'])}{names}"


def _shown(rows: list[Row], words: Words) -> Iterator[str]:
    for one in rows:
        what = one["object"].replace(":", " ", 1)
        yield f"{words.called(one['office'])} opened {what} on {_day(one['disclosed_on'])} (event {one['position']:,})."


def _packs(rows: list[Row], words: Words) -> Iterator[str]:
    for one in rows:
        yield f"{words.called(one['office'])} was handed {one['scope']} on {_day(one['disclosed_on'])} (event {one['position']:,})."


def _backups(rows: list[Row], _: Words) -> Iterator[str]:
    for one in rows:
        gone = f"; destroyed on {_day(one['destroyed_on'])}" if one["destroyed_on"] else ""
        until = f"to be destroyed by {_day(one['kept_until'])}" if one["kept_until"] else "which may be kept"
        what = " of the log alone, without anything that is sealed," if one["log_alone"] else ""
        yield f"The backup {one['name']}{what} of {_day(one['made_on'])}, {until}{gone}."


def _until(text: str | None) -> str:
    return f" until {_day(text)}" if text else " on"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _day(text: str) -> str:
    return written(day(text))


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text).astimezone(LONDON)
    return f"{written(at.date())} at {at:%H:%M}"


def _plain(value: Any) -> Any:
    try:
        return _moment(value) if isinstance(value, str) and "T" in value and ":" in value else value
    except ValueError:
        return value


KEY_TIMES: Final = (("made", "created_at"), ("last used", "last_used_at"), ("ends", "expires_at"), ("ended", "revoked_at"))
PARTS: Final = (
    ("By what right it is kept", ("lawful",), _as_it_is),
    ("What you may ask for", ("rights",), _as_it_is),
    ("What it is kept for, and how long", ("kept for",), _kept),
    ("Your offices", ("offices",), _offices),
    ("Your training", ("training",), _training),
    ("What you asked for, and what was decided", ("asked and decided",), _decided),
    ("Where you stand in the record", ("on record",), _entries),
    ("Your references", ("references",), _as_it_is),
    ("Accounts", (DESK, "accounts"), _accounts),
    ("Signing in", (DESK, "sessions"), _sessions),
    ("Keys of programs", (DESK, "keys of programs"), _programs),
    ("Requests that programs signed", (DESK, "signed requests"), _each("A request was received on {received_at}.")),
    ("Other ways of signing in", (DESK, "identities"), _each("{issuer} knows you as {subject}, linked on {linked_at}.")),
    (
        "Links to set a password",
        (DESK, "links to set a password"),
        _each("A link was made on {created_at}, to be used until {expires_at}."),
    ),
    ("Passwords asked for", (DESK, "passwords asked for"), _each("You asked for another password on {asked_at}.")),
    ("Files that you brought", (DESK, "files brought"), _each("The file with the SHA-256 {sha256}.")),
    ("Typed, and not recorded", (DESK, "typed"), _typed),
    ("To whom it was shown", ("shown to whom",), _shown),
    ("Sealed packs in which your reference stands, and no name", ("sealed packs with their reference",), _packs),
    ("Copies in backups", ("copies in backups",), _backups),
)
