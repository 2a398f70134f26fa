"""Stories tell the time of the clock on the wall, in winter, in summer, and in the hour that comes twice."""

from datetime import UTC, datetime

import pytest

from services.rehearsal.errors import StoryError
from services.rehearsal.local_time import read_moment, read_when, say_moment, write_moment


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-12-24 16:40", "2026-12-24T16:40:00+00:00"),
        ("2026-09-08 11:20", "2026-09-08T10:20:00+00:00"),
        ("2026-09-08 10:00:07", "2026-09-08T09:00:07+00:00"),
        ("2026-10-25 01:30 BST", "2026-10-25T00:30:00+00:00"),
        ("2026-10-25 01:30 GMT", "2026-10-25T01:30:00+00:00"),
        ("2026-10-25 00:39", "2026-10-24T23:39:00+00:00"),
    ],
)
def test_a_moment_is_read_and_written_alike(text: str, instant: str) -> None:
    at = read_moment(text)
    assert at == datetime.fromisoformat(instant)
    assert write_moment(at) == text


@pytest.mark.parametrize("text", ["2027-03-28 01:30", "2026-02-30 10:00", "tomorrow", "10:00"])
def test_a_moment_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(StoryError):
        read_moment(text)


def test_later_means_elapsed_hours_across_the_clock_change() -> None:
    friday = read_moment("2026-10-23 10:15")
    assert write_moment(read_when("+48h", friday)) == "2026-10-25 09:15"
    assert read_when("+1d 30m", friday) == datetime(2026, 10, 24, 9, 45, tzinfo=UTC)


def test_a_moment_is_said_with_its_day() -> None:
    assert say_moment(read_moment("2026-10-25 09:15")) == "Sun 25 Oct 2026 09:15"
