"""Who may look round in Severnbrook: one way in for each kind of user, and what they might try first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Visitor:
    """A kind of user, the office that they hold in Severnbrook, and what to try first."""

    title: str
    office: str
    first: str


VISITORS: Final = (
    Visitor("The independent chair", "chair", "the action register as at 14 November 2016, and the same day as known then"),
    Visitor("The board manager", "board-manager", "what is owed and by whom; FAR and the report on Alder, which was never acknowledged"),
    Visitor("The policy and practice manager", "policy-manager", "section 11 in 2016: how each body graded itself, and how others did"),
    Visitor("The chair of Quality", "quality-chair", "A13, a sign-off that was retracted; A14, an improvement that did not last"),
    Visitor("The chair of Training", "training-chair", "AIACP-2016-11: its five points, and a telephone sample that chance drew"),
    Visitor("A designated lead (Riverside)", "lead-RIV", "what Riverside owes, clause by clause, and A8 with its evidence"),
    Visitor("A trainer", "trainer-workforce", "your sessions, and your own learning of 2016-17, which came late"),
    Visitor("The data protection officer", "dpo", "a request to erase that was granted in part, and one that was refused"),
    Visitor("An inspector", "inspector", "Cedar, event by event; then what Housing owes of Alder in supervision"),
)
