"""Builders with sensible defaults for notify's tests: Edna, her handover, and the facts that referral tells."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from services.notify.config import NotifySettings
from services.notify.domain.alert import Alert, Audience, Kind, Telling
from services.notify.domain.decision import PlanState
from services.notify.domain.person import Person
from services.notify.domain.plan import Answer, Plan, PlanTask, Standing
from services.notify.domain.site import Site
from services.notify.outbound.messages import TemplateFolder
from services.notify.outbound.site_data import (
    DATA,
    read_banned_lists,
    read_policy_file,
    read_reasons,
    read_site,
    read_states,
    read_task_words,
)
from services.notify.usecases.desk import Desk

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 9, 8, 10, 30, tzinfo=UTC)
EDNA = "0f5c1be2a7d94c63b8e1d2f3a4b5c6d7"

WARD, ELM_TREE, PHARMACY = "ward-ZTA", "practice-Z90001", "pharmacy-FZZ01"
COMMUNITY, SAFETY = "community-ZTC", "safety-ZTA"

TOKENS = {
    "token of the practice": {
        "ref": "api-elm",
        "roles": ["team-member"],
        "teams": ["practice-Z90001"],
    },
    "token of the pharmacy": {
        "ref": "api-pharmacy",
        "roles": ["team-member"],
        "teams": ["pharmacy-FZZ01"],
    },
    "token of everybody": {"ref": "api-all", "roles": ["team-member"], "teams": ["*"]},
    "token of a hospital": {"ref": "api-pas", "roles": ["hospital-system"]},
}

LETTER = "requirescontactbyletter"
TWENTY_POINTS = "requireswritteninformationinatleast20pointsansseriffont"
BRAILLE = "requiresinformationincontractedgrade2braille"
BY_PHONE = "requirescontactbytelephone"


def london(text: str) -> datetime:
    """`2026-12-24 16:40` on London's clock, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@cache
def a_site(*, live: bool = False, quiet: bool = True, settling: int = 0) -> Site:
    return read_site(live=live, quiet=quiet, settling_seconds=settling)


@cache
def a_desk(*, live: bool = False, quiet: bool = True) -> Desk:
    return Desk(
        a_site(live=live, quiet=quiet),
        TemplateFolder(DATA / "messages", read_banned_lists()),
        read_task_words(),
        read_reasons(read_banned_lists()),
        read_states(),
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
            "made_at": changes.get("happened_at", NOW),
        }
        | changes
    )


def a_state(**changes) -> PlanState:
    return PlanState(
        **{"standing": Standing.OPEN, "test_patient": True, "clock_started_at": NOW} | changes
    )


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


def some_settings(**changes: Any) -> NotifySettings:
    given: dict[str, Any] = {
        "environment": "test",
        "database_url": "postgresql:///nowhere",
        "kafka_bootstrap": "localhost:1",
        "http_port": 0,
        "site_secret": "site secret of a test",
        "session_secret": "session secret of a test",
        "api_tokens": orjson.dumps([_token(text, who) for text, who in TOKENS.items()]).decode(),
        "smtp_host": "127.0.0.1",
        "smtp_port": 1,
        "mail_from": "baton@fellside.example.net",
        "letter_folder": Path("letters"),
        "public_url": "http://127.0.0.1:8003",
        "staff_url": "http://127.0.0.1:8002",
        "quiet_hours": "off",
        "settling_seconds": 0,
    }
    return NotifySettings(**given | changes)


def _token(text: str, who: dict[str, Any]) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), **who}
