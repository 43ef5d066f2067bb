"""What the log says of itself: how it was established, whose keys may sign, and who inspects it."""

from aggregates.registry.inspection import Inspection, InspectionState
from aggregates.registry.key_state import Key, KeysState
from aggregates.registry.keys import Keys
from aggregates.registry.ledger import Ledger, LedgerState

__all__ = ["Inspection", "InspectionState", "Key", "Keys", "KeysState", "Ledger", "LedgerState"]
