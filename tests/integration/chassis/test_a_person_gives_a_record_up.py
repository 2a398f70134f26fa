"""`baton parked discard`: one record is given up for a reason, and everybody behind it gets their turn."""

import asyncio
import hashlib
import json
from uuid import UUID

import asyncpg
import pytest
from httpx2 import ASGITransport, AsyncClient

from schemas.patient import PatientDescribed
from services.chassis.arrival import Arrival
from services.chassis.consumer import Consumer, Subscription
from services.chassis.database import Database
from services.chassis.discarding import discard, meaning
from services.chassis.errors import Refusal
from services.chassis.parked_operations import parked_operations
from services.chassis.parking import parked_keys
from services.chassis.web import create_app
from tests.integration.chassis.conftest import KEY, Records, a_discharge
from tests.integration.chassis.listening import Notebook
from tests.support.web import some_settings

BY, BECAUSE = "Robin Ashe", "Sent by a test system; the ward was rung"
TOKEN = "an operator's token"


@pytest.fixture
def notebook(referral: Database) -> Notebook:
    return Notebook(referral)


async def give_up(notebook: Notebook, parked_id: UUID, by: str = BY) -> tuple[int, int]:
    async with notebook.database.unit_of_work() as unit:
        return await discard(unit, notebook.consumer, parked_id, by=by, because=BECAUSE)


async def waiting(notebook: Notebook, reason: str = "poison") -> UUID:
    found: UUID = await notebook.database.pool.fetchval(
        "SELECT parked_id FROM parked WHERE resolved_at IS NULL AND reason = $1", reason
    )
    return found


async def a_held_key(notebook: Notebook, records: Records) -> Arrival:
    """Poison at number 1 of one stream, with number 2 and another stream of the same patient behind it."""
    poison = records.say("spell:a", 1)
    notebook.poisonous = {"spell:a"}
    await notebook.consumer.handle([poison, records.say("spell:b", 1)])
    await notebook.consumer.handle([records.say("spell:a", 2), records.say("spell:b", 2)])
    notebook.poisonous = set()
    return poison


async def test_what_waited_behind_it_follows_in_order(notebook: Notebook, records: Records) -> None:
    await a_held_key(notebook, records)

    assert await give_up(notebook, await waiting(notebook)) == (3, 0)

    assert await notebook.told("spell:a") == [2]
    assert await notebook.told("spell:b") == [1, 2]
    assert await notebook.parked() == []
    await notebook.consumer.handle([records.say("spell:a", 3)])
    assert await notebook.told("spell:a") == [2, 3]


async def test_the_record_stays_with_who_decided_when_and_why(
    notebook: Notebook, records: Records
) -> None:
    poison = await a_held_key(notebook, records)
    parked_id = await waiting(notebook)

    await give_up(notebook, parked_id)

    row = await notebook.database.pool.fetchrow(
        "SELECT * FROM parked WHERE parked_id = $1", parked_id
    )
    assert row["body"] == poison.body
    assert (row["resolution"], row["reason"]) == ("discarded", "poison")
    assert (row["resolved_by"], row["resolved_because"]) == (BY, BECAUSE)
    assert row["resolved_at"] >= row["parked_at"]


async def test_a_record_that_was_given_up_and_comes_again_is_a_repeat(
    notebook: Notebook, records: Records
) -> None:
    poison = await a_held_key(notebook, records)
    await give_up(notebook, await waiting(notebook))

    poison.trouble = None
    await notebook.consumer.handle([poison, records.again(poison)])

    assert await notebook.told("spell:a") == [2]
    assert await notebook.parked() == []


async def test_a_repeat_of_it_that_waits_behind_it_goes_with_it(
    notebook: Notebook, records: Records
) -> None:
    notebook.poisonous = {"spell:a"}
    poison = records.say("spell:a", 1)
    await notebook.consumer.handle([poison])
    await notebook.consumer.handle([records.again(poison), records.say("spell:a", 2)])
    notebook.poisonous = set()

    await give_up(notebook, await waiting(notebook))

    assert await notebook.told() == [2]
    assert await notebook.parked() == []


async def test_the_next_that_fails_holds_those_behind_it_as_before(
    notebook: Notebook, records: Records
) -> None:
    await a_held_key(notebook, records)
    notebook.poisonous = {"spell:b"}

    _, left = await give_up(notebook, await waiting(notebook))

    assert left >= 2
    assert await notebook.told("spell:b") == []
    assert sorted(set(await notebook.reasons())) == ["behind", "poison"]
    notebook.poisonous = set()
    await notebook.consumer.release("care.spells.v1", KEY, by="op")
    assert await notebook.told("spell:b") == [1, 2]
    assert await notebook.told("spell:a") == [2]


@pytest.mark.parametrize("reason", ["behind", "gap"])
async def test_a_record_with_which_nothing_is_wrong_cannot_be_given_up(
    notebook: Notebook, records: Records, reason: str
) -> None:
    await a_held_key(notebook, records)
    if reason == "gap":
        await notebook.consumer.handle([records.say("spell:c", 2, a_discharge("c" * 32))])
    before = await notebook.parked()

    with pytest.raises(Refusal, match="waits for an earlier one"):
        await give_up(notebook, await waiting(notebook, reason))

    assert await notebook.parked() == before
    assert await notebook.told() == []


async def test_an_erasure_cannot_be_given_up(notebook: Notebook, records: Records) -> None:
    async def fails(*_: object) -> None:
        raise ValueError

    subscription = Subscription((PatientDescribed,), fails, forget=fails)
    tombstone = records.record("care.patients.v1", KEY.encode(), [], None)
    await Consumer(notebook.database, subscription).handle([tombstone])

    with pytest.raises(Refusal, match="erases what is known of somebody"):
        await give_up(notebook, await waiting(notebook, "undecodable"))

    await notebook.consumer.release("care.patients.v1", KEY, by="op")
    assert notebook.forgotten == [KEY]


async def test_rubbish_is_given_up_alone_and_moves_no_stream(
    notebook: Notebook, records: Records
) -> None:
    await notebook.consumer.handle([records.record("care.spells.v1", None, [], b"\xff")])

    assert await give_up(notebook, await waiting(notebook, "undecodable")) == (0, 0)

    assert await notebook.parked() == []
    assert await notebook.database.pool.fetchval("SELECT count(*) FROM inbox") == 0


async def test_a_body_that_nobody_can_read_gives_way_to_the_next(
    notebook: Notebook, records: Records
) -> None:
    broken = records.say("spell:a", 1)
    broken.body = b"{}"
    await notebook.consumer.handle([broken, records.say("spell:a", 2)])

    assert await give_up(notebook, await waiting(notebook)) == (1, 0)
    assert await notebook.told() == [2]


async def test_of_two_operators_at_once_one_decides(notebook: Notebook, records: Records) -> None:
    await a_held_key(notebook, records)
    parked_id = await waiting(notebook)

    answers = await asyncio.gather(
        give_up(notebook, parked_id, "Ash"),
        give_up(notebook, parked_id, "Bo"),
        return_exceptions=True,
    )

    assert [answer for answer in answers if not isinstance(answer, Refusal)] == [(3, 0)]
    assert sum(isinstance(answer, Refusal) for answer in answers) == 1
    assert await notebook.told("spell:a") == [2]
    assert await notebook.told("spell:b") == [1, 2]


async def test_one_who_discards_and_one_who_releases_at_once_do_each_record_once(
    notebook: Notebook, records: Records
) -> None:
    await a_held_key(notebook, records)
    parked_id = await waiting(notebook)

    answers = await asyncio.gather(
        give_up(notebook, parked_id),
        notebook.consumer.release("care.spells.v1", KEY, by="op"),
        notebook.consumer.handle([records.say("spell:a", 3)]),
        return_exceptions=True,
    )
    await notebook.consumer.sweep()

    assert not [answer for answer in answers if isinstance(answer, Exception)] or any(
        isinstance(answer, Refusal) for answer in answers
    )
    assert await notebook.told("spell:b") == [1, 2]
    assert await notebook.told("spell:a") in ([1, 2, 3], [2, 3])
    assert await notebook.parked() == []


async def test_the_database_takes_no_discarding_without_a_reason(
    notebook: Notebook, records: Records
) -> None:
    await a_held_key(notebook, records)

    with pytest.raises(asyncpg.CheckViolationError, match="parked_is_discarded_for_a_reason"):
        async with notebook.database.unit_of_work() as unit:
            await discard(unit, notebook.consumer, await waiting(notebook), by="Ash", because="")

    assert await notebook.told() == []


async def test_the_list_names_the_record_that_holds_the_others_and_what_discarding_means(
    notebook: Notebook, records: Records
) -> None:
    early = records.say("spell:z", 2)
    await notebook.consumer.handle([early])
    await a_held_key(notebook, records)

    async with notebook.database.reading() as connection:
        [key] = await parked_keys(connection)

    assert key.parked_id == await waiting(notebook)
    assert meaning(key) == "gives up this record for good; 4 records behind it follow in order"


@pytest.fixture
async def operator(notebook: Notebook) -> AsyncClient:
    tokens = [
        {
            "sha256": hashlib.sha256(TOKEN.encode()).hexdigest(),
            "ref": "operator:site",
            "roles": ["operator"],
        }
    ]
    app = create_app("referral", some_settings(api_tokens=json.dumps(tokens)), "Baton")
    app.include_router(
        parked_operations(notebook.database, notebook.consumer), prefix="/operations"
    )
    return AsyncClient(
        transport=ASGITransport(app=app),
        base_url="http://referral.test",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )


@pytest.mark.parametrize(
    "body", [{}, {"by": "Ash"}, {"by": "Ash", "reason": "  "}, {"by": "", "reason": "Because"}]
)
async def test_without_a_reason_and_a_name_nothing_is_given_up(
    notebook: Notebook, records: Records, operator: AsyncClient, body: dict[str, str]
) -> None:
    await a_held_key(notebook, records)

    answer = await operator.post(f"/operations/parked/{await waiting(notebook)}/discard", json=body)

    assert answer.status_code == 422
    assert len(await notebook.parked()) == 4


async def test_who_gave_what_up_and_why_can_be_looked_at_afterwards(
    notebook: Notebook, records: Records, operator: AsyncClient
) -> None:
    await a_held_key(notebook, records)
    parked_id = await waiting(notebook)

    said = await operator.post(
        f"/operations/parked/{parked_id}/discard", json={"by": BY, "reason": f" {BECAUSE} "}
    )
    again = await operator.post(
        f"/operations/parked/{parked_id}/discard", json={"by": BY, "reason": BECAUSE}
    )

    assert said.json() == {"handled": 3, "left": 0}
    assert again.status_code == 404
    [row] = (await operator.get("/operations/parked/discarded")).json()
    assert row["parked_id"] == str(parked_id)
    assert row["resolved_by"] == f"{BY} (operator:site)"
    assert row["resolved_because"] == BECAUSE
    assert "body" not in row
