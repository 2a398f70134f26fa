"""Open a handover for each discharge that needs one, many at once."""

from collections.abc import Sequence

from schemas.spell import SpellDischarged
from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import opening
from services.referral.domain.discharge import Discharge, plain_code
from services.referral.domain.facts import NotOpened
from services.referral.domain.rules import Playbook
from services.referral.usecases import announce
from services.referral.usecases.measures import DISCHARGES
from services.referral.usecases.ports import Handovers, Opened
from services.referral.usecases.recording import DEADLINE

_log = get_logger()


async def open_handovers(
    unit: UnitOfWork,
    discharges: Sequence[tuple[SpellDischarged, Cause]],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Decide about each discharge; one spell makes one handover however often its discharge is said."""
    known = await handovers.spells_handed_over(
        unit.connection, (event.spell_id for event, _ in discharges)
    )
    opened: list[Opened] = []
    turned_away: dict[object, NotOpened] = {}
    for event, cause in discharges:
        if event.spell_id in known:
            DISCHARGES["repeated"].inc()
            continue
        decision = opening.decide(_discharge(event), unit.now, playbook, new_id)
        if isinstance(decision, NotOpened):
            turned_away[event.spell_id] = decision
            DISCHARGES[decision.reason].inc()
            continue
        known.add(event.spell_id)
        opened.append(Opened(decision, cause.correlation_id))
        announce.opened(unit, decision, cause)
        for task in decision.tasks:
            unit.set_timer(DEADLINE, task.task_id, task.due_at)
    if opened:
        await handovers.open(unit.connection, opened)
        DISCHARGES["opened"].inc(len(opened))
    if turned_away:
        await handovers.turn_away(unit.connection, list(turned_away.values()), unit.now)
        for decision in turned_away.values():
            _log.info("handover.not_opened", reason=decision.reason, spell_id=decision.spell_id)


def _discharge(event: SpellDischarged) -> Discharge:
    return Discharge(
        spell_id=event.spell_id,
        patient_key=event.patient_key,
        provider=event.provider,
        encounter_class=event.encounter_class,
        discharged_at=event.discharged_at,
        method=event.discharge_method,
        destination=event.discharge_destination,
        practice=event.practice,
        pharmacy=event.pharmacy,
        diagnoses=frozenset(plain_code(coding.code) for coding in event.diagnoses),
        indicators={indicator.code: indicator.value for indicator in event.indicators},
        said_deceased=event.deceased,
        test_patient=event.test_patient,
    )
