"""Hear what became of messages: who was told, who saw it, and whom no message reached."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeGuard
from uuid import UUID

from schemas.alert import AlertAcknowledged, AlertNotDelivered, AlertOvertaken, AlertSent
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import adding
from services.referral.domain.facts import Fact
from services.referral.domain.rules import Playbook
from services.referral.domain.task_facts import TaskAdded
from services.referral.usecases import announce
from services.referral.usecases.measures import REACH_PERSON
from services.referral.usecases.ports import Handovers
from services.referral.usecases.recording import record
from services.referral.usecases.records import Changed, HistoryEntry, Loaded

Alert = AlertSent | AlertNotDelivered | AlertAcknowledged | AlertOvertaken
Trouble = AlertNotDelivered | AlertOvertaken
Heard = tuple[Alert, Cause]
PATIENT = "patient"


class HandoverUnknownError(LookupError):
    """An alert speaks of a handover that is not ours; a person must look at it."""


async def hear_alerts(
    unit: UnitOfWork, alerts: Sequence[Heard], *, handovers: Handovers, playbook: Playbook
) -> None:
    """Write down what was heard.

    A message that reached nobody becomes one task for a person (R77), and so does one that reached the patient
    and is not true any more (S02). A team that said that it has seen a message needs not be told to stop again.
    """
    trouble = {alert.alert_id: (alert, cause) for alert, cause in alerts if _needs_person(alert)}
    if trouble:
        await _add_tasks(unit, trouble, handovers, playbook)
    seen = [
        (alert.handover_id, alert.team, alert.acknowledged_at)
        for alert, _ in alerts
        if isinstance(alert, AlertAcknowledged)
    ]
    if seen:
        for notice_id in await handovers.acknowledge(unit.connection, seen):
            unit.cancel_timers(notice_id)
    await handovers.remember(unit.connection, [_entry(alert) for alert, _ in alerts])


def _needs_person(alert: Alert) -> TypeGuard[Trouble]:
    match alert:
        case AlertNotDelivered():
            return alert.needs_person
        case AlertOvertaken():
            return alert.audience == PATIENT
        case _:
            return False


async def _add_tasks(
    unit: UnitOfWork,
    trouble: dict[UUID, tuple[Trouble, Cause]],
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    concerned = {alert.handover_id for alert, _ in trouble.values()}
    locked = await handovers.lock_many(unit.connection, concerned)
    if concerned - locked.keys():
        raise HandoverUnknownError
    # Looked up after the lock, so that nobody adds one in between.
    served = await handovers.alerts_with_a_task(unit.connection, trouble)
    changes = []
    for handover_id in sorted(concerned):
        of_it = [
            (alert, cause)
            for alert, cause in trouble.values()
            if alert.handover_id == handover_id and alert.alert_id not in served
        ]
        changes.append(_reach(unit, locked[handover_id], of_it, playbook))
    await record(unit, handovers, [change for change in changes if change.facts], playbook)


def _reach(
    unit: UnitOfWork,
    loaded: Loaded,
    trouble: Iterable[tuple[Trouble, Cause]],
    playbook: Playbook,
) -> Changed:
    said, facts = loaded.said, list[Fact]()
    for alert, cause in trouble:
        added = _tasks_for(loaded, alert, unit, playbook)
        said = announce.happened(unit, replace(loaded, said=said), added, cause.causation_id)
        facts += added
    return Changed(loaded.whole, facts, said)


def _tasks_for(
    loaded: Loaded, alert: Trouble, unit: UnitOfWork, playbook: Playbook
) -> tuple[TaskAdded, ...]:
    if isinstance(alert, AlertOvertaken):
        return adding.put_right(
            loaded.whole, alert.alert_id, alert.decided_at, unit.now, playbook, new_id
        )
    undelivered = adding.Undelivered(alert.alert_id, alert.team, alert.decided_at)
    added = adding.reach_person(loaded.whole, undelivered, unit.now, playbook, new_id)
    REACH_PERSON.inc(len(added))
    return added


def _entry(alert: Alert) -> HistoryEntry:
    match alert:
        case AlertSent():
            told = PATIENT if alert.audience == PATIENT else alert.team
            return HistoryEntry(
                alert.handover_id,
                alert.sent_at,
                alert.type,
                alert.alert_id,
                told,
                "",
                alert.channel,
            )
        case AlertNotDelivered() | AlertOvertaken():
            told = PATIENT if alert.audience == PATIENT else alert.team
            return HistoryEntry(
                alert.handover_id,
                alert.decided_at,
                alert.type,
                alert.alert_id,
                told,
                "",
                alert.reason,
            )
        case AlertAcknowledged():
            return HistoryEntry(
                alert.handover_id,
                alert.acknowledged_at,
                alert.type,
                alert.alert_id,
                alert.team,
                alert.acknowledged_by,
            )
