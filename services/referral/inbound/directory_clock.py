"""What time brings to the directory: new editions, days on which somebody closes, and work that needs a new home."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.chassis.connection import Connection
from services.chassis.database import AWAY, Database
from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.chassis.timers import Rung, TimerHandler
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.calendars import local_date
from services.referral.domain.rules import Playbook
from services.referral.usecases.describe_teams import describe_teams
from services.referral.usecases.directory_ports import Editions, Homes, Imports
from services.referral.usecases.keep_directory import TURN, expect_turn, keep_up
from services.referral.usecases.ports import Handovers, People
from services.referral.usecases.rehome_tasks import rehome_tasks

A_FEW_SECONDS = 5.0
FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_LOOKS_A_MINUTE = 12

_log = get_logger()


@dataclass(frozen=True, slots=True)
class DirectoryClock:
    """Keeps one process at the newest edition, and moves work when somebody closes."""

    database: Database
    imports: Imports
    editions: Editions
    homes: Homes
    handovers: Handovers
    people: People
    playbook: Playbook
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the first look has succeeded."""

    @property
    def timers(self) -> Mapping[str, TimerHandler]:
        """What rings here."""
        return {TURN: self.when_the_directory_turns}

    async def when_the_directory_turns(self, _rung: Sequence[Rung], unit: UnitOfWork) -> None:
        """Somebody opens or closes today, or something was imported."""
        await self.imports.lock(unit.connection)
        await self._take_up(unit.connection)
        directory = self.playbook.directory
        expect_turn(unit, directory)
        journey = new_id()
        await describe_teams(
            unit,
            Cause(journey, journey),
            imports=self.imports,
            directory=directory,
            base=self.editions.edition(()),
        )
        await self.rehome(unit)

    async def follow_for_ever(self) -> None:
        """A background loop: take up what is new every few seconds, and look for work to move every minute.

        A file that came with this process may have other days in it: it begins with the timer of the next one. While
        the database is away it tries again, ever more rarely.
        """
        await self._begin()
        looks = 1
        while True:
            try:
                await self.look(sweep=looks % _LOOKS_A_MINUTE == 0)
                looks += 1
            except AWAY as error:
                _log.warning("directory.waits", error=type(error).__name__)
            await asyncio.sleep(A_FEW_SECONDS)

    async def ready(self) -> str | None:
        """Why this process should get no work yet: until its first look it knows only what came with it."""
        return None if self.begun.is_set() else "has not looked yet"

    async def _begin(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with self.database.unit_of_work() as unit:
                    await self.when_the_directory_turns((), unit)
            except AWAY as error:
                _log.warning("directory.first_look_waits", error=type(error).__name__, pause=pause)
            else:
                self.begun.set()
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def look(self, *, sweep: bool = True) -> None:
        """Look once; with `sweep`, move what is still with somebody who has closed too."""
        if not sweep:
            async with self.database.reading() as connection:
                await self._take_up(connection)
            return
        async with self.database.unit_of_work() as unit:
            await self._take_up(unit.connection)
            self.playbook.directory.stand_on(local_date(unit.now))
            await self.rehome(unit)

    async def rehome(self, unit: UnitOfWork) -> None:
        """Move what is with teams that have closed."""
        await rehome_tasks(
            unit,
            homes=self.homes,
            handovers=self.handovers,
            people=self.people,
            playbook=self.playbook,
        )

    async def _take_up(self, connection: Connection) -> None:
        await keep_up(
            connection,
            imports=self.imports,
            editions=self.editions,
            directory=self.playbook.directory,
        )
