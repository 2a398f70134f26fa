"""What a search of another system asks for: dates with their vagueness, bounds, cursors, and no identity in addresses."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.referral.inbound.fhir_records.dates import read_span
from services.referral.inbound.fhir_records.searching import (
    read_asked,
    read_cursor,
    refuse_identity,
    write_cursor,
)
from services.referral.usecases.record_views import EARLIEST, LATEST


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2026", at(2026, 1, 1), at(2027, 1, 1)),
        ("2026-12", at(2026, 12, 1), at(2027, 1, 1)),
        ("eq2026-11-22", at(2026, 11, 22), at(2026, 11, 23)),
        # The day on which clocks go back has 25 hours.
        ("2026-10-25", at(2026, 10, 24, 23), at(2026, 10, 26)),
        ("2026-07-01T10:30+01:00", at(2026, 7, 1, 9, 30), at(2026, 7, 1, 9, 31)),
        ("2026-07-01T10:30:05 01:00", at(2026, 7, 1, 9, 30, 5), at(2026, 7, 1, 9, 30, 6)),
        (
            "2026-07-01T10:30:05.25Z",
            at(2026, 7, 1, 10, 30, 5, 250_000),
            at(2026, 7, 1, 10, 30, 5, 260_000),
        ),
        (
            "2026-07-01T10:30:05.000001Z",
            at(2026, 7, 1, 10, 30, 5, 1),
            at(2026, 7, 1, 10, 30, 5, 2),
        ),
    ],
)
def test_a_date_covers_as_long_as_it_is_vague(text: str, begins: datetime, ends: datetime) -> None:
    assert read_span(text) == (begins, ends)


def test_a_prefix_says_which_side_counts() -> None:
    begins, ends = at(2026, 11, 22), at(2026, 11, 23)

    spans = {
        prefix: read_span(f"{prefix}2026-11-22") for prefix in ["ge", "gt", "sa", "le", "lt", "eb"]
    }

    assert spans["ge"] == (begins, LATEST)
    assert spans["gt"] == spans["sa"] == (ends, LATEST)
    assert spans["le"] == (EARLIEST, ends)
    assert spans["lt"] == spans["eb"] == (EARLIEST, begins)


@pytest.mark.parametrize(
    "text",
    ["", "x", "ne2026", "ap2026", "2026-13", "2026-02-30", "2026-01-01T10:00", "26-01-01", "9999"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        read_span(text)


@given(st.text(max_size=40))
def test_whatever_is_sent_as_a_date_is_a_span_or_refused(text: str) -> None:
    try:
        begins, ends = read_span(text)
    except Refusal:
        return
    assert begins.tzinfo is not None
    assert ends.tzinfo is not None


@given(st.text(max_size=80))
def test_whatever_is_sent_as_a_cursor_is_ours_or_refused(text: str) -> None:
    try:
        (place, _), key = read_cursor(text)
    except Refusal:
        return
    assert place.tzinfo is not None
    assert key is None or isinstance(key, str)


def test_a_cursor_comes_back_as_it_went() -> None:
    place = at(2026, 11, 22, 9, 30, 5, 123_456), UUID(int=7)

    assert read_cursor(write_cursor(place, "key")) == (place, "key")
    assert read_cursor(write_cursor(place, None)) == (place, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("patient", "x"),
        ("patient:identifier", "x"),
        ("patient.name", "x"),
        ("subject:identifier", "x"),
        ("owner", "999 500 0105"),
        ("anything", "https://fhir.nhs.uk/Id/nhs-number|9995000105"),
        ("code", "a,999-500-0105"),
    ],
)
def test_an_address_that_tells_of_somebody_is_refused(name: str, value: str) -> None:
    with pytest.raises(Refusal) as refusal:
        refuse_identity([(name, value)])
    assert "9995000105" not in refusal.value.sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_id", "0193c9a0-1234-7000-8000-123456789012"),
        ("_lastUpdated", "ge2026-11-22T09:00:00.000000Z"),
        ("owner", "practice-Z90001,pharmacy-FZZ01"),
        ("target", "Task/0193c9a0-1234-7000-8000-999500010512"),
    ],
)
def test_what_is_nobodys_number_passes(name: str, value: str) -> None:
    refuse_identity([(name, value)])


def test_two_bounds_narrow_each_other() -> None:
    address = [("_lastUpdated", "ge2026-11-01"), ("_lastUpdated", "lt2026-11-22")]

    sought = read_asked("Task", address, [], None, strict=True).sought

    assert (sought.since, sought.until) == (at(2026, 11, 1), at(2026, 11, 22))


def test_a_page_has_at_most_a_hundred() -> None:
    assert read_asked("Task", [("_count", "5000")], [], None, strict=True).sought.limit == 100
