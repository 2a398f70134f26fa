"""Say what was decided: each fact in its place in the stream of its handover."""

from collections.abc import Sequence
from uuid import UUID

from schemas.directory import TeamDescribed
from schemas.handover import HandoverOpened
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import facts
from services.referral.usecases.directory_records import Described
from services.referral.usecases.event_of import event_of, offer_made, task_made
from services.referral.usecases.records import Loaded


def opened(unit: UnitOfWork, fact: facts.HandoverOpened, cause: Cause) -> None:
    """Say that a handover was opened: the first event of its stream."""
    handover = fact.handover
    event = HandoverOpened(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        spell_id=handover.spell_id,
        sender=handover.sender,
        coordinator_team=handover.coordinator_team,
        clock_started_at=handover.clock_started_at,
        opened_at=handover.opened_at,
        offers=tuple(offer_made(offer) for offer in fact.offers),
        tasks=tuple(task_made(task) for task in fact.tasks),
        test_patient=handover.test_patient,
        replaces=handover.replaces,
        purpose=handover.purpose,
    )
    unit.publish(
        event,
        stream=_stream(handover.handover_id),
        sequence=1,
        cause=cause,
        occurred_at=handover.opened_at,
    )


def happened(
    unit: UnitOfWork, loaded: Loaded, happenings: Sequence[facts.Fact], caused_by: UUID
) -> int:
    """Say what happened to a handover; returns how far its stream has got."""
    handover, said = loaded.whole.handover, loaded.said
    for fact in happenings:
        event = event_of(handover, fact)
        if event is not None:
            said += 1
            unit.publish(
                event,
                stream=_stream(handover.handover_id),
                sequence=said,
                cause=Cause(loaded.correlation_id, caused_by),
                occurred_at=fact.at,
            )
    return said


def team(unit: UnitOfWork, team_id: str, described: Described, cause: Cause) -> None:
    """Say how to reach a team, in the stream of its descriptions."""
    subject = f"team:{team_id}"
    unit.publish(
        TeamDescribed(patient_key=subject, team=team_id, described_at=unit.now, **described.words),
        stream=subject,
        sequence=described.said,
        cause=cause,
        occurred_at=unit.now,
    )


def _stream(handover_id: UUID) -> str:
    return f"handover:{handover_id}"
