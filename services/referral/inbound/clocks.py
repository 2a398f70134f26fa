"""What time brings: deadlines that ring, and the sweep of every minute."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.chassis.database import AWAY, Database
from services.chassis.log import get_logger
from services.chassis.timers import Rung, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.rules import Playbook
from services.referral.usecases.chase_offers import chase_offers
from services.referral.usecases.chase_withdrawals import chase_withdrawals
from services.referral.usecases.document_records import Documents
from services.referral.usecases.escalate_tasks import escalate_tasks
from services.referral.usecases.keep_watch import check_calendar, keep_watch
from services.referral.usecases.name_coordinator import chase_coordinators
from services.referral.usecases.ports import Handovers, RuleVersions, Watch
from services.referral.usecases.read_documents import UNCLAIMED, claim_documents
from services.referral.usecases.recording import COORDINATOR, DEADLINE, UNANSWERED, UNREAD

A_MINUTE = 60.0
_ROUNDS_A_DAY = 24 * 60

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Clocks:
    """Hands what rang to the use cases."""

    database: Database
    handovers: Handovers
    watch: Watch
    rules: RuleVersions
    documents: Documents
    playbook: Playbook

    @property
    def timers(self) -> Mapping[str, TimerHandler]:
        """What rings here."""
        return {
            DEADLINE: self.when_deadlines_pass,
            UNREAD: self.when_withdrawals_stay_unread,
            UNCLAIMED: self.when_documents_stay_unclaimed,
            UNANSWERED: self.when_offers_stay_unanswered,
            COORDINATOR: self.when_coordinators_are_missing,
        }

    async def when_offers_stay_unanswered(self, rung: Sequence[Rung], unit: UnitOfWork) -> None:
        """Offers that nobody accepted by their own time, together."""
        timers = {one.subject: one.timer_id for one in rung}
        await chase_offers(unit, timers, handovers=self.handovers, playbook=self.playbook)

    async def when_coordinators_are_missing(self, rung: Sequence[Rung], unit: UnitOfWork) -> None:
        """Handovers that still have no named coordinator, together."""
        timers = {one.subject: one.timer_id for one in rung}
        await chase_coordinators(unit, timers, handovers=self.handovers, playbook=self.playbook)

    async def when_withdrawals_stay_unread(self, rung: Sequence[Rung], unit: UnitOfWork) -> None:
        """Teams that did not say in time that they know of a withdrawal, together."""
        timers = {one.subject: one.timer_id for one in rung}
        await chase_withdrawals(unit, timers, handovers=self.handovers, playbook=self.playbook)

    async def when_documents_stay_unclaimed(self, rung: Sequence[Rung], unit: UnitOfWork) -> None:
        """Documents whose discharge did not come in time, together."""
        await claim_documents(
            unit,
            [one.subject for one in rung],
            documents=self.documents,
            handovers=self.handovers,
            playbook=self.playbook,
        )

    async def when_deadlines_pass(self, rung: Sequence[Rung], unit: UnitOfWork) -> None:
        """Deadlines that passed, together."""
        timers = {one.subject: one.timer_id for one in rung}
        await escalate_tasks(unit, timers, handovers=self.handovers, playbook=self.playbook)

    async def watch_for_ever(self) -> None:
        """A background loop: keep the rules' texts, then sweep every minute, and look at the calendar once a day.

        Raises what the sweep raises, unless it is the database that is away for the moment: a process that cannot
        watch must end. So must one whose rules changed without a new version.
        """
        async with self.database.unit_of_work() as unit:
            await self.rules.keep(unit.connection, self.playbook.rules)
        rounds = 0
        while True:
            try:
                await self.sweep(calendar=rounds % _ROUNDS_A_DAY == 0)
                rounds += 1
            except AWAY as error:
                _log.warning("watch.waits", error=type(error).__name__)
            await asyncio.sleep(A_MINUTE)

    async def sweep(self, *, calendar: bool = False) -> None:
        """Look once, at the calendar too if asked to."""
        async with self.database.unit_of_work() as unit:
            await keep_watch(unit, watch=self.watch, playbook=self.playbook)
            if calendar:
                check_calendar(self.playbook, unit.now)
