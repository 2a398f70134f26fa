import asyncio
import itertools
import random

import pytest

from schemas.patient import PatientDescribed
from services.chassis.database import Database
from services.chassis.errors import Transient
from tests.integration.chassis.conftest import KEY, Records
from tests.integration.chassis.listening import Notebook


@pytest.fixture
def notebook(referral: Database) -> Notebook:
    return Notebook(referral)


async def test_a_repeated_event_is_told_once(notebook: Notebook, records: Records) -> None:
    first = records.say("spell:a", 1)

    await notebook.consumer.handle([first, records.again(first)])
    await notebook.consumer.handle([records.again(first)])

    assert await notebook.told() == [1]
    assert await notebook.parked() == []


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3, 4])), ids=str)
async def test_any_order_of_arrival_is_told_in_the_order_of_the_stream(
    notebook: Notebook, records: Records, order: tuple[int, ...]
) -> None:
    for sequence in order:
        await notebook.consumer.handle([records.say("spell:a", sequence)])

    assert await notebook.told() == [1, 2, 3, 4]
    assert await notebook.parked() == []


async def test_a_gap_holds_its_own_stream_and_nobody_else(
    notebook: Notebook, records: Records
) -> None:
    await notebook.consumer.handle(
        [records.say("spell:a", 2), records.say("spell:b", 1), records.say("spell:a", 3)]
    )

    assert await notebook.told("spell:b") == [1]
    assert await notebook.told("spell:a") == []
    assert await notebook.reasons() == ["gap", "gap"]

    await notebook.consumer.handle([records.say("spell:a", 1)])

    assert await notebook.told("spell:a") == [1, 2, 3]
    assert await notebook.parked() == []


async def test_two_processes_with_the_same_records_tell_them_once(
    referral: Database, records: Records
) -> None:
    arrivals = [records.say(f"spell:{n}", 1) for n in range(20)]
    one, two = Notebook(referral), Notebook(referral)

    async def handle(notebook: Notebook) -> None:
        while True:
            try:
                await notebook.consumer.handle([records.again(a) for a in arrivals])
            except Transient:
                continue
            return

    await asyncio.gather(handle(one), handle(two))

    assert len(await one.told()) == 20
    assert await one.parked() == []


async def test_another_event_in_a_place_that_is_taken_goes_to_a_person(
    notebook: Notebook, records: Records
) -> None:
    await notebook.consumer.handle([records.say("spell:a", 1)])
    await notebook.consumer.handle([records.say("spell:a", 1), records.say("spell:a", 2)])

    assert await notebook.told() == [1, 2]
    assert await notebook.reasons() == ["conflict"]


async def test_a_snapshot_may_skip_what_compaction_removed(
    notebook: Notebook, records: Records
) -> None:
    description = PatientDescribed.model_validate(
        {"patient_key": KEY, "described_at": "2026-09-08T10:20:00Z"}
    )

    for sequence in (4, 9, 7):
        await notebook.consumer.handle([records.say(f"patient:{KEY}", sequence, description)])

    assert await notebook.told() == [4, 9]
    assert await notebook.parked() == []


async def test_a_tombstone_erases_its_key_after_what_came_before_it(
    notebook: Notebook, records: Records
) -> None:
    description = PatientDescribed.model_validate(
        {"patient_key": KEY, "described_at": "2026-09-08T10:20:00Z"}
    )

    await notebook.consumer.handle(
        [
            records.say(f"patient:{KEY}", 1, description),
            records.record("care.patients.v1", KEY.encode(), [], None),
        ]
    )

    assert await notebook.told() == [1]
    assert notebook.forgotten == [KEY]


async def test_a_type_that_nobody_taught_us_counts_and_is_passed_over(
    notebook: Notebook, records: Records
) -> None:
    await notebook.consumer.handle(
        [
            records.say("spell:a", 1, type="spell.sung", dataschema="urn:baton:spell.sung:1"),
            records.say("spell:a", 2),
        ]
    )

    assert await notebook.told() == [2]
    assert await notebook.parked() == []


async def test_a_batch_is_one_piece_of_work(notebook: Notebook, records: Records) -> None:
    streams = [f"spell:{n}" for n in range(100)]
    arrivals = [records.say(stream, sequence) for stream in streams for sequence in (1, 2, 3)]
    random.Random(7).shuffle(arrivals)
    arrivals.sort(key=lambda arrival: int(dict(arrival.headers)["ce_sequence"] or 0))

    await notebook.consumer.handle(arrivals)

    assert notebook.batches == [300]
