"""The facts that discharge and referral tell, with sensible defaults."""

from datetime import UTC, date, datetime, timedelta

from schemas.handover import (
    HandoverOpened,
    HandoverPatientChanged,
    HandoverReplanned,
    HandoverWithdrawn,
    OfferAccepted,
    OfferMade,
    TaskEscalated,
    TaskMade,
)
from schemas.patient import Address, ContactPoint, PatientDescribed, PersonName
from services.chassis.ids import new_id
from tests.unit.notify.builders import EDNA, ELM_TREE, NOW, PHARMACY, WARD


def described(key: str = EDNA, **changes) -> PatientDescribed:
    """What discharge says of Edna, who reads e-mail unless a test says otherwise."""
    return PatientDescribed(
        **{
            "patient_key": key,
            "described_at": NOW,
            "nhs_number": "9995000105",
            "nhs_number_verification": "01",
            "name": PersonName(family="Hartley", given="Edna", prefix="Mrs"),
            "birth_date": date(1948, 3, 2),
            "address": Address(lines=("12 Mill Lane", "Fellside"), postcode="FE1 2AB"),
            "contact_points": (ContactPoint(kind="email", value="edna@patients.example.net"),),
            "test_patient": True,
        }
        | changes
    )


def a_task_made(code: str = "gp-medicines-reconciliation", **changes) -> TaskMade:
    return TaskMade(
        **{
            "task_id": new_id(),
            "code": code,
            "rule_id": "R06",
            "owner_team": WARD,
            "due_at": NOW + timedelta(days=7),
        }
        | changes
    )


def opened(key: str = EDNA, *, at: datetime | None = None, **changes) -> HandoverOpened:
    """Ward 7 sends its summary; Elm Tree Surgery and the pharmacy are asked for one task each. `at`: or just now."""
    at = at or datetime.now(UTC)
    practice, pharmacy = new_id(), new_id()
    return HandoverOpened(
        **{
            "patient_key": key,
            "handover_id": new_id(),
            "spell_id": new_id(),
            "sender": "ZTA",
            "coordinator_team": WARD,
            "clock_started_at": at,
            "opened_at": at,
            "offers": (
                OfferMade(offer_id=practice, team=ELM_TREE, role="gp-practice"),
                OfferMade(offer_id=pharmacy, team=PHARMACY, role="community-pharmacy"),
            ),
            "tasks": (
                a_task_made("send-discharge-summary", rule_id="R01", due_at=at + timedelta(days=1)),
                a_task_made(offer_id=practice, due_at=at + timedelta(days=7)),
                a_task_made(
                    "dms-stage-1", rule_id="R09", offer_id=pharmacy, due_at=at + timedelta(days=3)
                ),
            ),
            "test_patient": True,
        }
        | changes
    )


def accepted(handover, offer=0, team=ELM_TREE, **changes):
    return OfferAccepted(
        **{
            "patient_key": handover.patient_key,
            "handover_id": handover.handover_id,
            "offer_id": handover.offers[offer].offer_id,
            "team": team,
            "accepted_at": handover.opened_at,
            "accepted_by": "staff-elm-tree",
            "coordinator_team": WARD,
        }
        | changes
    )


def withdrawn(handover, reason="discharge-cancelled"):
    return HandoverWithdrawn(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        withdrawn_at=handover.opened_at,
        withdrawn_by="system",
        reason=reason,
    )


def replanned(handover, reason="discharge-corrected", **changes):
    return HandoverReplanned(
        **{
            "patient_key": handover.patient_key,
            "handover_id": handover.handover_id,
            "replanned_at": handover.opened_at,
            "clock_started_at": handover.clock_started_at,
            "reason": reason,
        }
        | changes
    )


def moved(handover, to):
    return HandoverPatientChanged(
        patient_key=to,
        handover_id=handover.handover_id,
        previous_patient_key=handover.patient_key,
        reason="merged",
        changed_at=handover.opened_at,
    )


def escalated(handover, *teams, step=1):
    return TaskEscalated(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        task_id=handover.tasks[0].task_id,
        code=handover.tasks[0].code,
        owner_team=WARD,
        told_teams=teams,
        due_at=handover.opened_at,
        escalated_at=handover.opened_at,
        step=step,
    )
