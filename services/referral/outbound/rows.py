"""Rows of the tables as the domain's records, and back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg

from services.referral.domain.handover import (
    Coordinator,
    Handover,
    MissingResult,
    Offer,
    Priority,
    Task,
)
from services.referral.domain.people import SYSTEM
from services.referral.domain.referral import Progress
from services.referral.outbound.cases import (
    discharge_row,
    read_discharge,
    read_referral,
    referral_row,
)
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
    "referral",
    "coordinator_state",
)
OFFER_COLUMNS = (
    "offer_id",
    "handover_id",
    "team",
    "role",
    "instead_of",
    "due_at",
    "from_team",
    "redirects",
    "redirect_count",
    "accept_by",
)
OPENED_OFFER_COLUMNS = (*OFFER_COLUMNS, "priority", "skills")
"""Of offers that are made together with their tasks."""
PRIORITIES: tuple[Priority, ...] = ("routine", "urgent", "asap", "stat")
"""As the tables count them."""
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
    "skill",
    "priority",
    "rings_at",
    "working",
    "about",
    "ordered_by",
    "expected_on",
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
        referral_row(handover.referral),
        handover.coordinator.state,
    )


def offer_rows(offers: Iterable[Offer], tasks: Sequence[Task]) -> Iterable[tuple[Any, ...]]:
    """New offers, as due and as pressing as their tasks make them, in the order of `OPENED_OFFER_COLUMNS`."""
    for offer in offers:
        asked = [task for task in tasks if task.offer_id == offer.offer_id]
        priority = max(PRIORITIES.index(task.priority) for task in asked)
        skills = sorted({task.skill for task in asked})
        yield (*offer_row(offer, min(task.due_at for task in asked)), priority, skills)


def offer_row(offer: Offer, due_at: datetime) -> tuple[Any, ...]:
    """A new offer, in the order of `OFFER_COLUMNS`."""
    return (
        offer.offer_id,
        offer.handover_id,
        offer.team,
        offer.role,
        offer.instead_of,
        due_at,
        offer.from_team,
        offer.redirects,
        offer.redirect_count,
        offer.accept_by,
    )


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
        task.skill,
        PRIORITIES.index(task.priority),
        task.rings_at,
        task.working,
        *_result_row(task.result),
    )


def _result_row(result: MissingResult | None) -> tuple[Any, ...]:
    return (result.test, result.ordered_by, result.expected_on) if result else ("", "", None)


def read_handover(
    row: asyncpg.Record, happened: Mapping[str, datetime], progress: Progress | None
) -> Handover:
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
        referral=read_referral(row),
        progress=progress,
        coordinator=Coordinator(
            row["coordinator_state"],
            row["coordinator_at"],
            row["coordinator_name"],
            row["coordinator_phone"],
        ),
        happened=happened,
    )


def read_offer(row: asyncpg.Record) -> Offer:
    return Offer(
        offer_id=row["offer_id"],
        handover_id=row["handover_id"],
        team=row["team"],
        role=row["role"],
        instead_of=row["instead_of"],
        state=row["state"],
        from_team=row["from_team"],
        redirects=row["redirects"],
        redirect_count=row["redirect_count"],
        accept_by=row["accept_by"],
        unanswered=row["unanswered"],
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
        ladder_step=row["ladder_step"],
        rings_at=row["rings_at"],
        skill=row["skill"],
        priority=PRIORITIES[row["priority"]],
        owner_person=row["owner_person"],
        working=row["working"],
        result=MissingResult(row["about"], row["ordered_by"], row["expected_on"])
        if row["ordered_by"]
        else None,
    )
