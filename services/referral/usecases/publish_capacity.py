"""Let a team say how much it can take on (A71)."""

from datetime import date
from typing import get_args

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.calendars import local_date
from services.referral.domain.directory import Directory
from services.referral.domain.directory_errors import CapacityRefused, NotYourTeam
from services.referral.domain.errors import TeamUnknown
from services.referral.domain.organisations import Capacity, CapacityState
from services.referral.domain.people import Person
from services.referral.usecases.directory_ports import Imports
from services.referral.usecases.directory_records import Published


async def publish_capacity(
    unit: UnitOfWork,
    person: Person,
    team: str,
    *,
    state: str,
    until: date | None,
    note: str,
    imports: Imports,
    directory: Directory,
) -> Published:
    """Keep what the team says. Who asks it sees that before they send, and referrals respect it.

    Raises a refusal for another team, an unknown state, or a last day that is over.
    """
    if team not in directory.teams:
        raise TeamUnknown
    if not person.speaks_for(team):
        raise NotYourTeam
    known: dict[str, CapacityState] = {each: each for each in get_args(CapacityState)}
    if state not in known or (until is not None and until < local_date(unit.now)):
        raise CapacityRefused
    capacity = Capacity(known[state], None if state == "open" else until, note.strip())
    said = Published(team, capacity, unit.now, person.ref)
    await imports.publish(unit.connection, said)
    return said
