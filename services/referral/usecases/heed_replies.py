"""Take in what patients answered on their page: about their contact, and that they are getting worse while they wait."""

from collections.abc import Sequence

from schemas.alert import ReplyReceived
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import adding, coordinating
from services.referral.domain.people import PATIENT
from services.referral.domain.rules import Playbook
from services.referral.usecases.happen import Heard, happen_to
from services.referral.usecases.hear_alerts import HandoverUnknownError
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers

WORSE = "getting-worse"
Said = Sequence[tuple[ReplyReceived, Cause]]


async def heed_replies(
    unit: UnitOfWork, replies: Said, *, handovers: Handovers, playbook: Playbook
) -> None:
    """Take in each answer, in the order in which patients gave them; each may come late or before its elder.

    Raises `HandoverUnknownError` for an answer about a handover that is not ours: a person must look at it.
    """
    said = sorted(replies, key=lambda one: one[0].received_at)
    locked = await handovers.lock_many(unit.connection, {event.handover_id for event, _ in said})
    if any(event.handover_id not in locked for event, _ in said):
        raise HandoverUnknownError
    handovers_of = {of: loaded.whole.handover for of, loaded in locked.items()}
    ended = {of for of, one in handovers_of.items() if one.state != "open" or one.death == "said"}
    worse = [one for one in said if one[0].reply == WORSE]
    await happen_to(
        unit,
        [
            Heard(e.handover_id, WORSE, e.received_at, cause, PATIENT)
            for e, cause in worse
            if e.handover_id not in ended
        ],
        handovers=handovers,
        playbook=playbook,
    )
    late = [one for one in worse if one[0].handover_id in ended]
    await _hear_after_the_end(unit, late, handovers, playbook)
    await _choose_contacts(unit, [o for o in said if o[0].reply != WORSE], handovers, playbook)


async def _hear_after_the_end(
    unit: UnitOfWork, worse: Said, handovers: Handovers, playbook: Playbook
) -> None:
    last = {event.handover_id: (event, cause) for event, cause in worse}
    locked = await handovers.lock_many(unit.connection, last)
    ledger = Ledger(unit, handovers, playbook)
    for of in sorted(locked):
        event, cause = last[of]
        facts = adding.worse_after_the_end(
            locked[of].whole, event.received_at, unit.now, playbook, new_id
        )
        ledger.change(locked[of], facts, cause)
    await ledger.write()


async def _choose_contacts(
    unit: UnitOfWork, words: Said, handovers: Handovers, playbook: Playbook
) -> None:
    """The last word counts, by when the patient said it and not by when it came."""
    last = {event.handover_id: (event, cause) for event, cause in words}
    locked = await handovers.lock_many(unit.connection, last)
    named = await handovers.last_named(unit.connection, last) if last else {}
    ledger = Ledger(unit, handovers, playbook)
    for of in sorted(locked):
        event, cause = last[of]
        team = event.team if event.reply == "coordinator-changed" else ""
        if not coordinating.is_overtaken(event.received_at, team, named.get(of)):
            facts = coordinating.choose(locked[of].whole, team, event.received_at, playbook)
            ledger.change(locked[of], facts, cause)
    await ledger.write()
