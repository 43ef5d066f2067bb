"""Who acts, and on what authority: handed to aggregates, which never look anything up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aggregates.values import Sealed

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Acting:
    """The person and the office that act, as the register of offices has them on the day.

    `role`, `body` and `agency` are those of the office in whose name the act is: the office itself, or the one that
    `on_behalf_of` names when the board manager records what another office did. `agency` is the employer of its holder on the
    day on which the act is true (INV-11). The service itself acts as `Acting()`.
    """

    person: UUID | None = None
    office: str | None = None
    role: str | None = None
    body: str | None = None
    agency: str | None = None
    on_behalf_of: str | None = None

    @property
    def said(self) -> dict[str, Any]:
        """Return the envelope's fields that say who acted."""
        return {
            "by_person": Sealed(self.person, str(self.person)) if self.person else None,
            "by_office": self.office,
            "by_agency": self.agency,
            "on_behalf_of": self.on_behalf_of,
        }
