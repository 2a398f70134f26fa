"""Hear what became of messages: who was told, who saw it, and whom no message reached."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from schemas.alert import AlertAcknowledged, AlertNotDelivered, AlertSent
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import adding
from services.referral.domain.facts import Fact
from services.referral.domain.rules import Playbook
from services.referral.usecases import announce
from services.referral.usecases.measures import REACH_PERSON
from services.referral.usecases.ports import Changed, Handovers, HistoryEntry, Loaded
from services.referral.usecases.recording import record

Alert = AlertSent | AlertNotDelivered | AlertAcknowledged
Heard = tuple[Alert, Cause]
PATIENT = "patient"


class HandoverUnknownError(LookupError):
    """An alert speaks of a handover that is not ours; a person must look at it."""


async def hear_alerts(
    unit: UnitOfWork, alerts: Sequence[Heard], *, handovers: Handovers, playbook: Playbook
) -> None:
    """Write down what was heard; a message that reached nobody becomes one task for a person (R77)."""
    unreached = {
        alert.alert_id: (alert, cause)
        for alert, cause in alerts
        if isinstance(alert, AlertNotDelivered) and alert.needs_person
    }
    if unreached:
        await _add_tasks(unit, unreached, handovers, playbook)
    await handovers.remember(unit.connection, [_entry(alert) for alert, _ in alerts])


async def _add_tasks(
    unit: UnitOfWork,
    unreached: dict[UUID, tuple[AlertNotDelivered, Cause]],
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    concerned = {alert.handover_id for alert, _ in unreached.values()}
    locked = await handovers.lock_many(unit.connection, concerned)
    if concerned - locked.keys():
        raise HandoverUnknownError
    # Looked up after the lock, so that nobody adds one in between.
    served = await handovers.alerts_with_a_task(unit.connection, unreached)
    changes = []
    for handover_id in sorted(concerned):
        of_it = [
            (alert, cause)
            for alert, cause in unreached.values()
            if alert.handover_id == handover_id and alert.alert_id not in served
        ]
        changes.append(_reach(unit, locked[handover_id], of_it, playbook))
    await record(unit, handovers, [change for change in changes if change.facts])


def _reach(
    unit: UnitOfWork,
    loaded: Loaded,
    unreached: Iterable[tuple[AlertNotDelivered, Cause]],
    playbook: Playbook,
) -> Changed:
    said, facts = loaded.said, list[Fact]()
    for alert, cause in unreached:
        undelivered = adding.Undelivered(alert.alert_id, alert.team, alert.decided_at)
        added = adding.reach_person(loaded.whole, undelivered, unit.now, playbook, new_id)
        said = announce.happened(unit, replace(loaded, said=said), added, cause.causation_id)
        facts += added
    REACH_PERSON.inc(len(facts))
    return Changed(loaded.whole, facts, said)


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
        case AlertNotDelivered():
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
