"""What the team that a referral is with says of it, and what the referrer takes back."""

from datetime import datetime
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import answering, serving
from services.referral.domain.errors import HappenedLater
from services.referral.domain.referral import Urgency
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.measures import ANSWERS, REFERRALS
from services.referral.usecases.records import Changed
from services.referral.usecases.referral_records import Letter, Referrals


async def accept_referral(unit: UnitOfWork, desk: Desk, referral_id: UUID) -> Changed:
    """Accept the offer by which the team is asked: from now on it is accountable."""
    change = await act(
        unit,
        desk,
        "referral",
        referral_id,
        lambda whole, now: (
            answering.accept(
                whole, serving.waiting_offer(whole, desk.person).offer_id, desk.person, now
            ),
        ),
    )
    ANSWERS["accepted"].inc()
    return change


async def triage_referral(
    unit: UnitOfWork, desk: Desk, referral_id: UUID, *, priority: Urgency, accept: bool
) -> Changed:
    """Note how urgent a clinician thinks it is; with `accept`, take it on in the same act."""
    if accept:
        await accept_referral(unit, desk, referral_id)
    change = await act(
        unit,
        desk,
        "referral",
        referral_id,
        lambda whole, now: serving.triage(
            whole, desk.person, now, desk.playbook, new_id, priority=priority
        ),
    )
    REFERRALS["triaged"].inc()
    return change


async def reject_referral(
    unit: UnitOfWork, desk: Desk, referral_id: UUID, *, reason: str
) -> Changed:
    """Send it back with a coded reason: to the referrer, or to the team that passed it on."""
    change = await act(
        unit,
        desk,
        "referral",
        referral_id,
        lambda whole, now: (
            answering.decline(
                whole,
                serving.waiting_offer(whole, desk.person).offer_id,
                desk.person,
                now,
                reason=reason,
            ),
        ),
    )
    ANSWERS["declined"].inc()
    return change


async def report_outcome(
    unit: UnitOfWork,
    desk: Desk,
    referral_id: UUID,
    *,
    outcome: str,
    happened_at: datetime | None,
    finished: bool,
) -> Changed:
    """Say what came of it; `outcome` is one of `domain.serving.OUTCOMES`."""
    if happened_at is not None and happened_at > unit.now:
        raise HappenedLater
    change = await act(
        unit,
        desk,
        "referral",
        referral_id,
        lambda whole, now: serving.report(
            whole,
            desk.person,
            now,
            desk.playbook,
            new_id,
            outcome=outcome,
            happened_at=happened_at or now,
            finished=finished,
        ),
    )
    REFERRALS["outcome"].inc()
    return change


async def report_worse(unit: UnitOfWork, desk: Desk, referral_id: UUID) -> Changed:
    """The patient gets worse while waiting: a clinician must look again."""
    return await act(
        unit,
        desk,
        "referral",
        referral_id,
        lambda whole, now: serving.get_worse(whole, desk.person, now, desk.playbook, new_id),
    )


async def update_referral(
    unit: UnitOfWork, desk: Desk, referral_id: UUID, *, letter: Letter, referrals: Referrals
) -> Changed:
    """Keep another letter of the referrer's, which is in force from now on."""
    change = await act(
        unit,
        desk,
        "referral",
        referral_id,
        lambda whole, now: (serving.update(whole, desk.person, now),),
    )
    await referrals.write_letter(unit.connection, referral_id, letter)
    REFERRALS["updated"].inc()
    return change


async def cancel_referral(
    unit: UnitOfWork, desk: Desk, referral_id: UUID, *, reason: str
) -> Changed:
    """Take it back; `reason` is one of `domain.serving.CANCEL`."""
    change = await act(
        unit,
        desk,
        "referral",
        referral_id,
        lambda whole, now: serving.cancel(whole, desk.person, now, reason=reason),
    )
    REFERRALS["cancelled"].inc()
    return change
