"""Who we are: the partnership and its local settings, its member agencies, and its sub-groups; each a stream of its own."""

from aggregates.partnership.agency import Agency, AgencyState
from aggregates.partnership.partnership import Partnership, PartnershipState
from aggregates.partnership.sub_group import SubGroup, SubGroupState

__all__ = ["Agency", "AgencyState", "Partnership", "PartnershipState", "SubGroup", "SubGroupState"]
