"""Rules over all events, by enumeration: topics, classes, names, and that each can be read anywhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest
from eventsourcing.domain import Aggregate

import aggregates
from aggregates import AGGREGATES, EVENTS
from aggregates.entry import OnRecord, Recorded
from aggregates.entry.fields import ENVELOPE, declared, shape
from aggregates.entry.values import Evidence, Sealed

CLAIMS = {"iss", "aud", "jti", "iat", "evt", "assurance", "stream", "sver", "seen", "_sd", "_sd_alg", "alg", "kid", "typ"}
# Domain B.3 and ledger §2: which authority each act needs.
DECISIONS = {
    "ledger.established", "ledger.succeeded", "ledger.integrity_failed",
    "keys.signing_key_enrolled", "keys.signing_key_rotated", "keys.signing_key_revoked",
    "keys.signing_key_compromised", "keys.statement_affirmed", "keys.statement_repudiated", "partnership.established",
    "partnership.local_setting_set", "partnership.regime_changed", "partnership.framework_adopted", "partnership.framework_reviewed",
    "meeting.held", "priorities.set", "challenge.raised", "challenge.answered", "action.obligation_transferred",
    "action.outstanding_declared", "agency.joined", "agency.renamed", "agency.left", "agency.departure_announced",
    "agency.obligation_outstanding", "sub_group.constituted", "sub_group.dissolved",
    "inspection.opened", "inspection.closed", "office.holder_appointed", "office.holder_stood_down",
    "review.board_response_formulated", "action.assigned", "action.reassigned",
    "action.due_date_varied", "action.evidence_returned", "action.signed_off", "action.sustainment_checked", "action.reopened",
    "action.closed", "action.withdrawn", "action.superseded",
}  # fmt: skip
CLOCK = {
    "resource.checked",
    "action.sustainment_check_scheduled",
    "action.escalated",
    "action.reminder_issued",
    "inspection.evidence_disclosed",
    "ledger.pack_sealed",
    "obligation.reminder_issued",
    "obligation.escalated",
}
DECISIONS |= {
    f"review.{act}"
    for act in (
        "external_relevance_decided", "decided", "commissioned", "organisation_added", "team_constituted", "lead_reviewer_appointed",
        "independence_breached", "lead_reviewer_replaced", "parallel_process_noted", "paused", "resumed", "timescale_extended",
        "report_presented", "publication_deferred", "report_published", "report_withdrawn", "learning_referred_to_training",
        "training_implications_considered", "impact_evaluated", "closed", "reopened",
    )
}  # fmt: skip
CLOCK |= {"review.publication_verified"}
DECISIONS |= {f"training_session.{act}" for act in ("telephone_sample_drawn", "delivery_observed", "evaluated")}
CLOCK |= {"training_session.follow_up_issued"}
DECISIONS |= {f"dissemination.{act}" for act in ("issued", "caught_up", "ineffectiveness_reported", "withdrawn", "superseded")}
PUBLISHED = {  # what everybody is sent, or may read
    (topic, "evidence") for topic in ("dissemination.material_produced.v1", "return.published.v1", "return.published.v2")
}
CLOCK |= {"data_subject.personal_data_erased"}
DECISIONS |= {
    f"data_subject.{act}"
    for act in (
        "subjects_merged", "restriction_applied", "restriction_lifted", "legal_hold_placed", "legal_hold_released", "erasure_decided",
        "access_request_answered", "recipient_notified", "retention_decided",
    )
}  # fmt: skip
DECISIONS |= {f"return.{act}" for act in ("requested", "moderated", "no_action_decided", "accepted", "waived", "presented")}
DECISIONS |= {f"return.{act}" for act in ("section_explained", "published")}
READ_ALONE = """
import json, sys
import aggregates
from eventsourcing.utils import resolve_topic
from aggregates.entry.fields import shape
read = {t: [f.name for f in shape(resolve_topic(t))] for t in json.load(sys.stdin)}
json.dump(read, sys.stdout)
"""


def test_every_topic_is_its_aggregates_own():
    """A topic is `<aggregate>.<event>.v<version of its shape>`, begins with its aggregate's topic, and belongs to one event."""
    topics = [
        e.TOPIC for a in AGGREGATES for e in vars(a).values() if isinstance(e, type) and issubclass(e, OnRecord.Event) and e is not a.Event
    ]
    wrong = [t for t, e in EVENTS.items() if not any(t.startswith(f"{a.TOPIC}.") and e in vars(a).values() for a in AGGREGATES)]

    assert len(topics) == len(set(topics))
    assert wrong == [t for t in EVENTS if not re.search(r"\.v[1-9]\d*\Z", t)] == []


def test_every_aggregate_is_listed():
    """No aggregate of ours is missing from the list that knows every topic."""

    def below(kind):
        return {kind, *(each for sub in kind.__subclasses__() for each in below(sub))}

    ours = {a for a in below(OnRecord) if a.__module__.startswith("aggregates.") and "TOPIC" in vars(a)}

    assert ours == set(AGGREGATES)


def test_every_amendable_aggregate_has_amendments_of_its_own():
    """Whatever can be amended has its three events; registrations have none."""
    for aggregate in AGGREGATES:
        own = {name for name in ("AmendmentProposed", "EntryCorrected", "EntryRetracted") if name in vars(aggregate)}
        assert len(own) == (3 if issubclass(aggregate, Recorded) else 0)


def test_every_act_needs_the_authority_that_the_domain_says():
    """B.3: each event has the signature class of the catalogue; amendments are decisions."""
    amendments = {t for t in EVENTS if t.split(".")[1] in {"amendment_proposed", "entry_corrected", "entry_retracted"}}
    found = {kind: {t.rpartition(".")[0] for t, e in EVENTS.items() if kind == e.CLASS and t not in amendments} for kind in "DSC"}

    assert (found["D"], found["C"]) == (DECISIONS, CLOCK)
    assert {EVENTS[t].CLASS for t in amendments} == {"D"}


@pytest.mark.parametrize("topic", EVENTS)
def test_every_field_is_classed_and_none_is_a_claim(topic):
    """Each field has a class; persons are personal; no field bears the name of a claim of the statement; the envelope comes first."""
    fields = shape(EVENTS[topic])

    assert [f.name for f in fields[: len(ENVELOPE)]] == list(ENVELOPE)
    assert {f.sensitivity for f in fields} <= {"public", "partners", "restricted", "personal"}
    assert {f.name for f in fields if f.kind is Sealed} == {f.name for f in fields if f.sensitivity == "personal"}
    open_to_all = {f.name for f in fields if f.kind is Evidence and f.sensitivity != "restricted"}
    assert open_to_all == {name for of, name in PUBLISHED if of == topic}
    assert {f.name for f in fields} & CLAIMS == set()
    assert {f.name for f in fields} >= EVENTS[topic].COMPUTED


def test_no_public_field_is_about_how_a_person_worked():
    """Narratives, reasons for returning evidence and evidence itself are restricted; what the register shows is public."""
    of = {(t.split(".")[1], f.name): f.sensitivity for t, e in EVENTS.items() if t.startswith("action.") for f in shape(e)}

    assert {of["progress_reported", "narrative"], of["evidence_submitted", "narrative"], of["evidence_returned", "reason"]} == {
        "restricted"
    }
    assert {of["assigned", "title"], of["due_date_varied", "due_on"], of["withdrawn", "reason"], of["sustainment_checked", "result"]} == {
        "public"
    }
    assert {of["signed_off", "effect"], of["disputed", "reason"]} == {"partners"}


def test_what_a_thing_is_known_by_is_identifying_and_public():
    """References, and so the keys of read models, are made of identifying fields alone; those are public, and texts."""
    identifying = {t: [f for f in shape(e) if f.identifies] for t, e in EVENTS.items()}
    begins = {t for t, e in EVENTS.items() if issubclass(e, Aggregate.Created)}
    one_of_a_kind = {
        "ledger.established.v1",
        "keys.signing_key_enrolled.v1",
        "partnership.established.v1",
        "data_subject.subject_registered.v1",
    }
    of_several = {"obligation.reminder_issued.v1", "obligation.escalated.v1"}  # clause, owner and subject
    of_several |= {"return.requested.v1"}  # besides its reference what that is made of: kind, respondent and period
    of_several |= {"inspection.opened.v1"}  # besides whose it is, for what and of which agency: another would show another record

    assert {(f.sensitivity, f.kind) for fields in identifying.values() for f in fields} == {("public", str)}
    assert {t for t in begins if len(identifying[t]) != 1} == one_of_a_kind | of_several


def test_every_event_is_read_in_a_fresh_process():
    """A process that imports the package and nothing else resolves every topic, and sees the same fields."""
    read = subprocess.run(
        [sys.executable, "-c", READ_ALONE], input=json.dumps(list(EVENTS)), capture_output=True, text=True, check=True,
        cwd=Path(aggregates.__file__).parents[1],
    )  # fmt: skip

    assert json.loads(read.stdout) == {t: [f.name for f in shape(e)] for t, e in EVENTS.items()}


def test_an_event_says_what_is_declared_once_and_for_all():
    """An event is made with a value for each of its fields and nothing else, is never changed, and equals one that says the same."""
    kind = EVENTS["ledger.established.v1"]
    said = dict.fromkeys(declared(kind)) | {"originator_id": UUID(int=1), "originator_version": 1}
    event = kind(**said)

    for wrong in (
        {**said, "remarks": "none"},
        {name: said[name] for name in said if name != "occurred_on"},
        {**said, "originator_id": "1"},
    ):
        with pytest.raises(TypeError):
            kind(**wrong)
    with pytest.raises(FrozenInstanceError):
        event.occurred_on = None
    with pytest.raises(FrozenInstanceError):
        del event.occurred_on
    assert (event, hash(event)) == (kind(**said), hash(kind(**said)))
    assert event != kind(**said | {"late_reason": "mislaid"})
    assert repr(event).startswith("Ledger.Established(originator_id=UUID(")


def test_an_event_without_a_topic_of_its_own_cannot_be_declared():
    """No module path is ever stored: an event that forgot its topic is refused when its class is made."""
    with pytest.raises(Exception, match="topic"):

        class Forgetful(OnRecord[None]):
            TOPIC: ClassVar[str] = "forgetful"

            class Event(OnRecord.Event):
                """An event."""

            class Happened(Event):
                """Something."""
