"""Open a handover for each discharge that needs one, many at once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from schemas.spell import SpellCorrected, SpellDischarged
from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import ending, opening
from services.referral.domain.discharge import Discharge, plain_code
from services.referral.domain.facts import Fact, HandoverOpened, NotOpened
from services.referral.domain.handover import Whole
from services.referral.domain.rules import Playbook
from services.referral.usecases.heed_deaths import who_asks
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.measures import DISCHARGES
from services.referral.usecases.ports import Handovers
from services.referral.usecases.records import Standing

Asked = tuple[Discharge, Standing, Cause]
"""A discharge, how it finds its stay, and why it is heard."""

_log = get_logger()


async def open_handovers(
    unit: UnitOfWork,
    discharges: Sequence[tuple[SpellDischarged, Cause]],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Decide about each discharge, one a stay; the next one of a stay counts once the last was withdrawn."""
    asked = [(read_discharge(event), cause) for event, cause in discharges]
    standing = await handovers.standing(unit.connection, [discharge for discharge, _ in asked])
    ledger = Ledger(unit, handovers, playbook)
    new = list[Asked]()
    for discharge, cause in asked:
        found = standing[discharge.spell_id]
        if found.state in ("open", "completed"):
            DISCHARGES["repeated"].inc()
        else:
            new.append((discharge, found, cause))
    await open_each(ledger, new)
    await ledger.write()


async def open_each(ledger: Ledger, asked: Sequence[Asked]) -> None:
    """Open a handover for each, or say why not. What happened to the patients since is taken in at once."""
    decided = [
        (
            opening.decide(
                discharge, ledger.unit.now, ledger.playbook, new_id, replaces=found.handover_id
            ),
            found,
            cause,
        )
        for discharge, found, cause in asked
    ]
    of_the_dead = [
        _whole(decision)
        for decision, found, _ in decided
        if isinstance(decision, HandoverOpened) and found.known_dead
    ]
    asking = await who_asks(ledger.unit.connection, of_the_dead, ledger.handovers, ledger.playbook)
    for decision, found, cause in decided:
        if isinstance(decision, NotOpened):
            ledger.turn_away(decision)
            DISCHARGES[decision.reason].inc()
            _log.info("handover.not_opened", reason=decision.reason, spell_id=decision.spell_id)
            continue
        if found.turned_away:
            ledger.forget_turned_away(decision.handover.spell_id)
        ledger.open(decision, cause, _since(decision, found, ledger, asking))
        DISCHARGES["opened"].inc()


def _since(
    opened: HandoverOpened, found: Standing, ledger: Ledger, asking: Collection[UUID]
) -> Sequence[Fact]:
    now, whole = ledger.unit.now, _whole(opened)
    if found.known_dead:
        asks = opened.handover.handover_id in asking
        return ending.die(whole, now, ledger.playbook, new_id, asks=asks)
    if found.later_stay is not None:
        return ending.readmit(whole, *found.later_stay, now, ledger.playbook, new_id)
    return ()


def _whole(opened: HandoverOpened) -> Whole:
    return Whole(opened.handover, opened.offers, opened.tasks)


def read_discharge(event: SpellDischarged | SpellCorrected) -> Discharge:
    """The discharge as the rules see it."""
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
        specialty=event.specialty,
        age=event.age,
    )
