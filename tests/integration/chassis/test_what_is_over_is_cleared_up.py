import asyncio
from collections.abc import Iterable
from typing import Any

import asyncpg
import pytest
import structlog

from services.chassis import housekeeping
from services.chassis.database import Database, open_database
from services.chassis.housekeeping import Housekeeper
from services.chassis.ids import new_id
from services.chassis.keeping import CHASSIS, Clearing, Keeping
from services.chassis.metrics import registry
from services.chassis.settings import ServiceSettings
from tests.integration.chassis.conftest import Records, a_discharge
from tests.integration.chassis.listening import Notebook
from tests.support.eventually import eventually

SETTINGS = ServiceSettings(
    environment="test",
    http_port=0,
    session_secret="for a test",
    database_url="none",
    kafka_bootstrap="none",
    site_secret="for a test",
)


def keeper(database: Database, keeping: Iterable[Keeping] = CHASSIS, **given: Any) -> Housekeeper:
    return Housekeeper(database, keeping, SETTINGS.model_copy(update=given))


async def make_due(database: Database) -> None:
    await database.pool.execute(
        "UPDATE housekeeping SET succeeded_at = clock_timestamp() - interval '2 hours'"
    )


async def clear_up(database: Database, keeping: Iterable[Keeping] = CHASSIS) -> None:
    await make_due(database)
    assert await keeper(database, keeping).look()


_SAID = """
WITH said AS (
    INSERT INTO outbox (event_id, stream, sequence, topic, key, type, dataschema, occurred_at, correlation_id,
                        causation_id, body, recorded_at)
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
            || substr(md5(random()::text), 1, 19))::uuid,
           $1, n, 'care.spells.v1', 'k', 't', 's', at, gen_random_uuid(), gen_random_uuid(), 'x', at
    FROM generate_series(1, $3) AS n, LATERAL (SELECT clock_timestamp() - make_interval(days => $2) AS at)
    RETURNING event_id)
INSERT INTO outbox_pending (event_id) SELECT event_id FROM said WHERE NOT $4
"""


async def say(
    database: Database, stream: str, days_ago: int, *, published: bool = True, events: int = 1
) -> None:
    """Events that were said so many days ago."""
    await database.pool.execute(_SAID, stream, days_ago, events, published)


async def said(database: Database) -> dict[str, int]:
    """How many events of each stream are there."""
    rows = await database.pool.fetch("SELECT stream, count(*) AS n FROM outbox GROUP BY stream")
    return {row["stream"]: row["n"] for row in rows}


async def test_what_was_published_long_ago_goes_and_everything_else_stays(
    referral: Database,
) -> None:
    await say(referral, "old", 31)
    await say(referral, "young", 29)
    await say(referral, "unpublished", 40, published=False)

    await clear_up(referral)

    assert await said(referral) == {"young": 1, "unpublished": 1}
    assert await referral.pool.fetchval("SELECT count(*) FROM outbox_pending") == 1


async def test_an_event_stays_as_long_as_the_site_says(referral: Database) -> None:
    await say(referral, "old", 31)
    await make_due(referral)

    await keeper(referral, keep_outbox_days=40).look()

    assert await said(referral) == {"old": 1}


async def test_what_goes_goes_in_many_small_batches(
    referral: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "BATCH", 7)
    monkeypatch.setattr(housekeeping, "_SHORTEST_PAUSE", 0)
    await say(referral, "old", 31, events=50)
    await say(referral, "young", 1, events=5)
    before = registry.get_sample_value("baton_housekeeping_deleted_total", {"table": "outbox"})

    with structlog.testing.capture_logs() as lines:
        await clear_up(referral)

    assert await said(referral) == {"young": 5}
    after = registry.get_sample_value("baton_housekeeping_deleted_total", {"table": "outbox"})
    assert (after or 0) - (before or 0) == 50
    done = [line for line in lines if line["event"] == "housekeeping.done"]
    assert [line["deleted"]["outbox"] for line in done] == [50]


async def test_timers_go_after_they_rang_and_one_that_waits_stays(referral: Database) -> None:
    for subject, due, rung, cancelled in (
        ("rang", 400, 31, None),
        ("cancelled", 400, None, 31),
        ("rang-lately", 400, 29, None),
        ("waits", 400, None, None),
    ):
        await referral.pool.execute(
            """
            INSERT INTO timers (timer_id, kind, subject, due_at, rung_at, cancelled_at)
            VALUES ($1, $2, $1, clock_timestamp() - make_interval(days => $3),
                    clock_timestamp() - make_interval(days => $4), clock_timestamp() - make_interval(days => $5))
            """,
            new_id(),
            subject,
            due,
            rung,
            cancelled,
        )

    await clear_up(referral)

    kinds = await referral.pool.fetch(
        "SELECT kind FROM timers WHERE kind <> 'directory.day' ORDER BY kind"
    )
    assert {row["kind"] for row in kinds} >= {"rang-lately", "waits"}
    assert not {row["kind"] for row in kinds} & {"rang", "cancelled"}


async def test_a_parked_record_goes_a_year_after_it_was_resolved_and_never_while_it_waits(
    referral: Database, records: Records
) -> None:
    notebook = Notebook(referral)
    notebook.poisonous = {"spell:old", "spell:late", "spell:waits"}
    for name in ("old", "late", "waits"):
        key = f"{len(name):032x}" if name != "late" else "f" * 32
        await notebook.consumer.handle([records.say(f"spell:{name}", 1, a_discharge(key))])
    await referral.pool.execute(
        """
        UPDATE parked SET resolution = 'handled', resolved_by = 'op', parked_at = parked_at - interval '3 years',
            resolved_at = CASE stream WHEN 'spell:old' THEN clock_timestamp() - interval '366 days'
                                      WHEN 'spell:late' THEN clock_timestamp() - interval '364 days' END
        WHERE stream <> 'spell:waits'
        """
    )
    await referral.pool.execute("UPDATE parked SET parked_at = parked_at - interval '3 years'")

    await clear_up(referral)

    left = await referral.pool.fetch("SELECT stream FROM parked ORDER BY stream")
    assert [row["stream"] for row in left] == ["spell:late", "spell:waits"]


async def test_what_was_heard_is_not_done_again_when_every_mark_of_it_is_gone(
    referral: Database, records: Records
) -> None:
    """The place in each stream is kept for ever, so a replay of any age changes nothing."""
    notebook = Notebook(referral)
    first, second = records.say("spell:a", 1), records.say("spell:a", 2)
    notebook.poisonous = {"spell:a"}
    await notebook.consumer.handle([first])
    notebook.poisonous = set()
    await notebook.consumer.release("care.spells.v1", first.key, by="op")
    await notebook.consumer.handle([second])
    await referral.pool.execute("UPDATE inbox SET heard_at = heard_at - interval '9 years'")
    await referral.pool.execute("UPDATE parked SET resolved_at = resolved_at - interval '9 years'")

    await clear_up(referral)
    assert await referral.pool.fetchval("SELECT count(*) FROM parked") == 0
    first.trouble = None
    await notebook.consumer.handle([first, records.again(first), records.again(second)])

    assert await notebook.told() == [1, 2]
    assert await notebook.parked() == []


async def test_of_two_processes_one_clears_up_and_none_again_within_the_hour(
    referral: Database,
) -> None:
    await say(referral, "old", 31, events=2500)
    await make_due(referral)

    did = await asyncio.gather(keeper(referral).look(), keeper(referral).look())

    assert sorted(did) == [False, True]
    assert await said(referral) == {}
    await say(referral, "old", 31)
    assert not await keeper(referral).look()


async def test_a_database_that_was_filled_from_elsewhere_is_cleared_up_too(
    referral: Database,
) -> None:
    await referral.pool.execute("DELETE FROM housekeeping")

    assert await keeper(referral).look() is False

    await make_due(referral)
    assert await keeper(referral).look()


async def test_two_that_clear_up_at_once_do_no_harm(referral: Database, dsn: str) -> None:
    await say(referral, "old", 31, events=3000)
    await say(referral, "young", 1, events=30)
    twin = await open_database(dsn, "referral")
    [clearing] = [kept.clearing for kept in CHASSIS if kept.table == "outbox"]
    assert clearing is not None

    async def batches(database: Database) -> int:
        gone = 0
        while done := int((await database.pool.execute(clearing.sql, 30, 100)).split()[1]):
            gone += done
        return gone

    gone = await asyncio.gather(batches(referral), batches(twin))

    assert sum(gone) == 3000
    assert await said(referral) == {"young": 30}
    await twin.pool.close()


async def test_one_that_is_killed_on_the_way_leaves_whole_batches_and_another_goes_on(
    referral: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "BATCH", 100)
    await say(referral, "old", 31, events=1000)
    await make_due(referral)
    killed = asyncio.create_task(keeper(referral).run())

    async def some_are_gone() -> bool:
        return (await said(referral))["old"] <= 900

    await eventually(some_are_gone)
    killed.cancel()
    await asyncio.wait([killed])
    left = (await said(referral))["old"]
    assert left % 100 == 0
    assert left > 0

    assert not await keeper(referral).look(), "its minute is not over yet"
    await referral.pool.execute("UPDATE housekeeping SET held_until = clock_timestamp()")
    assert await keeper(referral).look()
    assert await said(referral) == {}


async def test_whoever_lost_the_right_to_clear_up_stops_and_counts_nothing_as_done(
    referral: Database,
) -> None:
    await say(referral, "old", 31)
    await make_due(referral)
    one = keeper(referral)

    gone = await one.clear_up()

    assert gone == {}
    assert await said(referral) == {"old": 1}
    assert await referral.pool.fetchval(
        "SELECT succeeded_at < clock_timestamp() - interval '1 hour' FROM housekeeping"
    )


async def test_a_table_that_fails_is_named_and_the_others_are_cleared(referral: Database) -> None:
    await say(referral, "old", 31)
    broken = Keeping("nowhere", "", "", clearing=Clearing("DELETE FROM nowhere WHERE $1 < $2", 1))

    with structlog.testing.capture_logs() as lines:
        await clear_up(referral, (broken, *CHASSIS))

    assert await said(referral) == {}
    assert {"event": "housekeeping.failed", "table": "nowhere"}.items() <= lines[0].items()
    age = registry.get_sample_value("baton_housekeeping_age_seconds")
    assert age is not None
    assert age > 3600, "a round that was not whole does not count"


class Flaky:
    """A pool to a database that is away the first few times it is asked."""

    def __init__(self, pool: asyncpg.Pool, times: int) -> None:
        self._pool = pool
        self.times = times

    async def fetchval(self, *asked: object) -> object:
        self.times -= 1
        if self.times >= 0:
            raise asyncpg.CannotConnectNowError
        return await self._pool.fetchval(*asked)

    def __getattr__(self, name: str) -> object:
        return getattr(self._pool, name)


async def test_the_database_may_be_away_for_a_while(
    referral: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "_LOOK_EVERY", 0.05)
    await say(referral, "old", 31)
    await make_due(referral)
    flaky = Flaky(referral.pool, 3)
    running = asyncio.create_task(keeper(Database(flaky, "referral")).run())  # type: ignore[arg-type]

    async def gone() -> bool:
        return await said(referral) == {}

    await eventually(gone)
    assert flaky.times < 0
    running.cancel()
