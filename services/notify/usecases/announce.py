"""What notify says of its alerts and of patients' answers: the only place where its events are made."""

from uuid import UUID

from schemas.alert import (
    AlertAcknowledged,
    AlertNotDelivered,
    AlertOvertaken,
    AlertSent,
    ReplyReceived,
)
from schemas.event import Event
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.notify.domain.alert import Channel
from services.notify.domain.plan import Plan
from services.notify.usecases.records import Claimed, PatientReply, Recall


def say_sent(unit: UnitOfWork, claimed: Claimed, channel: Channel) -> int:
    """A provider took the message. Returns how many events of the alert were said by then."""
    alert = claimed.alert
    return _say(
        unit,
        claimed,
        AlertSent(
            patient_key=alert.patient_key,
            alert_id=alert.alert_id,
            handover_id=alert.handover_id,
            audience=alert.telling.audience.value,
            team=alert.telling.team,
            channel=channel.value,
            sent_at=unit.now,
        ),
    )


def say_not_delivered(
    unit: UnitOfWork, claimed: Claimed, reason: str, *, needs_person: bool
) -> int:
    """Nobody was told. A failure about a task that itself came from a failure asks for no further task."""
    alert = claimed.alert
    return _say(
        unit,
        claimed,
        AlertNotDelivered(
            patient_key=alert.patient_key,
            alert_id=alert.alert_id,
            handover_id=alert.handover_id,
            audience=alert.telling.audience.value,
            team=alert.telling.team,
            reason=reason,
            needs_person=needs_person and not alert.telling.last_resort,
            decided_at=unit.now,
        ),
    )


def say_acknowledged(unit: UnitOfWork, claimed: Claimed, by: str) -> int:
    """A person in the team has seen it."""
    alert = claimed.alert
    return _say(
        unit,
        claimed,
        AlertAcknowledged(
            patient_key=alert.patient_key,
            alert_id=alert.alert_id,
            handover_id=alert.handover_id,
            team=alert.telling.team,
            acknowledged_at=unit.now,
            acknowledged_by=by,
        ),
    )


def say_overtaken(unit: UnitOfWork, claimed: Claimed, recall: Recall) -> int:
    """A message stopped being right and somebody has it: a person must put it right."""
    alert = claimed.alert
    return _say(
        unit,
        claimed,
        AlertOvertaken(
            patient_key=alert.patient_key,
            alert_id=alert.alert_id,
            handover_id=alert.handover_id,
            audience=alert.telling.audience.value,
            team=alert.telling.team,
            reason=recall.reason,
            sent_at=recall.sent_at,
            decided_at=unit.now,
        ),
    )


def say_reply(unit: UnitOfWork, plan: Plan, reply: PatientReply, correlation_id: UUID) -> None:
    """A patient answered. Each answer is a stream of its own, for none may pass for the repeat of another."""
    unit.publish(
        ReplyReceived(
            patient_key=plan.patient_key,
            handover_id=plan.handover_id,
            reply=reply.reply,
            team=reply.team,
            received_at=reply.received_at,
        ),
        stream=f"reply:{reply.reply_id}",
        sequence=1,
        cause=Cause(correlation_id, reply.reply_id),
        occurred_at=reply.received_at,
    )


def _say(unit: UnitOfWork, claimed: Claimed, event: Event) -> int:
    sequence = claimed.said + 1
    unit.publish(
        event,
        stream=f"alert:{claimed.alert.alert_id}",
        sequence=sequence,
        cause=Cause(claimed.correlation_id, claimed.caused_by),
        occurred_at=unit.now,
    )
    return sequence
