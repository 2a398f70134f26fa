"""Read the alerts of the teams that somebody acts for."""

from services.chassis.access import EVERY_TEAM, Actor
from services.chassis.connection import Connection
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import AlertView


async def read_alerts(
    connection: Connection,
    actor: Actor,
    stores: Stores,
    *,
    team: str | None,
    limit: int,
    offset: int,
) -> list[AlertView]:
    """Alerts in the order in which they want attention; of one team, or of all that the actor serves."""
    if team is not None:
        teams = {team} if actor.serves(team) else set()
    elif EVERY_TEAM in actor.teams:
        return await stores.inbox.read(connection, None, limit, offset)
    else:
        teams = set(actor.teams)
    return await stores.inbox.read(connection, teams, limit, offset)
