"""Receive a referral: a handover that the referrer answers for until the service accepts."""

from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.facts import HandoverOpened
from services.referral.domain.referral_errors import (
    PatientHasDied,
    ServiceUnknown,
)
from services.referral.domain.referring import open_for
from services.referral.domain.rules import Playbook
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.measures import REFERRALS
from services.referral.usecases.ports import Handovers, People
from services.referral.usecases.referral_records import NewReferral, Referrals
from services.referral.usecases.referral_target import must_suit

_log = get_logger()


async def receive_referral(
    unit: UnitOfWork,
    new: NewReferral,
    cause: Cause,
    *,
    referrals: Referrals,
    handovers: Handovers,
    people: People,
    playbook: Playbook,
) -> HandoverOpened:
    """Take it in, or refuse it so that the referrer learns at once; the same referral twice is refused too."""
    referral, connection = new.referral, unit.connection
    service = playbook.directory.teams.get(referral.service)
    if service is None:
        raise ServiceUnknown
    must_suit(playbook, referral, service, new.sender.id)
    if await people.dead(connection, [referral.patient_key]):
        raise PatientHasDied
    opened, received = open_for(referral, new.sender, playbook, new_id, by=new.by)
    await referrals.keep(connection, new, opened)
    ledger = Ledger(unit, handovers, playbook)
    ledger.open(opened, cause, [received])
    await ledger.write()
    if new.person is not None:
        await referrals.introduce(connection, new.person)
    REFERRALS["received"].inc()
    _log.info("referral.received", referral_id=referral.referral_id, service=referral.service)
    return opened
