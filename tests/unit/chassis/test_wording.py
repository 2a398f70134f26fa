from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from services.chassis import wording
from tests.support.this_year import in_2026


@pytest.fixture(autouse=True)
def this_year(monkeypatch: pytest.MonkeyPatch) -> None:
    in_2026(monkeypatch)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 24, 10, 0, tzinfo=UTC), "Tue 24 Nov, 10:00"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Thu 2 Jul, 00:30"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "Sun 29 Mar, 00:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Sun 29 Mar, 02:00"),
        (
            datetime(2026, 12, 31, 23, 0, tzinfo=timezone(timedelta(hours=-5))),
            "Fri 1 Jan 2027, 04:00",
        ),
        (datetime(2025, 12, 31, 9, 5, tzinfo=UTC), "Wed 31 Dec 2025, 09:05"),
        (None, ""),
    ],
)
def test_times_are_told_on_londons_clock(moment: datetime | None, shown: str) -> None:
    assert wording.when(moment) == shown


def test_a_deadline_at_midnight_is_the_end_of_the_day_before() -> None:
    assert wording.deadline(datetime(2026, 7, 1, 23, 0, tzinfo=UTC)) == "end of Wed 1 Jul"
    assert wording.deadline(datetime(2026, 7, 2, 0, 0, tzinfo=UTC)) == "Thu 2 Jul, 01:00"
    assert wording.deadline(None) == ""


def test_a_time_without_an_offset_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="offset"):
        wording.when(datetime(2026, 11, 24, 10, 0))  # noqa: DTZ001


def test_an_nhs_number_is_told_in_three_groups_on_one_line() -> None:
    assert wording.nhs_number("9995000105") == "999\u00a0500\u00a00105"
    assert wording.nhs_number("999 500 0105") == "999\u00a0500\u00a00105"
    assert wording.nhs_number("12") == "12"
    assert wording.nhs_number(None) == ""


def test_a_name_is_told_surname_first() -> None:
    assert wording.person_name({"family": "Baker-Reid", "given": "Tom"}) == "BAKER-REID, Tom"
    assert wording.person_name(SimpleNamespace(family="Hartley", given=None)) == "HARTLEY"
    assert wording.person_name({"given": "Tom"}) == "Tom"
