import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import structlog

from services.chassis import log
from services.chassis.unit_of_work import UnitOfWork
from services.discharge.domain.feeds import slot_of
from services.discharge.inbound.feed_watch import FeedWatch
from services.discharge.inbound.profiles.load import read_profiles, usual_profiles
from services.discharge.outbound.feed_policy import bank_holidays, read_feed_policy
from services.discharge.outbound.feeds import PostgresFeeds
from services.discharge.outbound.message_list import first_id
from services.discharge.usecases.watch_feeds import Look, watch_feeds
from tests.integration.discharge.conftest import HOSPITAL, OPERATOR, Ward, bearer
from tests.support.postgres import Database as Site

HOLIDAYS = bank_holidays(2025, datetime.now(UTC).year + 1)


def ago(**much: float) -> datetime:
    """That long before this very moment: a run takes minutes, and after five of them nobody was there to hear."""
    return datetime.now(UTC) - timedelta(**much)


@pytest.fixture(autouse=True)
async def nobody_else_watches(ward: Ward) -> None:
    """The watch of the running service stops, so that a test looks when it wants to."""
    watch = ward.loops["feeds"]
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    before = structlog.get_config()
    stream = io.StringIO()
    log.configure("discharge", "INFO", stream=stream)
    yield stream
    structlog.configure(**before)


def a_watch(ward: Ward) -> FeedWatch:
    return FeedWatch(ward.database, PostgresFeeds(), read_feed_policy(), HOLIDAYS, usual_profiles())


async def came(
    ward: Ward, minutes_ago: float, *, count: int = 1, answer: str = "AA", **more: Any
) -> None:
    """Messages that were stored some time ago."""
    received = ago(minutes=minutes_ago)
    told = {"organisation": "ZTA", "application": "PAS", "happened_at": received} | more
    for _ in range(count):
        await ward.database.pool.execute(
            """
            INSERT INTO source_messages (
                message_id, received_at, dialect, arrived_by, handed_in_by, organisation, application,
                control_id, event, digest, body, answer, error, place, reason, clash, flags,
                happened_at, said)
            VALUES ($1, $2, 'hl7v2', 'mllp', '', $3, $4, $5, 'A03', $6, '', $7, $8, '', '', false, '{}',
                    $9, '[]')
            """,
            UUID(int=first_id(received).int + uuid4().int % 2**80),
            received,
            told["organisation"],
            told["application"],
            uuid4().hex,
            uuid4().bytes,
            answer,
            0 if answer == "AA" else 101,
            told["happened_at"],
        )


async def counted_until(
    ward: Ward, minutes_ago: float, *, heard_since: float = 10_000, now: datetime | None = None
) -> None:
    now = now or datetime.now(UTC)
    await ward.database.pool.execute(
        "UPDATE feed_count SET counted_until = $1, heard_since = $2",
        now - timedelta(minutes=minutes_ago),
        now - timedelta(minutes=heard_since),
    )


async def a_past(
    ward: Ward, per_hour: int, weeks: int = 5, refused: int = 0, now: datetime | None = None
) -> None:
    """A source that has sent so much in every hour of the weeks before, and nothing for forty minutes."""
    now = now or datetime.now(UTC)
    begun = now - timedelta(weeks=weeks)
    await ward.database.pool.execute(
        """
        INSERT INTO feeds (organisation, application, first_message_at, last_message_at,
                           recent_messages, recent_refused, recent_late)
        VALUES ('ZTA', 'PAS', $1, $2, 0, 0, 0)
        """,
        begun,
        now - timedelta(minutes=40),
    )
    await ward.database.pool.execute(
        """
        INSERT INTO feed_hours
        SELECT 'ZTA', 'PAS', hour, $2, $3
        FROM generate_series(date_trunc('hour', $1::timestamptz, 'UTC'), $4, interval '1 hour') AS hour
        """,
        begun,
        per_hour,
        refused,
        now,
    )


@asynccontextmanager
async def another_time(site: Site, moment: datetime) -> AsyncIterator[UnitOfWork]:
    """A transaction whose database takes it to be that moment."""
    path = {"search_path": "another_time, pg_catalog, discharge"}
    connection = await asyncpg.connect(site.dsn, server_settings=path)
    try:
        await connection.execute(
            f"""
            CREATE SCHEMA IF NOT EXISTS another_time;
            CREATE OR REPLACE FUNCTION another_time.clock_timestamp() RETURNS timestamptz
                LANGUAGE sql AS $$ SELECT timestamptz '{moment.isoformat()}' $$
            """
        )
        async with connection.transaction():
            yield UnitOfWork(connection, "discharge", moment)
    finally:
        await connection.close()


async def a_look(site: Site, moment: datetime) -> Look:
    """What the watch finds at that moment."""
    feeds, policy = PostgresFeeds(), read_feed_policy()
    async with another_time(site, moment) as unit:
        usual = await feeds.usual(unit.connection, policy.weeks, policy.weeks_needed, HOLIDAYS)
        return await watch_feeds(unit, feeds, usual, lambda *_: None, HOLIDAYS, policy)


async def shown(ward: Ward, token: str = OPERATOR) -> list[dict[str, Any]]:
    answer = await ward.http.get("/intake/feeds", headers=bearer(token))
    assert answer.status_code == 200
    feeds: list[dict[str, Any]] = answer.json()
    return feeds


async def test_messages_are_counted_once_and_by_the_hour(ward: Ward):
    await counted_until(ward, 4)
    await came(ward, 3, count=3)
    await came(ward, 2.5, count=2, application="EPR")
    watch = a_watch(ward)

    await watch.look()
    await watch.look()

    rows = await ward.database.pool.fetch(
        "SELECT application, sum(messages)::int AS messages FROM feed_hours GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [("EPR", 2), ("PAS", 3)]
    feeds = await shown(ward)
    assert {each["application"]: each["state"] for each in feeds} == {"EPR": "new", "PAS": "new"}


async def test_a_source_that_should_have_spoken_is_silent_and_is_heard_again(
    ward: Ward, lines: io.StringIO
):
    await a_past(ward, per_hour=60)
    await counted_until(ward, 2)
    watch = a_watch(ward)

    await watch.look()

    [feed] = await shown(ward)
    assert feed["state"] == "silent"
    assert 15 < feed["expected_since_last"] < 25
    metrics = (await ward.http.get("/metrics")).text
    assert 'baton_feed_silent{source="ZTA/PAS"} 1.0' in metrics
    assert 'baton_feed_expected_per_hour{source="ZTA/PAS"} 60.0' in metrics
    assert lines.getvalue().count("feed.silent") == 1

    await came(ward, 2)
    await counted_until(ward, 3)
    await watch.look()

    [feed] = await shown(ward)
    assert feed["state"] == "flowing"
    assert "feed.speaks_again" in lines.getvalue()
    assert 'baton_feed_silent{source="ZTA/PAS"} 0.0' in (await ward.http.get("/metrics")).text


@pytest.mark.parametrize(
    "now",
    [
        "2026-11-22T05:00:01",  # a Sunday
        "2026-11-22T05:01",
        "2026-11-22T05:06",
        "2026-11-22T05:20",
        "2026-11-22T05:40",
        "2026-11-22T05:59:59",
        "2026-11-23T00:00:30",  # a Monday that has just begun
        "2026-12-28T10:06",  # a bank holiday
        "2026-12-29T00:06",  # just after it
        "2026-03-29T01:06",  # the clocks have just gone forward
        "2026-10-25T01:06",  # the clocks have just gone back
        "2026-11-01T01:06",  # a week later: this hour came twice
    ],
)
async def test_a_silence_is_noticed_at_every_minute_of_every_day(ward: Ward, site: Site, now: str):
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    await a_past(ward, per_hour=60, now=moment)
    await counted_until(ward, 2, now=moment)

    [turn] = (await a_look(site, moment)).turns

    assert turn.change == "feed.silent"
    assert turn.verdict.expected_per_hour == 60
    assert turn.verdict.expected_since_last == pytest.approx(19.5)  # half of those of 39 minutes


async def test_when_we_were_away_ourselves_nobody_is_called_silent(ward: Ward):
    await a_past(ward, per_hour=60)
    await counted_until(ward, 30)

    await a_watch(ward).look()

    [feed] = await shown(ward)
    assert feed["state"] == "flowing"


async def test_a_new_source_is_silent_when_its_profile_says_so(ward: Ward, tmp_path: Path):
    (tmp_path / "zta.yaml").write_text(
        """
        id: zta
        name: ZTA
        senders: [{organisation: ZTA, application: PAS}]
        expected: {messages_per_hour: 12, quiet_after_minutes: 5}
        """
    )
    await counted_until(ward, 4.5)
    await came(ward, 4)
    await came(ward, 4, application="EPR")
    watch = FeedWatch(
        ward.database, PostgresFeeds(), read_feed_policy(), HOLIDAYS, read_profiles(tmp_path)
    )

    await watch.look()
    assert [feed["state"] for feed in await shown(ward)] == ["new", "flowing"]

    await ward.database.pool.execute(
        "UPDATE feeds SET last_message_at = last_message_at - interval '5 minutes'"
    )
    await counted_until(ward, 2)
    await watch.look()

    assert {feed["application"]: feed["state"] for feed in await shown(ward)} == {
        "PAS": "silent",
        "EPR": "new",
    }


async def test_one_flood_does_not_make_the_next_quiet_a_silence(ward: Ward, site: Site):
    moment = datetime(2026, 11, 22, 5, 6, tzinfo=UTC)
    await a_past(ward, per_hour=1, now=moment)
    await ward.database.pool.execute(
        "UPDATE feed_hours SET messages = 5000 WHERE hour BETWEEN $1 AND $2",
        moment - timedelta(days=7, hours=3),
        moment - timedelta(days=7, hours=-3),
    )
    await counted_until(ward, 2, now=moment)

    assert (await a_look(site, moment)).turns == ()

    [feed] = await shown(ward)
    assert feed["expected_per_hour"] == 1


async def test_a_surge_of_refusals_is_told(ward: Ward, lines: io.StringIO):
    await a_past(ward, per_hour=60, refused=1)
    await counted_until(ward, 4)
    await came(ward, 3, count=20, answer="AE")
    await came(ward, 2, count=20)

    await a_watch(ward).look()

    [feed] = await shown(ward)
    assert feed["state"] == "refused-often"
    assert feed["usual_refused_share"] == pytest.approx(1 / 60)
    assert "feed.refused_often" in lines.getvalue()


async def test_a_source_that_catches_up_is_told(ward: Ward, lines: io.StringIO):
    await counted_until(ward, 4)
    await came(ward, 3, count=30, happened_at=ago(hours=9))

    await a_watch(ward).look()

    [feed] = await shown(ward)
    assert feed["state"] == "catching-up"
    assert "feed.catching_up" in lines.getvalue()


async def test_somebody_whose_every_message_is_refused_is_no_source(ward: Ward):
    await counted_until(ward, 4)
    await came(ward, 3, count=5, answer="AR", organisation="NOBODY")

    await a_watch(ward).look()

    assert await shown(ward) == []


async def test_after_a_long_time_away_the_count_catches_up_an_hour_at_a_time(ward: Ward):
    await counted_until(ward, 200)
    for minutes in (190, 130, 70, 10):
        await came(ward, minutes)
    watch = a_watch(ward)

    looks = 1
    while await watch.look():
        looks += 1

    assert looks > 2
    total = await ward.database.pool.fetchval("SELECT sum(messages)::int FROM feed_hours")
    assert total == 4


async def test_the_database_names_hours_and_days_as_the_judgement_does(ward: Ward):
    await a_past(ward, per_hour=6)
    async with ward.database.unit_of_work() as unit:
        usual = await PostgresFeeds().usual(unit.connection, 6, 2, HOLIDAYS)

    slots = usual["ZTA", "PAS"].per_hour
    for hours in range(1, 24 * 7):
        slot = slot_of(ago(hours=hours), HOLIDAYS)
        assert slots[slot] == 6


async def test_a_hospital_does_not_see_the_sources(ward: Ward):
    answer = await ward.http.get("/intake/feeds", headers=bearer(HOSPITAL))

    assert answer.status_code == 403
