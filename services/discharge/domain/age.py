"""How old somebody is: whole years on a local date."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_LONDON = ZoneInfo("Europe/London")


def age_at(birth_date: str | None, at: datetime) -> int | None:
    """Whole years at an instant; None where the birth date is not known in full, or lies after it.

    Who was born on 29 February has a birthday on 1 March in a common year.
    """
    try:
        born = date.fromisoformat(birth_date or "")
    except ValueError:
        return None
    today = at.astimezone(_LONDON).date()
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years if years >= 0 else None
