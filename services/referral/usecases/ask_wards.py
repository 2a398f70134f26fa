"""Give every question about a stay to the ward that can answer it."""

from collections.abc import Sequence

from schemas.spell import SpellQuestioned
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import opening, questioning
from services.referral.domain.rules import Playbook
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers


async def ask_wards(
    unit: UnitOfWork,
    questioned: Sequence[tuple[SpellQuestioned, Cause]],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Let what is asked of each stay replace what was asked of it before.

    Questions go to the handover that is open. Where none is, one is opened that holds nothing else.
    """
    spells = [event.spell_id for event, _ in questioned]
    found = [
        one for one in await handovers.of_spells(unit.connection, spells) if one.state == "open"
    ]
    # Loose ends first: what is asked there already stays there.
    found.sort(key=lambda one: one.purpose, reverse=True)
    locked = await handovers.lock_many(unit.connection, [one.handover_id for one in found])
    ledger = Ledger(unit, handovers, playbook)
    for event, cause in questioned:
        questions = event.questions
        for one in (one for one in found if one.spell_id == event.spell_id):
            loaded = locked[one.handover_id]
            facts = questioning.answer(loaded.whole, questions, unit.now, playbook, new_id)
            ledger.change(loaded, facts, cause)
            questions = ()
        if questions:
            ledger.open(
                opening.open_loose_end(
                    event.spell_id,
                    event.patient_key,
                    event.provider,
                    questioning.asked(questions),
                    unit.now,
                    playbook,
                    new_id,
                ),
                cause,
            )
    await ledger.write()
