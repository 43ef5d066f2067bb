"""The law of the place: what may happen, and what is then on record.

Here are the ledger's own registry, the data subjects, the partnership, reviews, actions and dissemination. Training sessions,
returns and the framework's clauses take their places beside them as the product grows.

To import this package is to know every topic: `EVENTS` has the event of each. A topic begins with that of its aggregate.
"""

from types import MappingProxyType
from typing import Any, Final

from aggregates.action import Action
from aggregates.dissemination import Dissemination
from aggregates.entry import OnRecord
from aggregates.framework.telling.notices import Obligation
from aggregates.partnership import Agency, Course, Meeting, Partnership, Priorities, Resource, SubGroup
from aggregates.partnership.challenge import Challenge
from aggregates.partnership.office import Office
from aggregates.registry import Inspection, Keys, Ledger
from aggregates.registry.data_subject import DataSubject
from aggregates.returns import Return
from aggregates.review import Review
from aggregates.training_session import TrainingSession

AGGREGATES: Final[tuple[type[OnRecord[Any]], ...]] = (
    Ledger,
    Keys,
    Inspection,
    DataSubject,
    Partnership,
    Agency,
    SubGroup,
    Office,
    Meeting,
    Priorities,
    Course,
    Resource,
    Challenge,
    Review,
    Action,
    Obligation,
    TrainingSession,
    Dissemination,
    Return,
)
EVENTS: Final = MappingProxyType(
    {
        event.TOPIC: event
        for aggregate in AGGREGATES
        for name, event in vars(aggregate).items()
        if isinstance(event, type) and issubclass(event, OnRecord.Event) and name not in {"Event", "Created"}
    }
)

__all__ = [
    "AGGREGATES",
    "EVENTS",
    "Action",
    "Agency",
    "Challenge",
    "Course",
    "DataSubject",
    "Dissemination",
    "Inspection",
    "Keys",
    "Ledger",
    "Meeting",
    "Obligation",
    "Office",
    "Partnership",
    "Priorities",
    "Resource",
    "Return",
    "Review",
    "SubGroup",
    "TrainingSession",
]
