"""What waits for the day's one message, and when that leaves."""

import pytest
from pydantic import ValidationError

from services.notify.domain.alert import Audience, Kind, Telling
from services.notify.domain.budget import NEVER_LATER, Way
from services.notify.outbound.site_data import PolicyFile, read_policy_file
from tests.unit.notify.builders import SAFETY, WARD, london

BUDGET = read_policy_file().budgeted


def told(kind, team=WARD, **changes):
    return Telling(Audience.TEAM, kind, team, **changes)


@pytest.mark.parametrize("kind", sorted(NEVER_LATER))
def test_what_bears_on_safety_or_waits_for_an_answer_never_waits(kind):
    assert BUDGET.way(told(kind)) is Way.AT_ONCE


@pytest.mark.parametrize("priority", ["urgent", "asap", "stat"])
def test_a_warning_waits_unless_the_work_is_urgent(priority):
    assert BUDGET.way(told(Kind.WARNED)) is Way.DIGEST
    assert BUDGET.way(told(Kind.WARNED, priority=priority)) is Way.AT_ONCE


def test_a_team_may_prefer_to_hear_at_once():
    assert BUDGET.way(told(Kind.STILL_LATE)) is Way.DIGEST
    assert BUDGET.way(told(Kind.STILL_LATE, SAFETY)) is Way.AT_ONCE


def test_a_patient_has_no_digest():
    assert BUDGET.way(Telling(Audience.PATIENT, Kind.REDIRECTED)) is Way.AT_ONCE


@pytest.mark.parametrize("kind", ["escalated", "withdrawn", "opened", "unanswered"])
def test_no_team_may_put_off_what_bears_on_safety(kind):
    file = read_policy_file().model_dump()
    for where in ({"ways": {kind: "digest"}}, {"teams": {WARD: {kind: "digest"}}}):
        with pytest.raises(ValidationError, match="may not wait for a digest"):
            PolicyFile.model_validate(file | {"budget": file["budget"] | where})


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-09-08 08:29", "2026-09-08 08:30"),
        ("2026-09-08 08:30", "2026-09-09 08:30"),
        ("2026-09-08 23:59", "2026-09-09 08:30"),
        ("2026-10-24 12:00", "2026-10-25 08:30"),
        ("2027-03-27 12:00", "2027-03-28 08:30"),
    ],
)
def test_the_digest_leaves_at_its_hour_on_the_wall_also_when_the_clocks_change(now, leaves):
    assert BUDGET.next_digest(london(now)) == london(leaves)
