"""What a list is narrowed to: the selects above it, and, where nothing is left, which filter leaves nothing and how to clear it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a list: what may be chosen, by its value, and what the page's address asks for. An empty value filters nothing."""

    name: str
    label: str
    options: Mapping[str, str]
    value: str

    @property
    def words(self) -> str:
        """Return what is asked for, as the list says it; what nobody can choose is said as it stands in the address."""
        return self.options.get(self.value) or f"“{self.value}”, which is none of the choices"

    @property
    def select(self) -> dict[str, Any]:
        """Return it as the forms above a list take it; what nobody can choose stays chosen, so that it is seen."""
        unknown = {self.value: f"“{self.value}”"} if self.value not in self.options else {}
        items = [{"value": value, "text": text} for value, text in {**self.options, **unknown}.items()]
        return {"name": self.name, "label": self.label, "items": items, "value": self.value}


def asked(*choices: tuple[str, str, Mapping[str, str]]) -> list[Filter]:
    """Return the filters of a list, each with what the page's address asks for."""
    return [Filter(name, label, options, request.args.get(name, "").strip()) for name, label, options in choices]


def cleared(filters: Iterable[Filter], without: Callable[[str], tuple[int, str]]) -> list[dict[str, Any]]:
    """Return each filter that is set, with how many rows there are without it, and where: `without` counts them and says their address."""
    found = []
    for one in filters:
        if one.value:
            number, href = without(one.name)
            found.append({"label": one.label, "words": one.words, "number": number, "href": href})
    return found
