"""Keep what referral says of teams: names, telephones, addresses, and whether they are there at all."""

from collections.abc import Sequence

from schemas.directory import TeamDescribed
from services.chassis.unit_of_work import UnitOfWork
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import DescribedTeam


async def describe_teams(said: Sequence[TeamDescribed], unit: UnitOfWork, stores: Stores) -> None:
    """Keep the latest word on each team; who is told is looked up when a message leaves."""
    latest: dict[str, TeamDescribed] = {}
    for event in said:
        known = latest.get(event.team)
        if known is None or known.described_at <= event.described_at:
            latest[event.team] = event
    await stores.teams.keep(unit.connection, [_described(event) for event in latest.values()])


def _described(said: TeamDescribed) -> DescribedTeam:
    return DescribedTeam(
        said.team, said.name, said.phone, said.email, said.active, said.described_at
    )
