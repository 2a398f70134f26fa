"""A person says for the team: we have seen this."""

from uuid import UUID

from services.chassis.access import Actor
from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import Audience, Kind, State
from services.notify.domain.errors import AlertNotFound, AlertWithdrawn, HandoverWithdrawn
from services.notify.domain.plan import Standing
from services.notify.usecases.announce import say_acknowledged
from services.notify.usecases.ports import Stores


async def acknowledge_alert(alert_id: UUID, actor: Actor, unit: UnitOfWork, stores: Stores) -> None:
    """Note who saw the alert; seen is seen, so a second time changes nothing.

    After a withdrawal only the alert that says so can be seen: what its sender waits to hear is "we have stopped".

    Raises `AlertNotFound` for an alert of a team that the actor does not serve, `AlertWithdrawn` and
    `HandoverWithdrawn`.
    """
    found = await stores.alerts.lock(unit.connection, [alert_id])
    if not found or found[0].alert.telling.audience is not Audience.TEAM:
        raise AlertNotFound
    claimed = found[0]
    if not actor.serves(claimed.alert.telling.team):
        raise AlertNotFound
    if claimed.state is State.REVOKED:
        raise AlertWithdrawn
    if claimed.acknowledged_at is not None:
        return
    of = claimed.alert.handover_id
    standing = (await stores.plans.standings(unit.connection, [of]))[of]
    if standing is Standing.WITHDRAWN and claimed.alert.telling.kind is not Kind.WITHDRAWN:
        raise HandoverWithdrawn
    said = say_acknowledged(unit, claimed, actor.ref)
    await stores.alerts.acknowledge(unit.connection, alert_id, actor.ref, said)
