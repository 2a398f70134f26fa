"""Hear a national event: keep it once, without the number of the person, for the record to be read afterwards."""

from datetime import datetime

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.discharge.domain.identity import KeyOf
from services.discharge.domain.national import Kind, NationalEvent
from services.discharge.usecases.national_ports import NationalEvents


async def hear_national_event(
    unit: UnitOfWork,
    events: NationalEvents,
    key_of: KeyOf,
    *,
    kind: Kind,
    source: str,
    event_id: str,
    nhs_number: str,
    time: datetime | None,
    by: str,
) -> str:
    """Store an event. Returns its state: `waiting`, `no-such-patient`, `noted`, or `repeated`."""
    event = NationalEvent(
        event_ref=new_id(),
        source=source,
        event_id=event_id,
        kind=kind,
        patient_key=key_of("nhs", nhs_number),
        # A clock that runs ahead must not outweigh everything that is said later.
        happened_at=min(time or unit.now, unit.now),
        handed_in_by=by,
    )
    return await events.hear(unit.connection, event)
