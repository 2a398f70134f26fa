"""How old somebody is on the day that they leave."""

from datetime import UTC, datetime

import pytest

from services.discharge.domain.age import age_at


@pytest.mark.parametrize(
    ("born", "at", "years"),
    [
        ("1948-03-02", "2026-09-08T11:00", 78),
        ("2008-11-22", "2026-11-21T23:59", 17),
        ("2008-11-22", "2026-11-22T00:00", 18),
        (
            "2010-06-15",
            "2026-06-14T23:30",
            16,
        ),  # half past midnight on the birthday, in summer time
        ("2008-02-29", "2026-02-28T12:00", 17),
        ("2008-02-29", "2026-03-01T12:00", 18),
        ("2026-11-22", "2026-11-22T09:00", 0),
        ("2027-01-01", "2026-11-22T09:00", None),
        ("1948-03", "2026-09-08T11:00", None),
        (None, "2026-09-08T11:00", None),
    ],
)
def test_years_are_counted_on_the_local_date(born: str | None, at: str, years: int | None) -> None:
    assert age_at(born, datetime.fromisoformat(at).replace(tzinfo=UTC)) == years
