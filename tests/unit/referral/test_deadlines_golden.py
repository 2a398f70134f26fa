"""Deadlines that were counted by hand, and counted again by walking through the minutes (H05)."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.referral.domain.calendars import LONDON
from services.referral.domain.deadlines import Due, due
from services.referral.outbound.calendar_files import CalendarEntry, read_calendars
from services.referral.outbound.deadline_entries import DeadlineEntry
from tests.unit.referral import second_witness

GOLDEN = yaml.safe_load((Path(__file__).parent / "golden" / "deadlines.yaml").read_text())
CASES = [(kind, case) for kind, cases in GOLDEN["cases"].items() for case in cases]
CALENDARS, HOLIDAYS = read_calendars()
CALENDARS |= {each["id"]: CalendarEntry(**each).calendar() for each in GOLDEN["calendars"]}
_ENTRY: TypeAdapter[Any] = TypeAdapter(DeadlineEntry)
_ASIDE = {"why", "of", "anchor", "due", "not_before", "parts"}


def counted(kind: str, case: dict[str, Any], anchor: datetime) -> Due:
    says = {name: value for name, value in case.items() if name not in _ASIDE}
    if "parts" in case:
        says |= dict(zip(("not_before", "within"), case["parts"], strict=True))
    entry = _ENTRY.validate_python({"kind": kind, "anchor": "discharged_at"} | says)
    return due(entry.counting(), anchor, CALENDARS[case["of"]], HOLIDAYS)


def london(said: str) -> datetime:
    """A wall-clock time of the table, as UTC."""
    text, fold = said.removesuffix(" GMT"), int(said.endswith(" GMT"))
    if text.endswith("24:00"):
        day = datetime.fromisoformat(text.removesuffix(" 24:00")) + timedelta(days=1)
        return day.replace(tzinfo=LONDON).astimezone(UTC)
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold).astimezone(UTC)


def test_the_table_is_long_enough_and_knows_every_kind():
    kinds = Counter(kind for kind, _ in CASES)

    assert sum(kinds.values()) >= 120
    assert kinds.keys() == _ENTRY.json_schema()["discriminator"]["mapping"].keys()
    assert min(kinds.values()) >= 3


@pytest.mark.parametrize(
    ("kind", "case"), [pytest.param(*row, id=f"{row[0]}: {row[1]['why']}") for row in CASES]
)
def test_a_deadline_is_the_one_that_was_counted_by_hand(kind, case):
    when = counted(kind, case, london(case["anchor"]))

    assert when.due_at == london(case["due"])
    assert when.not_before == (london(case["not_before"]) if "not_before" in case else None)


@pytest.mark.parametrize(
    ("kind", "case"), [pytest.param(*row, id=f"{row[0]}: {row[1]['why']}") for row in CASES]
)
def test_a_second_witness_counts_the_same(kind, case):
    not_before, due_at = second_witness.count(
        kind, case, second_witness.utc_of(case["anchor"]), case["of"]
    )

    assert due_at == second_witness.utc_of(case["due"])
    assert not_before == (
        second_witness.utc_of(case["not_before"]) if "not_before" in case else None
    )


@given(
    st.sampled_from([row for row in CASES if row[0] not in ("age_at", "academic_year")]),
    st.datetimes(datetime.fromisoformat("2026-02-01"), datetime.fromisoformat("2028-01-31")).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    st.sampled_from(sorted(second_witness.OPEN)),
)
@settings(max_examples=300)
def test_both_count_the_same_from_any_minute_of_two_years(row, anchor, calendar):
    kind, case = row[0], row[1] | {"of": calendar}

    when = counted(kind, case, anchor.replace(tzinfo=UTC))
    not_before, due_at = second_witness.count(kind, case, anchor, calendar)

    assert when.due_at.replace(tzinfo=None) == due_at
    if not_before is not None:
        assert when.not_before.replace(tzinfo=None) == min(not_before, due_at)
