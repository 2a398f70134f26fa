"""In whatever order the topics are heard, and in however many batches: the same work is left to do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from schemas.event import Event
from schemas.spell import Coding
from tests.integration.referral.conftest import (
    admitted,
    cancelled,
    corrected,
    described,
    discharged,
)
from tests.support.made_up import somebody

ASTHMA = (Coding(system="http://snomed.info/sct", code="708038006"),)
LEFT = datetime.now(UTC) - timedelta(hours=5)


def interleaved(*streams: tuple[Event, ...]) -> Iterator[tuple[Event, ...]]:
    """Every order in which these streams can be heard, each in its own order."""
    if not any(streams):
        yield ()
    for at, stream in enumerate(streams):
        if stream:
            rest = (*streams[:at], stream[1:], *streams[at + 1 :])
            yield from ((stream[0], *others) for others in interleaved(*rest))


def stays_of(number: str) -> list[Event]:
    first = discharged(number, discharged_at=LEFT)
    again = first.model_copy(update={"discharged_at": LEFT + timedelta(hours=2)})
    return [first, cancelled(first), again, corrected(again, diagnoses=ASTHMA)]


async def what_is_left(house, key: str) -> tuple[list[str], list[str], list[str]]:
    rows = await house.pool.fetch(
        """
        SELECT h.state, h.closed_because, t.rule_id FROM handovers h
        LEFT JOIN tasks t ON t.handover_id = h.handover_id AND t.closed_at IS NULL
        WHERE h.patient_key = $1
        """,
        key,
    )
    return (
        sorted({row["state"] for row in rows}),
        sorted({row["closed_because"] for row in rows}),
        sorted(row["rule_id"] for row in rows if row["rule_id"]),
    )


async def left_after(house, story, *, together: bool) -> set[str]:
    """What is left to do after a story, for every order of its streams."""
    results = set()
    for index in range(len(list(interleaved(*story("0"))))):
        streams = story(somebody().number)
        events = list(interleaved(*streams))[index]
        if together:
            await house.hear(*events)
        else:
            for event in events:
                await house.hear(event)
        results.add(str(await what_is_left(house, events[0].patient_key)))
    assert await house.parked() == []
    return results


@pytest.mark.parametrize("together", [True, False])
async def test_a_death_at_home_ends_the_same_whatever_is_heard_first(house, together):
    def story(number: str):
        return tuple(stays_of(number)), (described(number), described(number, deceased=True))

    [left] = await left_after(house, story, together=together)

    expected = ["R01", "death-appointments", "death-equipment", "death-medicines"]
    assert left == str((["open", "withdrawn"], ["", "discharge-cancelled"], expected))


@pytest.mark.parametrize("together", [True, False])
async def test_a_readmission_ends_the_same_whatever_is_heard_first(house, together):
    def story(number: str):
        return tuple(stays_of(number)), (admitted(number),)

    [left] = await left_after(house, story, together=together)

    assert left == str((["open", "withdrawn"], ["", "discharge-cancelled"], ["R01"]))
