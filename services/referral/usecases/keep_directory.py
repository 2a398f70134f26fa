"""Keep the directory of this process at its newest edition and on today's date; nothing has to be restarted."""

from datetime import time
from uuid import UUID

from services.chassis.connection import Connection
from services.chassis.log import get_logger
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.calendars import instant, local_date
from services.referral.domain.directory import Directory
from services.referral.domain.directory_errors import EntriesRefused
from services.referral.usecases.directory_ports import Editions, Imports

TURN = "directory.turn"
"""The timer of the next day on which something in the directory begins or ends."""
TURNS = UUID("00000000-0000-4000-8000-0000000000d1")
"""Its subject: there is one directory."""

_MIDNIGHT = time.min
_log = get_logger()


async def keep_up(
    connection: Connection, *, imports: Imports, editions: Editions, directory: Directory
) -> bool:
    """Take what was imported and what teams say of their load; True when there was something new.

    An edition that cannot be put together any more leaves the one that is there, and says so loudly.
    """
    version = await imports.version(connection)
    capacities = await imports.capacities(connection)
    known = directory.edition
    if version == known.version and capacities == known.capacities:
        return False
    if version != known.version:
        try:
            known = editions.edition(await imports.entries(connection))
        except EntriesRefused as error:
            _log.error("directory.unreadable", version=version, faults=len(error.faults))
            return False
        _log.info("directory.taken", version=version)
    directory.take(known.with_capacities(capacities))
    return True


def expect_turn(unit: UnitOfWork, directory: Directory) -> None:
    """Set the timer of the next day on which somebody opens or closes, at its local midnight."""
    directory.stand_on(local_date(unit.now))
    turn = directory.edition.next_turn(directory.day)
    unit.cancel_timers(TURNS)
    if turn is not None:
        unit.set_timer(TURN, TURNS, instant(turn, _MIDNIGHT))
