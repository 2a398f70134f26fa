"""The appointment that a message is about."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from services.referral.inbound.bars.bundle import Message
from services.referral.inbound.bars.faults import Fault
from services.referral.inbound.bars.parts import Appointment, ServiceRequest


def read_booking(message: Message) -> tuple[Appointment, tuple[str, ...]]:
    """An appointment, and the names of the referral that it is for."""
    appointment = message.one(Appointment)
    if not appointment.id:
        raise Fault(422, "Appointment.id is required", issue="required", place="Appointment.id")
    names = []
    for reference in appointment.based_on:
        request = message.resolve(reference, ServiceRequest)
        if request is not None:
            names += [request.id, *(one.value.strip() for one in request.identifier)]
        if reference.identifier is not None:
            names.append(reference.identifier.value.strip())
        names.append(reference.reference.rsplit("/", 1)[-1].removeprefix("urn:uuid:"))
    named = tuple(name[:200] for name in names if name)
    if not named:
        raise Fault(
            422,
            "Appointment.basedOn must name a referral",
            issue="required",
            place="Appointment.basedOn",
        )
    return appointment, named


def read_start(appointment: Appointment) -> datetime:
    """When it begins. Raises `Fault`."""
    if appointment.start is None:
        raise Fault(
            422, "Appointment.start is required", issue="required", place="Appointment.start"
        )
    try:
        return datetime.fromisoformat(appointment.start).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Fault(
            422, "Appointment.start is no time", issue="value", place="Appointment.start"
        ) from None


def own_id(appointment: Appointment, referral_id: UUID) -> UUID:
    """The appointment's id here: its own where that is a UUID, else one that follows from its name."""
    try:
        return UUID(appointment.id)
    except ValueError:
        return uuid5(referral_id, appointment.id)
