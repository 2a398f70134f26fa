"""Keep what discharge says of patients: how to reach them, and whether they may be reached."""

from collections.abc import Collection, Sequence

from schemas.patient import PatientDescribed
from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import State
from services.notify.domain.resolver import IDENTITY_HELD, UNDESCRIBED
from services.notify.domain.taking_back import DECEASED
from services.notify.usecases.announce import say_not_delivered
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import Claimed, Description, Standing
from services.notify.usecases.take_back import want_back

_CERTAIN = (False, None)


async def describe_patients(
    said: Sequence[PatientDescribed], unit: UnitOfWork, stores: Stores
) -> None:
    """Keep the latest word of each patient, and act on it at once where waiting could do harm.

    A death takes back what has not left yet, for good: it stays so when the death is taken back (rule P10). Letters
    that lie about are taken back after a death or a restriction. Links are closed when records are merged or parted.
    Messages that waited for the description, or for somebody to verify it, are due now.
    """
    latest: dict[str, PatientDescribed] = {}
    for event in said:
        known = latest.get(event.patient_key)
        if known is None or known.described_at <= event.described_at:
            latest[event.patient_key] = event
    before = await stores.people.identities(unit.connection, latest.keys())
    await stores.people.keep(unit.connection, [_description(event) for event in latest.values()])
    uncertain = {
        event.patient_key
        for event in said
        if _identity(event) != before.get(event.patient_key, _CERTAIN)
    }
    if uncertain:
        await stores.links.revoke(unit.connection, uncertain)
    if dead := {event.patient_key for event in said if _has_died(event)}:
        await _revoke(dead, unit, stores)
    if silent := dead | {event.patient_key for event in said if event.restricted}:
        family = await stores.people.family(unit.connection, silent)
        await want_back(await stores.recalls.left_by_patient(unit.connection, family), unit, stores)
    waiting = await stores.people.family(unit.connection, latest.keys())
    await stores.alerts.hasten(unit.connection, waiting, (UNDESCRIBED, IDENTITY_HELD))


async def _revoke(dead: Collection[str], unit: UnitOfWork, stores: Stores) -> None:
    family = await stores.people.family(unit.connection, dead)
    unsent = await stores.alerts.lock_unsent_of_patients(unit.connection, family)
    await stores.alerts.settle(unit.connection, [_revoked(unit, claimed) for claimed in unsent])


def _revoked(unit: UnitOfWork, claimed: Claimed) -> Standing:
    said = say_not_delivered(unit, claimed, DECEASED, needs_person=False)
    return Standing(claimed.alert.alert_id, State.REVOKED, DECEASED, None, said)


def _identity(said: PatientDescribed) -> tuple[bool, str | None]:
    return said.identity_held, said.replaced_by


def _has_died(said: PatientDescribed) -> bool:
    return said.deceased or said.deceased_at is not None


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
        deceased=_has_died(said),
        death_status=said.death_status,
        restricted=said.restricted,
        identity_held=said.identity_held,
        replaced_by=said.replaced_by,
        test_patient=said.test_patient,
    )
