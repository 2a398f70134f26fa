"""Rows of the tables as the domain's records, and back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import asyncpg

from services.referral.domain.discharge import Discharge
from services.referral.domain.handover import Handover, Offer, Task
from services.referral.domain.people import SYSTEM
from services.referral.usecases.records import Opened

HANDOVER_COLUMNS = (
    "handover_id",
    "spell_id",
    "patient_key",
    "sender",
    "sender_team",
    "owner_team",
    "owned_since",
    "owned_by",
    "clock_started_at",
    "opened_at",
    "said",
    "correlation_id",
    "test_patient",
    "purpose",
    "replaces",
    "discharge",
    "death",
)
OFFER_COLUMNS = ("offer_id", "handover_id", "team", "role", "instead_of", "due_at")
TASK_COLUMNS = (
    "task_id",
    "handover_id",
    "offer_id",
    "code",
    "rule_id",
    "rule_version",
    "owner_team",
    "owned_since",
    "owned_by",
    "status",
    "needs_outcome",
    "anchored_at",
    "not_before",
    "due_at",
    "alert_id",
    "follows",
)


def handover_row(opened: Opened) -> tuple[Any, ...]:
    """A new handover, in the order of `HANDOVER_COLUMNS`; it has said one thing: that it was opened."""
    handover = opened.fact.handover
    return (
        handover.handover_id,
        handover.spell_id,
        handover.patient_key,
        handover.sender,
        handover.sender_team,
        handover.coordinator_team,
        handover.opened_at,
        SYSTEM,
        handover.clock_started_at,
        handover.opened_at,
        1,
        opened.correlation_id,
        handover.test_patient,
        handover.purpose,
        handover.replaces,
        discharge_row(handover.discharge),
        handover.death,
    )


def discharge_row(discharge: Discharge | None) -> dict[str, Any] | None:
    """A discharge as it is kept: what the rules see, and no identity."""
    if discharge is None:
        return None
    return {
        "provider": discharge.provider,
        "encounter_class": discharge.encounter_class,
        "discharged_at": discharge.discharged_at.isoformat(),
        "method": discharge.method,
        "destination": discharge.destination,
        "practice": discharge.practice,
        "pharmacy": discharge.pharmacy,
        "diagnoses": sorted(discharge.diagnoses),
        "indicators": discharge.indicators,
        "said_deceased": discharge.said_deceased,
        "test_patient": discharge.test_patient,
    }


def read_discharge(row: asyncpg.Record) -> Discharge | None:
    """The discharge of a handover, under the keys that the handover has now."""
    kept = row["discharge"]
    if kept is None:
        return None
    return Discharge(
        spell_id=row["spell_id"],
        patient_key=row["patient_key"],
        **kept
        | {
            "discharged_at": datetime.fromisoformat(kept["discharged_at"]),
            "diagnoses": frozenset(kept["diagnoses"]),
        },
    )


def offer_rows(offers: Iterable[Offer], tasks: Sequence[Task]) -> Iterable[tuple[Any, ...]]:
    """New offers, each due with the first of its tasks, in the order of `OFFER_COLUMNS`."""
    for offer in offers:
        due_at = min(task.due_at for task in tasks if task.offer_id == offer.offer_id)
        yield (offer.offer_id, offer.handover_id, offer.team, offer.role, offer.instead_of, due_at)


def task_row(task: Task, at: datetime) -> tuple[Any, ...]:
    """A new task, owned since `at`, in the order of `TASK_COLUMNS`."""
    return (
        task.task_id,
        task.handover_id,
        task.offer_id,
        task.code,
        task.rule_id,
        task.rule_version,
        task.owner_team,
        at,
        SYSTEM,
        task.status,
        task.needs_outcome,
        task.anchored_at,
        task.not_before,
        task.due_at,
        task.alert_id,
        task.follows,
    )


def read_handover(row: asyncpg.Record) -> Handover:
    return Handover(
        handover_id=row["handover_id"],
        spell_id=row["spell_id"],
        patient_key=row["patient_key"],
        sender=row["sender"],
        sender_team=row["sender_team"],
        coordinator_team=row["owner_team"],
        clock_started_at=row["clock_started_at"],
        opened_at=row["opened_at"],
        state=row["state"],
        test_patient=row["test_patient"],
        purpose=row["purpose"],
        replaces=row["replaces"],
        discharge=read_discharge(row),
        death=row["death"],
        readmitted_by=row["readmitted_by"],
    )


def read_offer(row: asyncpg.Record) -> Offer:
    return Offer(
        offer_id=row["offer_id"],
        handover_id=row["handover_id"],
        team=row["team"],
        role=row["role"],
        instead_of=row["instead_of"],
        state=row["state"],
    )


def read_task(row: asyncpg.Record) -> Task:
    return Task(
        task_id=row["task_id"],
        handover_id=row["handover_id"],
        offer_id=row["offer_id"],
        code=row["code"],
        rule_id=row["rule_id"],
        rule_version=row["rule_version"],
        owner_team=row["owner_team"],
        status=row["status"],
        anchored_at=row["anchored_at"],
        due_at=row["due_at"],
        not_before=row["not_before"],
        needs_outcome=row["needs_outcome"],
        alert_id=row["alert_id"],
        follows=row["follows"],
        escalation_step=row["escalation_step"],
    )
