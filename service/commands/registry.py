"""What can be done about people, keys and inspections."""

from __future__ import annotations

from typing import Final

from aggregates.registry import Inspection, Keys
from aggregates.registry.data_subject import DataSubject
from service.commands.command import AMENDERS, ASKING, DPO, LEADS, MANAGERS, OFFICER, Command

REGISTRY: Final = (
    Command(
        "register_subject",
        "Register a person",
        "subject",
        DataSubject.SubjectRegistered,
        MANAGERS | {OFFICER},
        creates=True,
    ),
    Command("merge_subjects", "Merge into another reference", "subject", DataSubject.SubjectsMerged, DPO),
    Command("apply_restriction", "Restrict what is kept", "subject", DataSubject.RestrictionApplied, DPO),
    Command("lift_restriction", "Lift the restriction", "subject", DataSubject.RestrictionLifted, DPO),
    Command("place_legal_hold", "Place a legal hold", "subject", DataSubject.LegalHoldPlaced, DPO),
    Command("release_legal_hold", "Release a legal hold", "subject", DataSubject.LegalHoldReleased, DPO),
    Command("request_erasure", "Bring in a request to erase", "subject", DataSubject.ErasureRequested, ASKING),
    Command("withdraw_erasure_request", "Withdraw the request to erase", "subject", DataSubject.ErasureRequestWithdrawn, ASKING),
    Command("decide_erasure", "Decide the request to erase", "subject", DataSubject.ErasureDecided, DPO),
    Command("erase_personal_data", "Erase what is kept", "subject", DataSubject.PersonalDataErased, DPO),
    Command("notify_recipient", "Record that a recipient was told", "subject", DataSubject.RecipientNotified, DPO),
    Command("decide_retention", "Decide what becomes of what is due", "subject", DataSubject.RetentionDecided, DPO),
    Command("request_access", "Bring in a request for access", "subject", DataSubject.AccessRequested, ASKING),
    Command("answer_access_request", "Record the answer to an access request", "subject", DataSubject.AccessRequestAnswered, DPO),
    Command("enrol_signing_key", "Enrol a signing key", "keys", Keys.SigningKeyEnrolled, AMENDERS),
    Command("rotate_signing_key", "Rotate a signing key", "keys", Keys.SigningKeyRotated, AMENDERS),
    Command("revoke_signing_key", "Revoke a signing key", "keys", Keys.SigningKeyRevoked, AMENDERS),
    Command("declare_key_compromised", "Declare a signing key compromised", "keys", Keys.SigningKeyCompromised, AMENDERS),
    Command("affirm_statement", "Affirm a disputed statement", "keys", Keys.StatementAffirmed, AMENDERS),
    Command("repudiate_statement", "Repudiate a disputed statement", "keys", Keys.StatementRepudiated, AMENDERS),
    Command("open_inspection", "Open an inspection", "inspection", Inspection.InspectionOpened, MANAGERS | LEADS, creates=True),
    Command("close_inspection", "Close an inspection", "inspection", Inspection.InspectionClosed, MANAGERS | LEADS),
)
