"""Builders with sensible defaults for notify's tests: Edna, her handover, and the facts that referral tells."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from schemas.handover import HandoverOpened, OfferMade, TaskMade
from schemas.patient import Address, ContactPoint, PatientDescribed, PersonName
from services.chassis.ids import new_id
from services.notify.domain.alert import Alert, Audience, Kind, Telling
from services.notify.domain.person import Person
from services.notify.domain.plan import Answer, Plan, PlanTask, Standing
from services.notify.domain.resolver import PlanState
from services.notify.domain.site import Site
from services.notify.outbound.messages import TemplateFolder
from services.notify.outbound.site_data import (
    DATA,
    read_banned_lists,
    read_policy_file,
    read_site,
    read_task_words,
)
from services.notify.usecases.compose_message import Desk

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 9, 8, 10, 30, tzinfo=UTC)
EDNA = "0f5c1be2a7d94c63b8e1d2f3a4b5c6d7"

WARD, ELM_TREE, PHARMACY = "ward-ZTA", "practice-Z90001", "pharmacy-FZZ01"
COMMUNITY, SAFETY = "community-ZTC", "safety-ZTA"

LETTER = "requirescontactbyletter"
TWENTY_POINTS = "requireswritteninformationinatleast20pointsansseriffont"
BRAILLE = "requiresinformationincontractedgrade2braille"
BY_PHONE = "requirescontactbytelephone"


def london(text: str) -> datetime:
    """`2026-12-24 16:40` on London's clock, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@cache
def a_site(*, live: bool = False, quiet: bool = True) -> Site:
    return read_site(live=live, quiet=quiet)


@cache
def a_desk(*, live: bool = False, quiet: bool = True) -> Desk:
    return Desk(
        a_site(live=live, quiet=quiet),
        TemplateFolder(DATA / "messages", read_banned_lists()),
        read_task_words(),
        read_policy_file().help_line,
        "https://plan.example.net",
        "https://work.example.net",
    )


def a_person(**changes) -> Person:
    return Person(
        **{
            "patient_key": EDNA,
            "prefix": "Mrs",
            "given": "Edna",
            "family": "Hartley",
            "birth_date": date(1948, 3, 2),
            "email": "edna@patients.example.net",
            "address_lines": ("12 Mill Lane", "Fellside"),
            "postcode": "FE1 2AB",
            "verification": "01",
            "test_patient": True,
        }
        | changes
    )


def a_telling(**changes) -> Telling:
    return Telling(**{"audience": Audience.PATIENT, "kind": Kind.OPENED} | changes)


def for_team(kind: Kind = Kind.OPENED, team: str = ELM_TREE, **changes) -> Telling:
    return a_telling(
        audience=Audience.TEAM, kind=kind, team=team, task_count=2, due_at=NOW, **changes
    )


def an_alert(telling: Telling | None = None, **changes) -> Alert:
    return Alert(
        **{
            "alert_id": UUID(int=1),
            "handover_id": UUID(int=2),
            "patient_key": EDNA,
            "telling": telling or a_telling(),
            "happened_at": NOW,
            "made_at": NOW,
        }
        | changes
    )


def a_state(**changes) -> PlanState:
    return PlanState(**{"standing": Standing.OPEN, "test_patient": True} | changes)


def a_task(number: int = 1, **changes) -> PlanTask:
    return PlanTask(
        **{
            "task_id": UUID(int=100 + number),
            "offer_id": UUID(int=10),
            "asked_team": ELM_TREE,
            "code": "gp-medicines-reconciliation",
            "rule_id": "R06",
            "owner_team": WARD,
            "not_before": None,
            "due_at": NOW + timedelta(days=7),
            "status": "requested",
            "answer": Answer.WAITING,
        }
        | changes
    )


def a_plan(*tasks: PlanTask, **changes) -> Plan:
    return Plan(
        **{
            "handover_id": UUID(int=2),
            "patient_key": EDNA,
            "sender": "ZTA",
            "coordinator_team": WARD,
            "standing": Standing.OPEN,
            "clock_started_at": NOW,
            "opened_at": NOW,
            "test_patient": True,
            "tasks": tasks,
        }
        | changes
    )


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


def opened(key: str = EDNA, *, at: datetime = NOW, **changes) -> HandoverOpened:
    """Ward 7 sends its summary; Elm Tree Surgery and the pharmacy are asked for one task each."""
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
