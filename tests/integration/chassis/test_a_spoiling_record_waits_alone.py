import pytest

from services.chassis.database import Database
from services.chassis.parking import parked_keys
from tests.integration.chassis.conftest import KEY, Records, a_discharge
from tests.integration.chassis.listening import Notebook

OTHER = "00000000000000000000000000000001"


@pytest.fixture
def notebook(referral: Database) -> Notebook:
    return Notebook(referral)


async def test_the_neighbours_of_a_poisonous_record_go_through(
    notebook: Notebook, records: Records
) -> None:
    notebook.poisonous = {"spell:13"}
    arrivals = [records.say(f"spell:{n}", 1, a_discharge(key=f"{n:032x}")) for n in range(50)]

    await notebook.consumer.handle(arrivals)

    assert len(await notebook.told()) == 49
    assert await notebook.parked() == [("poison", "ValueError")]


async def test_what_comes_after_poison_with_the_same_key_queues_behind_it(
    notebook: Notebook, records: Records
) -> None:
    notebook.poisonous = {"spell:a"}

    await notebook.consumer.handle([records.say("spell:a", 1), records.say("spell:b", 1)])
    await notebook.consumer.handle(
        [records.say("spell:a", 2), records.say("spell:c", 1, a_discharge(OTHER))]
    )

    assert await notebook.reasons() == ["poison", "behind", "behind"]
    assert await notebook.told("spell:c") == [1]

    notebook.poisonous = set()
    handled = await notebook.consumer.release("care.spells.v1", KEY, by="operator.zta")

    assert handled == 3
    assert await notebook.told("spell:a") == [1, 2]
    assert await notebook.told("spell:b") == [1]
    assert await notebook.parked() == []


async def test_a_release_stops_at_the_first_that_fails_again(
    notebook: Notebook, records: Records
) -> None:
    notebook.poisonous = {"spell:a"}
    await notebook.consumer.handle([records.say("spell:a", 1), records.say("spell:b", 1)])
    notebook.poisonous = {"spell:b"}

    handled = await notebook.consumer.release("care.spells.v1", KEY, by="operator.zta")

    assert handled == 1
    assert await notebook.told() == [1]
    assert await notebook.parked() == [("poison", "ValueError")]


async def test_a_record_that_was_parked_and_comes_again_waits_once(
    notebook: Notebook, records: Records
) -> None:
    notebook.poisonous = {"spell:a"}
    arrival = records.say("spell:a", 1)

    await notebook.consumer.handle([arrival])
    arrival.trouble = None
    await notebook.consumer.handle([arrival])

    assert await notebook.reasons() == ["poison"]


async def test_a_newer_version_waits_until_it_is_understood(
    notebook: Notebook, records: Records
) -> None:
    await notebook.consumer.handle(
        [
            records.say("spell:a", 1, dataschema="urn:baton:spell.discharged:9"),
            records.say("spell:a", 2),
        ]
    )

    assert await notebook.reasons() == ["schema", "behind"]


@pytest.mark.parametrize(
    ("key", "headers", "body"),
    [
        (KEY.encode(), [], b"{}"),
        (None, [("ce_id", None)], b"\xff\xfe"),
        (b"\xff\xff", [("ce_id", b"\xff\xff"), ("reply_to", b"victim")], None),
        (KEY.encode(), [("content-type", b"application/json")], b"{" * 10_000),
    ],
)
async def test_rubbish_is_parked_alone_and_holds_nobody(
    notebook: Notebook, records: Records, key: bytes | None, headers: list, body: bytes | None
) -> None:
    await notebook.consumer.handle(
        [records.record("care.spells.v1", key, headers, body), records.say("spell:a", 1)]
    )

    assert await notebook.reasons() == ["undecodable"]
    assert await notebook.told() == [1]


async def test_a_body_that_does_not_say_what_its_type_says_is_poison_and_its_words_are_not_repeated(
    notebook: Notebook, records: Records
) -> None:
    good = records.say("spell:a", 1)
    good.body = b'{"patient_key": "943 476 5919", "discharged_at": "943 476 5919"}'

    await notebook.consumer.handle([good])

    ((reason, error),) = await notebook.parked()
    assert reason == "poison"
    assert "discharged_at" in error
    assert "943" not in error


async def test_what_a_release_and_an_arrival_left_behind_is_swept_up(
    notebook: Notebook, records: Records, referral: Database
) -> None:
    notebook.poisonous = {"spell:a"}
    await notebook.consumer.handle([records.say("spell:a", 1), records.say("spell:b", 1)])
    await referral.pool.execute(
        "UPDATE parked SET resolved_at = now(), resolution = 'discarded', resolved_by = 'test', resolved_because = 'a test' WHERE reason = 'poison'"
    )

    await notebook.consumer.sweep()

    assert await notebook.told("spell:b") == [1]
    assert await notebook.parked() == []


async def test_an_operator_sees_each_key_once_with_its_oldest_record(
    notebook: Notebook, records: Records, referral: Database
) -> None:
    notebook.poisonous = {"spell:a"}
    await notebook.consumer.handle([records.say("spell:a", 1), records.say("spell:b", 1)])

    async with referral.reading() as connection:
        (key,) = await parked_keys(connection)

    assert (key.key, key.reason, key.records) == (KEY, "poison", 2)
