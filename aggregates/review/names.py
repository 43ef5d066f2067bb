"""No person is named in a finding (INV-06): by what is known of the people on record, and by how texts name people.

It errs towards refusing: whoever is refused writes the role instead, which is what a finding about a system says anyway. Names and
texts are compared without accents, and a name also where it is spelled in capitals.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from aggregates.entry.values import ALIKE, seen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

TITLE: Final = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lady|Lord|Rev|Revd|Reverend|Cllr|Councillor|Judge)"
_NAME: Final = r"([^\W\d_](?:['\u2019]?[^\W\d_])+)"
ADDRESSED: Final = re.compile(rf"\b(?:{TITLE}|{TITLE.upper()})\b\.? {_NAME}")
CALLED: Final = re.compile(
    rf"\b(?:mother|father|parent|baby|child|son|daughter|brother|sister|uncle|aunt|grandmother|grandfather|partner|worker|nurse|teacher"
    rf"|officer|doctor|midwife|practitioner|manager),?(?: was| is)?,? (?:called |named )?{_NAME}\b"
    rf"|\b(?:called|named) {_NAME}\b"
)
WORD: Final = re.compile(r"[^\W_]+")
HONORIFIC: Final = re.compile(rf"(?:{TITLE}\b\.?\s+)+", re.IGNORECASE)
AFTER_A_NAME: Final = re.compile(
    r"ba|bem|bsc|ca|cbe|cqsw|dbe|dphil|dsc|dsw|esq|frc\w+|frs|jnr|jp|jr|kbe|kc|kcb|llb|llm|ma|mba|mbchb|mbe|md|mrc\w+|msc|msw|obe|phd"
    r"|qc|qn|qpm|rgn|rhv|rm|rn|rsw|snr|sr"
)
ROLE: Final = re.compile(r"[Tt]he [a-z][a-z0-9-]*")  # stands where a name should: nobody is called `The chair`, unlike The Anh
SHORTEST_CONTACT: Final = 8  # letters and digits: `Ward 3` is a place of many
SHORTEST: Final = 3  # letters of a surname that is looked for by itself


def found(text: str, known: Collection[str] = ()) -> str | None:
    """Return the first person's name that a text holds, or None. `known` are the full names of people on record."""
    plain = _plain(text)
    words = WORD.findall(plain)
    folded = [word.casefold() for word in words]
    for name in known:
        if names := _named(name, words, folded):
            return names
    for match in ADDRESSED.finditer(plain):
        if match[1][0].isupper():
            return match[0]
    for match in CALLED.finditer(plain):
        name = match[1] or match[2]
        if name[0].isupper() and not name.isupper():  # in capitals it is a body's, such as CAMHS
            return name
    return None


def is_called(name: str, typed: str) -> bool:
    """Say whether each word that was typed begins a word of a name: `ohara a` finds Anna O'Hara. Nothing typed finds nobody."""
    sought = [word.casefold() for word in WORD.findall(_plain(typed))]
    words = [part for word in _called(name) for part in ("".join(word), *word)]
    return bool(sought) and all(any(word.startswith(one) for word in words) for one in sought)


class Names:
    """The full names of people on record, made ready to be looked for in many texts: whole names alone, as INV-45 has it.

    Whoever has one name is found by it where it is written as a name. A single letter is nobody's.
    """

    def __init__(self, known: Collection[str], contacts: Collection[str] = ()) -> None:
        """Take the names; and contact details, which are looked for whole as well, where they cannot be anything else."""
        self._by_first: dict[str, list[tuple[list[str], str]]] = {}
        for name in known:
            whole = [part for word in _called(name) for part in word]
            if whole and not ROLE.fullmatch(name.strip()) and (len(whole) > 1 or len(whole[0]) > 1):
                self._by_first.setdefault(whole[0], []).append((whole, name))
        for contact in contacts:
            whole = [word.casefold() for word in WORD.findall(_plain(contact))]
            if sum(map(len, whole)) >= SHORTEST_CONTACT and ("@" in contact or any(map(str.isdigit, contact))):
                self._by_first.setdefault(whole[0], []).append((whole, contact))

    def found(self, text: str) -> str | None:
        """Return the first whole name that a text holds, or None."""
        words = WORD.findall(_plain(text)) if self._by_first else []
        return next((name for _, _, name in self._places(words)), None)

    def without(self, text: str) -> str:
        """Return the words of a text between which no whole name stands any more."""
        words = WORD.findall(_plain(text))
        named = {at for first, last, _ in self._places(words) for at in range(first, last)}
        return " ".join(word for at, word in enumerate(words) if at not in named)

    def _places(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        folded = [word.casefold() for word in words]
        for at, word in enumerate(folded):
            for whole, name in self._by_first.get(word, ()):
                if folded[at : at + len(whole)] == whole and (len(whole) > 1 or whole[0].isdigit() or _as_a_name(words[at])):
                    yield at, at + len(whole), name


class Naming:
    """What finds somebody in what is said, by a whole name or what they are reached by; and says whether it goes when they are erased."""

    def __init__(
        self, called: Collection[str], held: Collection[str] = (), *, contacts: Collection[str] = (), held_contacts: Collection[str] = ()
    ) -> None:
        """Take what they are called and reached by, and what everybody else is who is under a legal hold."""
        self._names, self._namesakes = Names(called, contacts), Names(held, held_contacts)
        self._held = {word for name in held for word in _any_of(name)}

    def found(self, said: Any) -> bool:
        """Say whether they are named in it."""
        return any(map(self._names.found, texts(said)))

    def goes(self, said: Any) -> bool:
        """Say whether they are named in it, and nobody else who is under a hold: any word of that one's name keeps it."""
        return self.found(said) and not any(map(self._kept, texts(said)))

    def _kept(self, text: str) -> bool:
        if self._namesakes.found(text):
            return True
        left = self._names.without(text).casefold()
        words = left.split()
        return any(word in words or (_without_case(word) and word in left) for word in self._held)


def texts(said: Any) -> Iterator[str]:
    """Give every text in what is said, in lists and mappings too."""
    return (text for _, text in texts_by_field(said))


def texts_by_field(said: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Give the same, each by the field in which it stands."""
    if isinstance(said, str):
        yield field, said
    elif isinstance(said, (list, tuple)):
        for one in said:
            yield from texts_by_field(one, field)
    elif isinstance(said, dict):
        for name, one in said.items():
            yield from texts_by_field(one, field or name)


def _named(name: str, words: list[str], folded: list[str]) -> str | None:
    """Return as much of a known name as is among the words of a text: all of it, or the surname where it is written as a name."""
    called = _called(name)
    if not called or ROLE.fullmatch(name.strip()):
        return None
    whole = [part for word in called for part in word]
    if len(called) > 1 and any(folded[at : at + len(whole)] == whole for at in range(len(folded))):
        return name
    surname, shortest = called[-1], SHORTEST if len(called) > 1 else 2
    for at, word in enumerate(words):
        if _as_a_name(word) and folded[at : at + len(surname)] == surname and sum(map(len, surname)) >= shortest:
            return " ".join(words[at : at + len(surname)])
    return None


def _called(name: str) -> list[list[str]]:
    """Return the words of a name, each in its parts, without what stands before and after it: `Dr Anna O'Hara MBE` is anna, o-hara."""
    bare = HONORIFIC.sub("", _plain(name).partition(",")[0].strip(), count=1)
    words = [[part.casefold() for part in WORD.findall(word)] for word in bare.split()]
    words = [word for word in words if word]
    after = len(list(takewhile(lambda word: AFTER_A_NAME.fullmatch("".join(word)), reversed(words[2:]))))
    return words[: len(words) - after]


def _any_of(name: str) -> Iterator[str]:
    """Give every word by which somebody could be meant, also half of `Quill-Vellum`, and what reads like a degree, as the surname Ma."""
    plain = _plain(name).strip()
    before = HONORIFIC.match(plain)
    for word in plain[before.end() if before else 0 :].casefold().split():
        parts = WORD.findall(word)
        yield from (one for one in {*parts, "".join(parts)} if one and one != "the" and (len(one) > 1 or _without_case(one)))


def _as_a_name(word: str) -> bool:
    """Say whether a word is written as a name is: with a capital, where its script has any."""
    return word[0].isupper() or _without_case(word)


def _without_case(word: str) -> bool:
    """Say whether a word is of a script that has no capitals: most of these write no spaces between words either."""
    return word[0].isalpha() and word.upper() == word.lower()


def _plain(text: str) -> str:
    """Return a text as it is seen, without accents, however they were typed."""
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", seen(text)) if not unicodedata.combining(letter)).translate(ALIKE)
