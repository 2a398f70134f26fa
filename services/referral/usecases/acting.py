"""What every act of a person has in common: find it, lock it, decide, say so, record it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.errors import NotFound
from services.referral.domain.facts import Fact
from services.referral.domain.following import follow
from services.referral.domain.handover import Whole
from services.referral.domain.people import Person
from services.referral.domain.rules import Playbook
from services.referral.usecases import announce
from services.referral.usecases.ports import Handovers
from services.referral.usecases.recording import record
from services.referral.usecases.records import Changed, Subject

Decision = Callable[[Whole, datetime], Sequence[Fact]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts, because of which request, with which tables and rules."""

    person: Person
    request_id: UUID
    handovers: Handovers
    playbook: Playbook


async def act(
    unit: UnitOfWork, desk: Desk, subject: Subject, subject_id: UUID, decide: Decision
) -> Changed:
    """Let a person act on something that their teams may see.

    Raises `NotFound` for what is not there or not theirs to see, and whatever the decision refuses.
    """
    loaded = await desk.handovers.lock(unit.connection, subject, subject_id, desk.person.teams)
    if loaded is None:
        raise NotFound(subject)
    facts = follow(loaded.whole, decide(loaded.whole, unit.now), unit.now, desk.playbook, new_id)
    said = announce.happened(unit, loaded, facts, desk.request_id)
    change = Changed(loaded.whole, facts, said)
    await record(unit, desk.handovers, [change], desk.playbook)
    return change
