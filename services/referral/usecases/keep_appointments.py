"""Book, move and cancel appointments of a referral, and say whether the patient came."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import appointments
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Whole
from services.referral.domain.people import Person
from services.referral.domain.planning import Ids
from services.referral.domain.rules import Playbook
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.measures import APPOINTMENTS
from services.referral.usecases.records import Changed

Became = Callable[[Whole, UUID, Person, datetime, Playbook, Ids], tuple[Fact, ...]]
BECAME: dict[str, Became] = {
    "cancelled": appointments.cancel,
    "missed": appointments.miss,
    "attended": appointments.attend,
}
"""What may become of an appointment."""


async def book_appointment(
    unit: UnitOfWork, desk: Desk, referral_id: UUID, *, appointment_id: UUID, starts_at: datetime
) -> Changed:
    """Give the patient a time."""
    change = await act(
        unit,
        desk,
        "referral",
        referral_id,
        lambda whole, now: appointments.book(
            whole,
            desk.person,
            now,
            desk.playbook,
            new_id,
            appointment_id=appointment_id,
            starts_at=starts_at,
        ),
    )
    APPOINTMENTS["booked"].inc()
    return change


async def move_appointment(
    unit: UnitOfWork, desk: Desk, appointment_id: UUID, *, starts_at: datetime
) -> Changed:
    """Give the patient another time."""
    change = await act(
        unit,
        desk,
        "appointment",
        appointment_id,
        lambda whole, now: appointments.move(
            whole, appointment_id, desk.person, now, desk.playbook, new_id, starts_at=starts_at
        ),
    )
    APPOINTMENTS["moved"].inc()
    return change


async def end_appointment(
    unit: UnitOfWork, desk: Desk, appointment_id: UUID, *, status: str
) -> Changed:
    """Say what became of it: one of `BECAME`."""
    became = BECAME[status]
    change = await act(
        unit,
        desk,
        "appointment",
        appointment_id,
        lambda whole, now: became(whole, appointment_id, desk.person, now, desk.playbook, new_id),
    )
    APPOINTMENTS[status].inc()
    return change


async def report_none_free(unit: UnitOfWork, desk: Desk, referral_id: UUID) -> Changed:
    """No appointment is free: somebody must find one or offer an alternative (R55)."""
    return await act(
        unit,
        desk,
        "referral",
        referral_id,
        lambda whole, now: appointments.none_free(whole, desk.person, now, desk.playbook, new_id),
    )
