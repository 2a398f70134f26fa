"""How long a patient has waited: weeks and days on London's calendar, from the first referral (R49, A36)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.referral.domain.calendars import local_date
from services.referral.domain.counting import CalendarSpan
from services.referral.domain.rules import Playbook

_A_WEEK = 7
USUAL_WEEKS = 18
"""The standard for consultant-led treatment, where no rule of this site says another number."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that runs, or one that ended."""

    weeks: int
    days: int
    limit: int
    """Weeks."""
    until: date
    """The last day of the limit."""
    over: bool
    """Whether the clock has stopped."""

    @property
    def late(self) -> bool:
        """Whether it took longer than the limit."""
        return (self.weeks, self.days) > (self.limit, 0)

    @property
    def words(self) -> str:
        """`12 weeks 3 days of 18 weeks`."""
        return f"{_count(self.weeks, 'week')} {_count(self.days, 'day')} of {self.limit} weeks"


def waited(started_at: datetime, stopped_at: datetime | None, now: datetime, limit: int) -> Wait:
    """The wait so far. Nothing pauses it: not a redirect, not a missed appointment, not the patient's own wish."""
    started, until = local_date(started_at), local_date(stopped_at or now)
    weeks, days = divmod(max((until - started).days, 0), _A_WEEK)
    end = started + timedelta(weeks=limit)
    return Wait(weeks, days, limit, end, over=stopped_at is not None)


def limit_of(playbook: Playbook) -> int:
    """The weeks that the site's rule R49 gives."""
    rule = playbook.rule("R49")
    counting = rule.counting if rule is not None else None
    if isinstance(counting, CalendarSpan) and counting.unit == "week":
        return counting.count
    return USUAL_WEEKS


def on_the_clock(kind: str) -> bool:
    """Whether anybody waits for treatment: a question to a specialist has no such clock."""
    return kind != "advice"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
