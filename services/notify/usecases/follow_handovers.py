"""Follow what referral says of handovers: remember the plan, and note who should learn of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, cast
from uuid import UUID

from schemas.event import Event
from schemas.handover import HandoverOpened, HandoverPatientChanged, HandoverWithdrawn
from services.chassis.consumer import Received
from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import State, Telling
from services.notify.domain.budget import Budget
from services.notify.domain.plan import Plan, PlanTask, Standing
from services.notify.domain.resolver import IDENTITY_HELD, READMITTED, UNDESCRIBED
from services.notify.domain.taking_back import WITHDRAWN
from services.notify.domain.telling import on_withdrawn
from services.notify.usecases import records
from services.notify.usecases.announce import say_not_delivered
from services.notify.usecases.fold_facts import fold, open_plan
from services.notify.usecases.ports import Stores
from services.notify.usecases.post import Post, Posted, instead
from services.notify.usecases.take_back import want_back


async def follow_handovers(
    heard: Sequence[Received], unit: UnitOfWork, stores: Stores, budget: Budget
) -> None:
    """Fold a batch of facts, in order, into plans and alerts; a constant number of statements for any number."""
    ids = {_handover(received.event) for received in heard}
    post = Post(unit.now, budget)
    book = _Book(await stores.plans.lock(unit.connection, ids), post)
    for received in heard:
        book.note(received)
    await stores.plans.add(unit.connection, book.opened)
    await stores.plans.change(unit.connection, *book.changes())
    await _add(book.alerts, unit, stores)
    if book.moved:
        await _move(book.moved, unit, stores)
    if back := book.home_again():
        await stores.alerts.hasten(unit.connection, back, (READMITTED,))
    if book.withdrawn:
        await _withdraw(book.withdrawn, unit, stores, post)


async def _add(alerts: Sequence[Posted], unit: UnitOfWork, stores: Stores) -> None:
    """Store new alerts; what a closed team should learn, the accountable one does."""
    told = {one.alert.telling.team for one in alerts} - {""}
    described = await stores.teams.find(unit.connection, told)
    closed = {one.team for one in described if not one.active}
    await stores.alerts.add(unit.connection, instead(alerts, closed), unit.now)


async def _move(moved: Mapping[UUID, str], unit: UnitOfWork, stores: Stores) -> None:
    """Alerts follow their handover; links that were given out under the other key open for nobody any more."""
    await stores.alerts.move(unit.connection, moved)
    await stores.links.move(unit.connection, moved)
    await stores.alerts.hasten(unit.connection, set(moved.values()), (UNDESCRIBED, IDENTITY_HELD))


async def _withdraw(
    withdrawn: Sequence[tuple[Received, Plan]], unit: UnitOfWork, stores: Stores, post: Post
) -> None:
    """Revoke what was not sent, and tell every team that knows, or may know, to stop.

    What is on its way counts as known. Patients' messages that have left are taken back, or a person explains.
    """
    ids = [plan.handover_id for _, plan in withdrawn]
    unsent = await stores.alerts.lock_unsent(unit.connection, ids)
    told = await stores.alerts.teams_told(unit.connection, ids)
    revoked = [
        records.Standing(
            claimed.alert.alert_id,
            State.REVOKED,
            WITHDRAWN,
            None,
            say_not_delivered(unit, claimed, WITHDRAWN, needs_person=False),
        )
        for claimed in unsent
    ]
    await stores.alerts.settle(unit.connection, revoked)
    stop = [
        alert
        for received, plan in withdrawn
        for alert in post.alerts(
            received,
            plan,
            on_withdrawn(plan, told.get(plan.handover_id, ()), _reason(received.event)),
        )
    ]
    await _add(stop, unit, stores)
    left = await stores.recalls.left_by_handover(unit.connection, ids)
    await want_back(left, unit, stores)


class _Book:
    """The plans of one batch while its facts are folded in."""

    def __init__(self, known: dict[UUID, Plan], post: Post) -> None:
        self._post = post
        self._before = known
        self._now = dict(known)
        self.alerts: list[Posted] = []
        self.withdrawn: list[tuple[Received, Plan]] = []
        self.moved: dict[UUID, str] = {}
        """The handovers that belong to another patient's key now, with it."""

    @property
    def opened(self) -> list[Plan]:
        return [plan for key, plan in self._now.items() if key not in self._before]

    def note(self, received: Received) -> None:
        """Fold one fact in; one of a handover that never opened here has no plan to change."""
        event = received.event
        plan = self._now.get(_handover(event))
        if plan is None:
            if isinstance(event, HandoverOpened):
                self._keep(received, *open_plan(event))
        elif not isinstance(event, HandoverOpened):
            self._keep(received, *fold(plan, event))
            if isinstance(event, HandoverWithdrawn) and plan.standing is not Standing.WITHDRAWN:
                self.withdrawn.append((received, plan))
            if isinstance(event, HandoverPatientChanged):
                self.moved[plan.handover_id] = event.patient_key

    def _keep(self, received: Received, plan: Plan, tellings: Iterable[Telling]) -> None:
        self._now[plan.handover_id] = plan
        self.alerts += self._post.alerts(received, plan, tellings)

    def home_again(self) -> set[str]:
        """The patients who are not back in hospital any more."""
        return {
            self._now[key].patient_key
            for key, plan in self._before.items()
            if plan.back_in_hospital and not self._now[key].back_in_hospital
        }

    def changes(self) -> tuple[list[Plan], list[PlanTask], list[tuple[UUID, PlanTask]]]:
        """What became of the plans that were known: those that changed, their changed and their added tasks."""
        altered: list[Plan] = []
        changed: list[PlanTask] = []
        added: list[tuple[UUID, PlanTask]] = []
        for key, before in self._before.items():
            after = self._now[key]
            if after == before:
                continue
            altered.append(after)
            known = {task.task_id: task for task in before.tasks}
            changed += [t for t in after.tasks if t.task_id in known and known[t.task_id] != t]
            added += [(key, t) for t in after.tasks if t.task_id not in known]
        return altered, changed, added


class _OfHandover(Protocol):
    handover_id: UUID


def _handover(event: Event) -> UUID:
    return cast("_OfHandover", event).handover_id


def _reason(event: Event) -> str:
    return cast("HandoverWithdrawn", event).reason
