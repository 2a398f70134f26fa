"""Keep what discharge says of patients: how to reach them, and whether they may be reached."""

from collections.abc import Sequence

from schemas.patient import PatientDescribed
from services.chassis.unit_of_work import UnitOfWork
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import Description

UNDESCRIBED = "patient-not-described"


async def describe_patients(
    said: Sequence[PatientDescribed], unit: UnitOfWork, stores: Stores
) -> None:
    """Keep the latest word of each patient.

    A death or a restriction acts on everything that is not sent yet, because every check is made when it is sent.
    Messages that waited for the description are due now.
    """
    latest: dict[str, PatientDescribed] = {}
    for event in said:
        known = latest.get(event.patient_key)
        if known is None or known.described_at <= event.described_at:
            latest[event.patient_key] = event
    await stores.people.keep(unit.connection, [_description(event) for event in latest.values()])
    await stores.alerts.hasten(unit.connection, latest.keys(), UNDESCRIBED)


def _description(said: PatientDescribed) -> Description:
    return Description(
        patient_key=said.patient_key,
        described_at=said.described_at,
        prefix=said.name.prefix,
        given=said.name.given,
        family=said.name.family,
        birth_date=said.birth_date,
        contact_points=[{"kind": p.kind, "value": p.value} for p in said.contact_points],
        address_lines=said.address.lines,
        postcode=said.address.postcode,
        practice=said.practice,
        language=said.language,
        needs=said.needs,
        verification=said.nhs_number_verification,
        deceased=said.deceased or said.deceased_at is not None,
        restricted=said.restricted,
        test_patient=said.test_patient,
    )
