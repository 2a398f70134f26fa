"""The table of what is read and what it means, held against the code."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from services.discharge.inbound.fhir.happenings import HAPPENINGS
from services.discharge.inbound.fhir.models import MODELS, Bundle, Encounter
from tests.support.bundles import statement
from tests.support.hospital import a_notification

PAGE = Path(__file__).parents[3] / "docs" / "CONFORMANCE.md"
SECTION = (
    PAGE.read_text(encoding="utf-8")
    .partition("\n# FHIR R4 notifications\n")[2]
    .partition("\n# ")[0]
)
PERIODS = {"absent": [False], "present": [True], "either": [False, True]}


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, less its head."""
    text = SECTION.partition(f"## {heading}")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def meanings() -> list[tuple[str, str, bool, str]]:
    return [
        (event, status, ends, said)
        for statuses, period, *cells in rows("What a notification means")
        for event, said in zip(HAPPENINGS, cells, strict=True)
        for status in re.findall(r"[a-z-]+", statuses)
        for ends in PERIODS[period]
    ]


@pytest.mark.parametrize(("event", "status", "ends", "said"), meanings())
def test_a_notification_means_what_the_table_says(event, status, ends, said):
    happening, _, flagged = said.partition(", ")
    period = {"start": "2026-09-04T08:45:00+01:00"}
    period |= {"end": "2026-09-08T11:20:00+01:00"} if ends else {}

    found = statement(a_notification(event, encounter={"status": status, "period": period}))

    assert found.happening == happening
    assert ("status-mismatch:Encounter.status" in found.flags) == (flagged == "flagged")


def test_the_table_knows_every_event_status_and_period():
    statuses = get_args(Encounter.model_fields["status"].annotation)

    assert {(event, status, ends) for event, status, ends, _ in meanings()} == {
        (event, status, ends)
        for event in HAPPENINGS
        for status in statuses
        for ends in (False, True)
    }


def test_the_table_names_every_element_that_is_read_and_no_other():
    kinds: dict[str, Any] = MODELS | {"Bundle": Bundle}
    read = {
        f"{name}.{field.alias}"
        for name, kind in kinds.items()
        for field in kind.model_fields.values()
    }

    assert {row[0].strip("`") for row in rows("What is read")} == read
