"""Follow patients who changed practice: what is open is offered where they are registered now (R71, S10)."""

from collections.abc import Mapping, Sequence

from schemas.patient import PatientDescribed
from schemas.spell import SpellDischarged
from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import happening, moving
from services.referral.domain.handover import Whole
from services.referral.domain.rules import Playbook
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.measures import MOVED
from services.referral.usecases.ports import Handovers, People

CHANGED = "practice-changed"

_log = get_logger()


async def follow_practices(
    unit: UnitOfWork,
    described: Sequence[tuple[PatientDescribed, Cause]],
    before: Mapping[str, str],
    *,
    people: People,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Compare where patients were registered `before` they were described with where they are now.

    A description that came late changes nothing. Of a patient who was not known before, the practice that each
    handover was planned with counts as the one before.
    """
    latest = {event.patient_key: (event, cause) for event, cause in described if event.practice}
    if not latest:
        return
    now_at = await people.practices(unit.connection, latest)
    changed = {key: at for key, at in now_at.items() if before.get(key) != at}
    if not changed:
        return
    found = await handovers.of_patients(unit.connection, changed)
    locked = await handovers.lock_many(unit.connection, [one.handover_id for one in found])
    ledger = Ledger(unit, handovers, playbook)
    for one in found:
        event, cause = latest[one.patient_key]
        loaded, practice = locked[one.handover_id], changed[one.patient_key]
        left = before.get(one.patient_key) or _planned_with(loaded.whole)
        facts = moving.change_practice(loaded.whole, left, practice, unit.now, playbook, new_id)
        if facts:
            heard = happening.happen(
                loaded.whole, CHANGED, event.described_at, unit.now, playbook, new_id
            )
            ledger.change(loaded, (*heard, *facts), cause)
            MOVED[CHANGED].inc()
            _log.info("handover.followed_patient", handover_id=one.handover_id, count=len(facts))
    await ledger.write()


async def where_registered(
    unit: UnitOfWork,
    discharges: Sequence[tuple[SpellDischarged, Cause]],
    *,
    people: People,
    playbook: Playbook,
) -> list[tuple[SpellDischarged, Cause]]:
    """These discharges; where one names a practice that has closed, with the practice of the patient's record (S09)."""
    directory = playbook.directory
    closed = {
        event.patient_key
        for event, _ in discharges
        if (named := directory.organisations.get(event.practice or "")) is not None
        and not named.is_open(directory.day)
    }
    known = await people.practices(unit.connection, closed) if closed else {}
    return [
        (event.model_copy(update={"practice": known[event.patient_key]}), cause)
        if event.patient_key in closed and event.patient_key in known
        else (event, cause)
        for event, cause in discharges
    ]


def _planned_with(whole: Whole) -> str | None:
    case = whole.handover.case
    return case.practice if case is not None else None
