"""Notes a first look whenever a page is opened, of those who act for named teams."""

from uuid import UUID

from services.chassis.access import EVERY_TEAM, Actor, Role
from services.chassis.database import Database
from services.referral.usecases.see import Looked, See, Sights


def see_with(database: Database, sights: Sights) -> See:
    """What the pages call; an operator who may read everything is no team that was asked."""

    async def see(actor: Actor, handover_id: UUID, what: Looked, subject: UUID) -> None:
        if Role.TEAM not in actor.roles or EVERY_TEAM in actor.teams:
            return
        async with database.reading() as connection:
            await sights.add(connection, actor.teams, actor.ref, handover_id, what, subject)

    return see
