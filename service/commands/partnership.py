"""What can be done about the partnership: its framework, agencies, sub-groups and offices."""

from __future__ import annotations

from typing import Final

from aggregates.partnership import Agency, Partnership, SubGroup
from aggregates.partnership.office import Office
from service.commands.command import CHAIR, DEPUTY, MANAGERS, Command

PARTNERSHIP: Final = (
    Command("establish_partnership", "Establish the partnership", "partnership", Partnership.Established, MANAGERS, creates=True),
    Command("set_local_setting", "Set a local setting", "partnership", Partnership.LocalSettingSet, MANAGERS),
    Command("change_regime", "Change the regime", "partnership", Partnership.RegimeChanged, MANAGERS),
    Command("adopt_framework", "Adopt a framework", "partnership", Partnership.FrameworkAdopted, MANAGERS),
    Command("review_framework", "Review the framework", "partnership", Partnership.FrameworkReviewed, MANAGERS),
    Command("join_agency", "Record that an agency joins", "agency", Agency.AgencyJoined, MANAGERS, creates=True),
    Command("rename_agency", "Rename an agency", "agency", Agency.AgencyRenamed, MANAGERS),
    Command("announce_departure", "Announce that it leaves", "agency", Agency.DepartureAnnounced, MANAGERS),
    Command(
        "declare_obligation_outstanding",
        "Declare what it was asked outstanding",
        "agency",
        Agency.ObligationOutstanding,
        frozenset({CHAIR, DEPUTY}),
    ),
    Command("leave_agency", "Record that an agency leaves", "agency", Agency.AgencyLeft, MANAGERS),
    Command("constitute_sub_group", "Constitute a sub-group", "sub-group", SubGroup.SubGroupConstituted, MANAGERS, creates=True),
    Command("dissolve_sub_group", "Dissolve a sub-group", "sub-group", SubGroup.SubGroupDissolved, MANAGERS),
    Command("appoint_office_holder", "Appoint an office holder", "office", Office.OfficeHolderAppointed, MANAGERS, creates=True),
    Command("stand_down_office_holder", "Stand an office holder down", "office", Office.OfficeHolderStoodDown, MANAGERS),
)
