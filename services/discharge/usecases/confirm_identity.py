"""Confirm whose a record is after a merge or a parting: a person looked, so messages may go out again (P14)."""

from dataclasses import replace
from datetime import datetime

from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.discharge.domain.errors import PatientUnknown
from services.discharge.domain.patient import describe, described_at
from services.discharge.domain.spell import as_text
from services.discharge.usecases import announce
from services.discharge.usecases.books import Books
from services.discharge.usecases.receive_messages import Stores


async def confirm_identity(
    unit: UnitOfWork, stores: Stores, patient_key: str, actor_ref: str, now: datetime
) -> bool:
    """Lift the hold from a person's record; returns whether there was one. Raises `PatientUnknown`.

    A merge that happens, or is heard of, later than `now` holds the record again.
    """
    records = await stores.patients.load(unit.connection, [patient_key])
    if patient_key not in records:
        raise PatientUnknown
    books = Books.open({}, records, ())
    record = replace(
        records[books.root(patient_key)], confirmed_at=as_text(now), confirmed_by=actor_ref
    )
    books.put_patient(record)
    group = books.group(record.patient_key)
    described = describe(record, group)
    was_held = described != record.described
    if was_held:
        record = replace(record, described=described, version=record.version + 1)
        books.put_patient(record)
        event = announce.patient_described(record, described_at((record, *group), now))
        unit.publish(
            event,
            stream=f"patient:{record.patient_key}",
            sequence=record.version,
            cause=Cause(new_id(), new_id()),
            occurred_at=now,
        )
    await stores.patients.save(unit.connection, [], [record], {})
    return was_held
