"""Watch over the promises: nothing open without an owner or a timer, and a calendar that reaches far enough."""

from datetime import datetime

from services.chassis.log import get_logger
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.calendars import local_date
from services.referral.domain.rules import Playbook
from services.referral.usecases.measures import CALENDAR_DAYS, OPEN, OWNERLESS, TIMERLESS
from services.referral.usecases.ports import Watch
from services.referral.usecases.recording import COORDINATOR, DEADLINE, UNANSWERED

A_YEAR = 365

_log = get_logger()


async def keep_watch(unit: UnitOfWork, *, watch: Watch, playbook: Playbook) -> None:
    """Count what must be none, say so loudly when it is not, and set the timers that are missing."""
    for what, count in (await watch.count_open(unit.connection)).items():
        OPEN[what].set(count)

    ownerless = await watch.ownerless(unit.connection, sorted(playbook.directory.teams))
    OWNERLESS.set(len(ownerless))
    if ownerless:
        _log.error("ownership.broken", count=len(ownerless), subjects=ownerless[:20])

    timerless = await watch.without_timer(unit.connection, DEADLINE, UNANSWERED, COORDINATOR)
    TIMERLESS.set(len(timerless))
    for kind, subject, due_at in timerless:
        unit.set_timer(kind, subject, due_at)
    if timerless:
        subjects = [subject for _, subject, _ in timerless][:20]
        _log.error("timers.missing", count=len(timerless), subjects=subjects)


def check_calendar(playbook: Playbook, now: datetime) -> int:
    """How many days ahead the checked bank holidays reach; says so loudly when it is less than a year."""
    days_left = playbook.holidays.days_left(local_date(now))
    CALENDAR_DAYS.set(days_left)
    if days_left < A_YEAR:
        _log.error("calendar.ends_soon", days_left=days_left, until=playbook.holidays.until)
    return days_left
