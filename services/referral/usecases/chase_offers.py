"""Say that nobody accepted an offer in time, many at once."""

from collections.abc import Mapping
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.escalating import unanswered
from services.referral.domain.moving import not_taken_up
from services.referral.domain.rules import Playbook
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.measures import UNANSWERED
from services.referral.usecases.ports import Handovers

_log = get_logger()


async def chase_offers(
    unit: UnitOfWork, rung: Mapping[UUID, UUID], *, handovers: Handovers, playbook: Playbook
) -> None:
    """Tell both sides, the coordinator and their managers; `rung` holds timers by offer. The offer stays open."""
    locked = await handovers.lock_many(
        unit.connection, set((await handovers.handovers_of_offers(unit.connection, rung)).values())
    )
    ledger = Ledger(unit, handovers, playbook)
    for of in sorted(locked):
        loaded = locked[of]
        facts = [
            fact
            for offer in loaded.whole.offers
            if offer.offer_id in rung
            and (fact := unanswered(loaded.whole, offer, unit.now, playbook)) is not None
        ]
        if facts:
            cause = Cause(loaded.correlation_id, rung[facts[0].offer_id])
            settle = not_taken_up(loaded.whole, facts, unit.now, playbook, new_id)
            ledger.change(loaded, (*facts, *settle), cause)
            UNANSWERED.inc(len(facts))
            _log.warning("offer.unanswered", handover_id=of, count=len(facts))
    await ledger.write()
