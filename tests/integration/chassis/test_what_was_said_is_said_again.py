"""`baton replay`: published once more, in order, and no news to whoever has heard it."""

import hashlib
import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from httpx2 import ASGITransport, AsyncClient

from schemas.patient import PatientDescribed
from services.chassis import outbox, replay
from services.chassis.arrival import Arrival
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.keeping import CHASSIS
from services.chassis.replay import Wanted
from services.chassis.replay_operations import replay_operations
from services.chassis.unit_of_work import Cause
from services.chassis.web import create_app
from tests.integration.chassis.conftest import KEY, a_discharge
from tests.integration.chassis.listening import Notebook
from tests.support.web import some_settings

TOKEN = "an operator's token"


async def say(database: Database, stream: str, *sequences: int) -> None:
    async with database.unit_of_work() as unit:
        for sequence in sequences:
            unit.publish(
                a_discharge(),
                stream=stream,
                sequence=sequence,
                cause=Cause(new_id(), new_id()),
                occurred_at=unit.now,
            )


async def publish(database: Database) -> list[Arrival]:
    """What waits, as records; it waits no longer."""
    async with database.unit_of_work() as unit:
        letters = await outbox.read_pending(unit.connection, "/baton/discharge", 1000)
        await unit.connection.execute("DELETE FROM outbox_pending")
    return [
        Arrival(letter.topic, 0, n, KEY.encode(), list(letter.envelope.headers()), letter.body)
        for n, letter in enumerate(letters)
    ]


def places(records: list[Arrival]) -> list[tuple[str, int]]:
    said = [dict(record.headers) for record in records]
    return [(one["ce_subject"].decode(), int(one["ce_sequence"])) for one in said]  # type: ignore[union-attr,arg-type]


async def now(database: Database) -> datetime:
    found: datetime = await database.pool.fetchval("SELECT clock_timestamp()")
    return found


async def again(
    database: Database, since: datetime, until: datetime, stream: str | None = None
) -> int:
    said, last = 0, None
    while True:
        async with database.unit_of_work() as unit:
            wanted = Wanted(since, until, stream)
            events, last = await replay.say_again(unit.connection, wanted, last)
        if not events:
            return said
        said += events


async def test_it_is_published_again_in_order_with_its_ids(
    discharge: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "AT_ONCE", 2)
    await say(discharge, "spell:old", 1)
    await publish(discharge)
    since = await now(discharge)
    await say(discharge, "spell:a", 1, 2)
    await say(discharge, "spell:b", 1)
    await say(discharge, "spell:a", 3)
    first = await publish(discharge)
    until = await now(discharge)
    await say(discharge, "spell:c", 1)
    later = await publish(discharge)

    assert await again(discharge, since, until) == 4

    repeated = await publish(discharge)
    assert [record.headers for record in repeated] == [record.headers for record in first]
    assert places(repeated) == [("spell:a", 1), ("spell:a", 2), ("spell:b", 1), ("spell:a", 3)]
    assert places(later) == [("spell:c", 1)]


async def test_whoever_has_heard_it_takes_no_notice_and_whoever_lost_it_catches_up(
    discharge: Database, referral: Database
) -> None:
    since = await now(discharge)
    await say(discharge, "spell:a", 1, 2)
    await say(discharge, "spell:b", 1, 2, 3)
    records = await publish(discharge)
    notebook = Notebook(referral)
    lost = {("spell:b", 2), ("spell:b", 3)}
    heard = [r for r, place in zip(records, places(records), strict=True) if place not in lost]
    await notebook.consumer.handle(heard)
    assert await notebook.told("spell:b") == [1]

    for _ in range(2):
        await again(discharge, since, await now(discharge))
        await notebook.consumer.handle(await publish(discharge))

    assert await notebook.told("spell:a") == [1, 2]
    assert await notebook.told("spell:b") == [1, 2, 3]
    assert await notebook.parked() == []


async def test_one_stream_alone_can_be_said_again(discharge: Database) -> None:
    since = await now(discharge)
    await say(discharge, "spell:a", 1)
    await say(discharge, "spell:b", 1)
    await publish(discharge)

    await again(discharge, since, await now(discharge), "spell:b")

    assert places(await publish(discharge)) == [("spell:b", 1)]


async def test_what_waits_already_is_not_put_on_the_list_twice(discharge: Database) -> None:
    since = await now(discharge)
    await say(discharge, "spell:a", 1)

    assert await again(discharge, since, await now(discharge)) == 0
    assert places(await publish(discharge)) == [("spell:a", 1)]


async def test_of_descriptions_only_the_latest_is_said_again(discharge: Database) -> None:
    since = await now(discharge)
    for sequence in (1, 2, 3):
        async with discharge.unit_of_work() as unit:
            described = PatientDescribed(patient_key=KEY, described_at=unit.now)
            cause = Cause(new_id(), new_id())
            unit.publish(
                described, stream="patient:a", sequence=sequence, cause=cause, occurred_at=unit.now
            )
        await publish(discharge)

    await again(discharge, since, await now(discharge))

    assert places(await publish(discharge)) == [("patient:a", 3)]


async def test_housekeeping_and_a_replay_at_once_leave_no_hole(discharge: Database) -> None:
    since = await now(discharge)
    await say(discharge, "spell:a", 1)
    await publish(discharge)
    [clearing] = [kept.clearing for kept in CHASSIS if kept.table == "outbox"]
    assert clearing is not None

    async with discharge.unit_of_work() as unit:
        wanted = Wanted(since, unit.now + timedelta(days=1))
        await replay.say_again(unit.connection, wanted, None)
        assert await discharge.pool.execute(clearing.sql, -2, 1000) == "DELETE 0"
    assert await discharge.pool.execute(clearing.sql, -2, 1000) == "DELETE 0"

    assert places(await publish(discharge)) == [("spell:a", 1)]


async def test_old_events_that_are_said_again_are_no_backlog(discharge: Database) -> None:
    since = await now(discharge)
    await say(discharge, "spell:a", 1)
    await publish(discharge)
    await discharge.pool.execute("UPDATE outbox SET recorded_at = recorded_at - interval '1 hour'")

    await again(discharge, since - timedelta(hours=2), await now(discharge))

    async with discharge.reading() as connection:
        assert await outbox.backlog(connection) == (1, 0.0)


async def test_an_operator_counts_first(discharge: Database) -> None:
    tokens = [
        {
            "sha256": hashlib.sha256(TOKEN.encode()).hexdigest(),
            "ref": "operator:site",
            "roles": ["operator"],
        }
    ]
    app = create_app("discharge", some_settings(api_tokens=json.dumps(tokens)), "Baton")
    app.include_router(replay_operations(discharge), prefix="/operations")
    client = AsyncClient(
        transport=ASGITransport(app=app),
        base_url="http://discharge.test",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    asked = {"since": (await now(discharge)).isoformat()}
    await say(discharge, "spell:a", 1, 2)
    await publish(discharge)

    counted = (await client.post("/operations/replay/count", json=asked)).json()
    assert counted["events"] == 2
    assert await publish(discharge) == []
    said = (
        await client.post("/operations/replay", json=asked | {"until": counted["until"]})
    ).json()
    rest = asked | {"until": counted["until"], "after": said["last"]}

    assert said["events"] == 2
    assert UUID(said["last"])
    assert (await client.post("/operations/replay", json=rest)).json() == {
        "events": 0,
        "last": None,
    }
    assert len(await publish(discharge)) == 2
    without_zone = await client.post("/operations/replay", json={"since": "2026-11-20T09:30:00"})
    assert without_zone.status_code == 422
