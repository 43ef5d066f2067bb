"""The verbs of the product by their noun: load, decide, save. They hold what no aggregate can know of another.

`application` puts them together, and is the one door to all of them.
"""

from service.verbs.actions import ActionVerbs
from service.verbs.challenges import ChallengeVerbs
from service.verbs.disseminations import DisseminationVerbs
from service.verbs.leaving import LeavingVerbs
from service.verbs.notices import NoticeVerbs
from service.verbs.partnership import PartnershipVerbs
from service.verbs.people import PeopleVerbs
from service.verbs.programme import ProgrammeVerbs
from service.verbs.registry import RegistryVerbs
from service.verbs.returns import ReturnVerbs
from service.verbs.reviews import ReviewVerbs
from service.verbs.training import TrainingVerbs

__all__ = [
    "ActionVerbs",
    "ChallengeVerbs",
    "DisseminationVerbs",
    "LeavingVerbs",
    "NoticeVerbs",
    "PartnershipVerbs",
    "PeopleVerbs",
    "ProgrammeVerbs",
    "RegistryVerbs",
    "ReturnVerbs",
    "ReviewVerbs",
    "TrainingVerbs",
]
