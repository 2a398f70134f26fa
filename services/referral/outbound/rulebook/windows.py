"""Windows that cannot be met: the owner is closed from their beginning to their end, and nobody covers."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from services.referral.domain.calendars import BankHolidays, instant, open_within
from services.referral.domain.deadlines import due
from services.referral.domain.directory import Team
from services.referral.domain.planning import SENDING_ROLE
from services.referral.domain.rules import Asked, Playbook, Rule

_PRESSING = frozenset({"urgent", "asap", "stat"})
TIMES = (time(10), time(16, 40))
"""When things usually begin: in the morning, and when the day ends."""
A_YEAR = 366
"""The days that are tried."""


def unmet(rule: Rule, playbook: Playbook, start: date | None = None) -> Iterator[tuple[str, str]]:
    """The first day of a year on which a team of the owner's role cannot act in time, team by team."""
    if rule.priority not in _PRESSING:
        return
    first = start or first_day(playbook.holidays)
    covers = teams(rule.cover, playbook) if rule.cover else ()
    for team in teams(rule.owner, playbook):
        day = _closed_day(rule, team, covers, playbook, first)
        if day is not None:
            cover = "no team that covers is open" if rule.cover else "nobody covers"
            yield (
                "task.cover",
                f"{team.name} is closed for the whole time that begins on {day:%a} {day.day} {day:%b %Y}, and {cover}",
            )


def first_day(holidays: BankHolidays) -> date:
    """The last year of which every bank holiday is known holds each kind of week that there is."""
    return holidays.until - timedelta(days=A_YEAR + 31)


def teams(asked: Asked, playbook: Playbook) -> Sequence[Team]:
    """Every team that may be meant: those with the role, or for a service those that offer one."""
    known = playbook.directory.teams.values()
    if asked.of == "service" and not asked.role:
        return [team for team in known if team.services]
    return [team for team in known if team.role == (asked.role or SENDING_ROLE)]


def _closed_day(
    rule: Rule, team: Team, covers: Sequence[Team], playbook: Playbook, first: date
) -> date | None:
    for number in range(A_YEAR):
        day = first + timedelta(days=number)
        for at in TIMES:
            anchor = instant(day, at)
            if not any(_can(rule, one, anchor, playbook) for one in (team, *covers)):
                return day
    return None


def _can(rule: Rule, team: Team, anchor: datetime, playbook: Playbook) -> bool:
    when = due(rule.counting, anchor, team.calendar, playbook.holidays)
    return open_within(team.calendar, playbook.holidays, when.not_before or anchor, when.due_at)
