"""In whatever order the topics are heard, and in however many batches: the same work is left to do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from schemas.document import DocumentAnswered
from schemas.event import Event
from schemas.spell import Coding, SpellDischarged
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


def answered(event: SpellDischarged, answer: str, at: datetime) -> DocumentAnswered:
    """What the practice says about the summary of a stay."""
    return DocumentAnswered(
        patient_key=event.patient_key,
        spell_id=event.spell_id,
        answer=answer,
        answered_by="Z90001",
        answered_at=at,
    )


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


@pytest.mark.parametrize("together", [True, False])
async def test_what_the_practice_answered_counts_whatever_is_heard_first(house, together):
    """Its answers come on another topic than the discharge, and may come before it."""

    def story(number: str):
        stay = discharged(number, discharged_at=LEFT)
        received = answered(stay, "20013", LEFT + timedelta(hours=1))
        return (
            (stay, corrected(stay, diagnoses=ASTHMA)),
            (received, answered(stay, "30001", LEFT + timedelta(hours=2))),
        )

    [left] = await left_after(house, story, together=together)

    assert left == str((["open"], [""], ["R06", "R09", "R14", "R26"]))
    weeks = "SELECT DISTINCT anchored_at FROM tasks WHERE rule_id = 'R06'"
    assert [row["anchored_at"] for row in await house.pool.fetch(weeks)] == [
        LEFT + timedelta(hours=1)
    ]


@pytest.mark.parametrize("together", [True, False])
async def test_an_answer_about_a_cancelled_discharge_proves_nothing_of_the_next(house, together):
    def story(number: str):
        first, cancel, again, _ = stays_of(number)
        return (first, cancel, again), (answered(first, "20013", LEFT + timedelta(hours=1)),)

    results = await left_after(house, story, together=together)

    assert all("R01" in left for left in results)
