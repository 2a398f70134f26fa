"""The facts that discharge and referral tell, with sensible defaults."""

from datetime import UTC, date, datetime, timedelta

from schemas.directory import TeamDescribed
from schemas.handover import (
    CoordinatorNamed,
    HandoverOpened,
    HandoverPatientChanged,
    HandoverReplanned,
    HandoverWithdrawn,
)
from schemas.offer import OfferAccepted, OfferMade, OfferMadeLater, OfferRedirected, OfferUnanswered
from schemas.patient import Address, ContactPoint, PatientDescribed, PersonName
from schemas.referral import AppointmentChanged, ReferralChanged
from schemas.task import TaskEscalated, TaskMade, TaskWarned
from services.chassis.ids import new_id
from tests.unit.notify.builders import COMMUNITY, EDNA, ELM_TREE, NOW, PHARMACY, WARD


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


def escalated(handover, *teams, step=1, task=0, milestone="breach"):
    return TaskEscalated(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        task_id=handover.tasks[task].task_id,
        code=handover.tasks[task].code,
        owner_team=WARD,
        told_teams=teams,
        due_at=handover.opened_at,
        escalated_at=handover.opened_at,
        step=step,
        milestone=milestone,
    )


def warned(handover, *teams, milestone="50%", task=0):
    return TaskWarned(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        task_id=handover.tasks[task].task_id,
        code=handover.tasks[task].code,
        owner_team=WARD,
        told_teams=teams,
        milestone=milestone,
        due_at=handover.tasks[task].due_at,
        warned_at=handover.opened_at,
    )


def an_offer(team, **changes) -> OfferMade:
    return OfferMade(**{"offer_id": new_id(), "team": team, "role": "some-role"} | changes)


def offered_on(
    handover, team, *, offer=None, tasks=(1,), owner=ELM_TREE, reason="practice-changed"
):
    """Work of `owner` is offered to another team."""
    return OfferMadeLater(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        offer=offer or an_offer(team, from_team=owner),
        tasks=tuple(handover.tasks[number].task_id for number in tasks),
        owner_team=owner,
        reason=reason,
        made_at=handover.opened_at,
        made_by="system",
    )


def redirected(handover, team, *, by=ELM_TREE, reason="wrong-service", before=None, task=1):
    """`by` passes on what it was asked."""
    before = before or handover.offers[0]
    return OfferRedirected(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        offer_id=before.offer_id,
        team=by,
        offer=an_offer(team, from_team=by, redirects=before.offer_id, redirect_count=1),
        tasks=(handover.tasks[task].task_id,),
        reason=reason,
        redirected_at=handover.opened_at,
        redirected_by="staff-elm-tree",
    )


def unanswered(handover, *teams):
    return OfferUnanswered(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        offer_id=handover.offers[0].offer_id,
        team=handover.offers[0].team,
        owner_team=WARD,
        told_teams=teams,
        accept_by=handover.opened_at,
        said_at=handover.opened_at,
    )


def contact_named(handover, name="Sam Lee", team=ELM_TREE, phone="01632 960199", **changes):
    return CoordinatorNamed(
        **{
            "patient_key": handover.patient_key,
            "handover_id": handover.handover_id,
            "state": "proposed",
            "team": team,
            "name": name,
            "phone": phone,
            "named_at": datetime.now(UTC),
            "named_by": "staff-elm-tree",
        }
        | changes
    )


def referred(**changes) -> HandoverOpened:
    """Elm Tree Surgery refers Edna to the community nurses."""
    at, offer = datetime.now(UTC), new_id()
    return opened(
        **{
            "purpose": "referral",
            "sender": "Z90001",
            "coordinator_team": ELM_TREE,
            "offers": (OfferMade(offer_id=offer, team=COMMUNITY, role="community-nursing"),),
            "tasks": (
                a_task_made(
                    "triage-referral",
                    rule_id="R50",
                    owner_team=ELM_TREE,
                    offer_id=offer,
                    due_at=at + timedelta(days=7),
                ),
            ),
        }
        | changes
    )


def referral_changed(handover, state, team=COMMUNITY):
    return ReferralChanged(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        referral_id=handover.spell_id,
        state=state,
        team=team,
        clock_started_at=handover.clock_started_at,
        changed_at=datetime.now(UTC),
        changed_by="staff-community",
    )


def appointment(handover, status, starts_at, *, team=COMMUNITY, appointment_id=None):
    return AppointmentChanged(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        referral_id=handover.spell_id,
        appointment_id=appointment_id or handover.handover_id,
        status=status,
        team=team,
        starts_at=starts_at,
        changed_at=datetime.now(UTC),
        changed_by="staff-community",
    )


def team_described(team, **changes) -> TeamDescribed:
    return TeamDescribed(
        **{
            "patient_key": f"team:{team}",
            "team": team,
            "name": "Elm Tree Surgery",
            "organisation": "Z90001",
            "role": "gp-practice",
            "phone": "01632 960777",
            "email": "new-address@teams.example.net",
            "described_at": datetime.now(UTC),
        }
        | changes
    )
