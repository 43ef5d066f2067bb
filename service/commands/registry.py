"""What can be done about people, keys and inspections."""

from __future__ import annotations

from typing import Final

from aggregates.registry import Inspection, Keys
from aggregates.registry.data_subject import DataSubject
from service.commands.command import MANAGERS, OFFICER, Command

REGISTRY: Final = (
    Command(
        "register_subject",
        "Register a person",
        "subject",
        DataSubject.SubjectRegistered,
        MANAGERS | {OFFICER},
        creates=True,
    ),
    Command("enrol_signing_key", "Enrol a signing key", "keys", Keys.SigningKeyEnrolled, MANAGERS),
    Command("rotate_signing_key", "Rotate a signing key", "keys", Keys.SigningKeyRotated, MANAGERS),
    Command("revoke_signing_key", "Revoke a signing key", "keys", Keys.SigningKeyRevoked, MANAGERS),
    Command("open_inspection", "Open an inspection", "inspection", Inspection.InspectionOpened, MANAGERS, creates=True),
    Command("close_inspection", "Close an inspection", "inspection", Inspection.InspectionClosed, MANAGERS),
)
