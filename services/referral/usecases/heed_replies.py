"""Take in what patients answered on their page: about their contact, and that they are getting worse while they wait."""

from collections.abc import Sequence

from schemas.alert import ReplyReceived
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import coordinating
from services.referral.domain.people import PATIENT
from services.referral.domain.rules import Playbook
from services.referral.usecases.happen import Heard, happen_to
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers

WORSE = "getting-worse"


async def heed_replies(
    unit: UnitOfWork,
    replies: Sequence[tuple[ReplyReceived, Cause]],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Of several words about the contact in one batch, the last one counts."""
    worse = [(event, cause) for event, cause in replies if event.reply == WORSE]
    await happen_to(
        unit,
        [Heard(e.handover_id, WORSE, e.received_at, cause, PATIENT) for e, cause in worse],
        handovers=handovers,
        playbook=playbook,
    )
    chosen = {e.handover_id: (e, cause) for e, cause in replies if e.reply != WORSE}
    locked = await handovers.lock_many(unit.connection, chosen)
    ledger = Ledger(unit, handovers, playbook)
    for of in sorted(locked):
        reply, cause = chosen[of]
        team = reply.team if reply.reply == "coordinator-changed" else ""
        facts = coordinating.choose(locked[of].whole, team, unit.now, playbook)
        ledger.change(locked[of], facts, cause)
    await ledger.write()
