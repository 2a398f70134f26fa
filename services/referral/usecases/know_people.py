"""Know who the patients on the worklist are, and forget them when told to."""

from collections.abc import Sequence

from schemas.patient import PatientDescribed
from services.chassis.unit_of_work import UnitOfWork
from services.referral.usecases.ports import People
from services.referral.usecases.records import PersonDescribed


async def describe_people(
    unit: UnitOfWork, described: Sequence[PatientDescribed], *, people: People
) -> None:
    """Keep the latest description of each patient; an older one that arrives late changes nothing."""
    latest: dict[str, PatientDescribed] = {}
    for event in described:
        known = latest.get(event.patient_key)
        if known is None or event.described_at >= known.described_at:
            latest[event.patient_key] = event
    await people.describe(unit.connection, [_person(event) for event in latest.values()])


async def forget_people(unit: UnitOfWork, patient_keys: Sequence[str], *, people: People) -> None:
    """Erase who these patients are; what was done for them stays under their opaque key (P15)."""
    await people.forget(unit.connection, patient_keys)


def _person(event: PatientDescribed) -> PersonDescribed:
    return PersonDescribed(
        patient_key=event.patient_key,
        nhs_number=event.nhs_number,
        nhs_number_verified=event.nhs_number_verification == "01",
        family=event.name.family,
        given=event.name.given,
        birth_date=event.birth_date,
        deceased=event.deceased,
        restricted=event.restricted,
        described_at=event.described_at,
        death_status=event.death_status,
        identity_held=event.identity_held,
        replaced_by=event.replaced_by,
        practice=event.practice,
    )
