"""The evidence files of the demonstration by name: what each says, and how it is cited."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date


@dataclass
class Files:
    """The evidence files by name."""

    contents: dict[str, str] = field(default_factory=dict)
    cited: dict[str, dict[str, Any]] = field(default_factory=dict)

    def cite(self, evidence: list[Any], measure: str) -> dict[str, Any]:
        """Return the citation of a file; the first to cite it says what is in it: name, title, date and words."""
        name, *first = evidence
        if first:
            title, dated, words = first
            table = name.endswith(".csv")
            said = words if table else f"{title}\n\n{dated:%d %B %Y}\n\nThe measure: {measure}\n\n{words}\n"
            self.add(name, said, title=title, dated=dated)
        return self.cited[name]

    def add(self, name: str, text: str, *, title: str, dated: date, classification: str = "restricted") -> dict[str, Any]:
        """Take a file in, and return its citation."""
        self.contents[name] = text
        media_type = "text/csv" if name.endswith(".csv") else "text/plain"
        self.cited[name] = {"file": f"evidence/{name}", "title": title, "evidence_date": dated, "media_type": media_type}
        self.cited[name] |= {"classification": classification}
        return self.cited[name]
