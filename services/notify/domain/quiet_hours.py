"""Quiet hours: when a routine message should wait until the morning (rule P22)."""

from datetime import datetime, timedelta

from services.notify.domain.site import QuietRules


def quiet_until(now: datetime, rules: QuietRules) -> datetime | None:
    """The end of the quiet hours that `now` lies in; None outside them.

    The clock on the patient's wall decides, also in the nights when it changes.
    """
    wall = now.astimezone(rules.zone)
    late, early = wall.time() >= rules.begin, wall.time() < rules.end
    over_midnight = rules.begin > rules.end
    if not (late or early if over_midnight else late and early):
        return None
    day = wall.date() if early else wall.date() + timedelta(days=1)
    return datetime.combine(day, rules.end, rules.zone).astimezone(now.tzinfo)
