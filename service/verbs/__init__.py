"""The verbs of the product by their noun: load, decide, save. They hold what no aggregate can know of another.

`application` puts them together, and is the one door to all of them.
"""

from service.verbs.actions import ActionVerbs
from service.verbs.partnership import PartnershipVerbs
from service.verbs.registry import RegistryVerbs
from service.verbs.reviews import ReviewVerbs

__all__ = ["ActionVerbs", "PartnershipVerbs", "RegistryVerbs", "ReviewVerbs"]
