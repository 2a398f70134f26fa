"""The floor's notify: a handover becomes a plan, and five alerts that wait to be sent."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from uuid_utils import uuid7

from bench.floor.post import Heard, listen, transaction
from schemas.topics import HANDOVERS, PATIENTS

_NULL = "\\N"


class Offer(msgspec.Struct):
    """The part asked of one team."""

    offer_id: str
    team: str


class Task(msgspec.Struct):
    """One thing to be done."""

    task_id: str
    offer_id: str | None
    code: str
    rule_id: str
    owner_team: str
    not_before: str | None
    due_at: str
    status: str
    priority: str


class Opened(msgspec.Struct):
    """What notify keeps of `handover.opened`."""

    patient_key: str
    handover_id: str
    sender: str
    coordinator_team: str
    clock_started_at: str
    opened_at: str
    offers: list[Offer]
    tasks: list[Task]


class Described(msgspec.Struct):
    """What notify keeps of `patient.described`."""

    patient_key: str
    described_at: str
    nhs_number_verification: str
    name: dict[str, str]
    birth_date: str
    address: dict[str, Any]
    contact_points: list[dict[str, str]]
    practice: str
    language: str
    needs: list[str]


_described = msgspec.json.Decoder(Described).decode
_opened = msgspec.json.Decoder(Opened).decode
_json = msgspec.json.Encoder().encode


def handle(batch: Sequence[Heard]) -> None:
    """Write rows for a batch."""
    people: list[str] = []
    plans: list[str] = []
    tasks: list[str] = []
    alerts: list[str] = []
    now = str(datetime.now(UTC))
    for heard in batch:
        if heard.topic == PATIENTS:
            people.append(_person(_described(heard.body)))
        else:
            _follow(heard, now, plans, tasks, alerts)
    with transaction() as copy:
        if people:
            copy(
                "people (patient_key, described_at, prefix, given, family, birth_date, contact_points, address_lines,"
                " postcode, practice, language, needs, verification, deceased, restricted, test_patient)",
                people,
            )
        if plans:
            copy(
                "plans (handover_id, patient_key, sender, coordinator_team, standing, clock_started_at, opened_at,"
                " test_patient, sender_team)",
                plans,
            )
            copy(
                "plan_tasks (handover_id, task_id, offer_id, asked_team, code, rule_id, owner_team, not_before, due_at,"
                " status, answer, priority)",
                tasks,
            )
            copy(
                "alerts (alert_id, handover_id, patient_key, audience, team, kind, urgent, task_count, due_at,"
                " last_resort, caused_by, correlation_id, happened_at, made_at, next_attempt_at, priority)",
                alerts,
            )


def _person(one: Described) -> str:
    name = one.name
    return (
        f"{one.patient_key}\t{one.described_at}\t{name['prefix']}\t{name['given']}\t{name['family']}\t{one.birth_date}"
        f"\t{_text(one.contact_points)}\t{_text(one.address['lines'])}\t{one.address['postcode']}\t{one.practice}"
        f"\t{one.language}\t{_text(one.needs)}\t{one.nhs_number_verification}\tf\tf\tt\n"
    )


def _follow(heard: Heard, now: str, plans: list[str], tasks: list[str], alerts: list[str]) -> None:
    plan = _opened(heard.body)
    cause, journey = heard.headers["ce_id"].decode(), heard.headers["ce_correlationid"].decode()
    plans.append(
        f"{plan.handover_id}\t{plan.patient_key}\t{plan.sender}\t{plan.coordinator_team}\topen"
        f"\t{plan.clock_started_at}\t{plan.opened_at}\tt\t{plan.coordinator_team}\n"
    )
    asked = {offer.offer_id: offer.team for offer in plan.offers}
    dues: dict[str, list[str]] = {team: [] for team in asked.values()}
    urgent: set[str] = set()
    for task in plan.tasks:
        team = asked[task.offer_id] if task.offer_id else task.owner_team
        dues.setdefault(team, []).append(task.due_at)
        if task.priority == "urgent":
            urgent.add(team)
        tasks.append(
            f"{plan.handover_id}\t{task.task_id}\t{task.offer_id or _NULL}\t{team}\t{task.code}\t{task.rule_id}"
            f"\t{task.owner_team}\t{task.not_before or _NULL}\t{task.due_at}\t{task.status}"
            f"\t{'waiting' if task.offer_id else 'own'}\t{task.priority}\n"
        )
    told = [
        ("team", team, "opened" if team in asked.values() else "duty", len(mine), min(mine))
        for team, mine in dues.items()
    ]
    for audience, team, kind, count, due in (*told, ("patient", "", "opened", 0, _NULL)):
        alerts.append(
            f"{uuid7()}\t{plan.handover_id}\t{plan.patient_key}\t{audience}\t{team}\t{kind}\t{team in urgent}\t{count}"
            f"\t{due}\tf\t{cause}\t{journey}\t{plan.opened_at}\t{now}\t{now}"
            f"\t{'urgent' if team in urgent else 'routine'}\n"
        )


def _text(value: Any) -> str:
    text: str = _json(value).decode()
    return text.replace("\\", "\\\\")


if __name__ == "__main__":
    listen("notify", [PATIENTS, HANDOVERS], handle)
