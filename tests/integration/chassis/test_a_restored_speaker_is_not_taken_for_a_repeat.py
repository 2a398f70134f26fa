"""A service that was restored from a backup counts its streams anew: nobody takes its news for repeats in silence."""

from uuid import UUID

import pytest

from schemas.patient import PatientDescribed
from services.chassis import inbox
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.inbox import OvertakenError
from tests.integration.chassis.conftest import KEY, Records
from tests.integration.chassis.listening import Notebook

STREAM = f"patient:{KEY}"


def minutes_ago(minutes: float) -> UUID:
    """An id as it would have been made then."""
    return UUID(int=new_id().int - (int(minutes * 60_000) << 80))


@pytest.fixture
def notebook(referral: Database) -> Notebook:
    return Notebook(referral)


def a_description() -> PatientDescribed:
    return PatientDescribed.model_validate(
        {"patient_key": KEY, "described_at": "2026-09-08T10:20:00Z"}
    )


async def test_news_in_a_place_that_was_passed_waits_in_front_of_a_person(
    notebook: Notebook, records: Records
) -> None:
    for sequence in (1, 2, 3):
        said = records.say("spell:a", sequence, event_id=minutes_ago(60 - sequence))
        await notebook.consumer.handle([said])

    await notebook.consumer.handle([records.say("spell:a", 2)])

    assert await notebook.told() == [1, 2, 3]
    assert await notebook.reasons() == ["conflict"]


async def test_a_description_after_a_restore_counts_and_the_stream_goes_on_from_there(
    notebook: Notebook, records: Records
) -> None:
    old = records.say(STREAM, 9, a_description(), event_id=minutes_ago(60))
    await notebook.consumer.handle([old])

    await notebook.consumer.handle([records.say(STREAM, 4, a_description())])
    await notebook.consumer.handle([records.say(STREAM, 5, a_description())])

    assert await notebook.told() == [9, 4, 5]
    assert await notebook.parked() == []


async def test_an_old_record_that_comes_again_is_a_repeat_whatever_the_clocks_say(
    notebook: Notebook, records: Records
) -> None:
    ahead = records.say("spell:a", 1, event_id=minutes_ago(59.5))
    behind = records.say("spell:a", 2, event_id=minutes_ago(60))
    await notebook.consumer.handle([ahead, behind])

    await notebook.consumer.handle([records.again(ahead), records.again(behind)])

    assert await notebook.told() == [1, 2]
    assert await notebook.parked() == []


async def test_who_thinks_to_be_first_in_a_stream_looks_again_though_they_have_heard_more(
    referral: Database, records: Records
) -> None:
    """Two processes hold a partition for a moment: one heard 1 and 2, the other 1 to 3."""
    envelopes = [records.say("spell:a", n, event_id=minutes_ago(9 - n)) for n in (1, 2, 3)]
    for arrival in envelopes:
        Notebook(referral).consumer.read(arrival)
    async with referral.unit_of_work() as slow:
        believed = await inbox.lock(slow.connection, ["spell:a"])
        async with referral.unit_of_work() as quick:
            heard = await inbox.lock(quick.connection, ["spell:a"])
            heard["spell:a"].note(envelopes[1].envelope)
            await inbox.claim(quick.connection, heard)

        believed["spell:a"].note(envelopes[2].envelope)
        with pytest.raises(OvertakenError):
            await inbox.claim(slow.connection, believed)
