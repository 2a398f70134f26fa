"""Trouble while messages come over Kafka: none is lost, skipped or done twice."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from deploy.local.postgres import LocalPostgres
from services.chassis.listener import Listener
from tests.integration.discharge.conftest import SECRET, Ward
from tests.integration.discharge.over_kafka.conftest import Engine, told
from tests.support.eventually import eventually
from tests.support.hospital import an_adt
from tests.support.postgres import Database as Site
from tests.support.tables import PASSWORD
from tests.support.waiting import a_batch_waits, batches_that_waited

ROOT = Path(__file__).parents[4]


async def test_while_the_database_is_away_messages_wait_and_none_is_skipped(
    ward: Ward, engine: Engine, listener: Listener, postgres_server: LocalPostgres
) -> None:
    await engine.put(an_adt(control_id="BEFORE"))
    await engine.hears(1)
    assert postgres_server.data_dir is not None

    before = batches_that_waited()
    postgres_server.stop("immediate")
    await engine.put(*(an_adt(control_id=f"M{n}", visit=f"V{n}") for n in range(5)))
    await a_batch_waits(before)
    postgres_server.start(postgres_server.data_dir)

    answers = await engine.hears(6)
    assert {told(each)["answer"] for each in answers} == {"AA"}
    assert len(await ward.said("spell.discharged")) == 6


@pytest.fixture
def fault(site: Site) -> Iterator[None]:
    """The database refuses one stay, as a fault of ours might make it do."""
    with psycopg.connect(site.dsn, autocommit=True) as connection:
        connection.execute(
            """
            CREATE FUNCTION discharge.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF to_jsonb(NEW)::text LIKE '%SP-BAD%' THEN RAISE 'a fault that quotes SHAW'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON discharge.spells
                FOR EACH ROW EXECUTE FUNCTION discharge.refuse();
            """
        )
        yield
        connection.execute("DROP FUNCTION discharge.refuse CASCADE")


@pytest.mark.usefixtures("fault")
async def test_a_message_that_the_service_fails_on_is_set_aside_for_a_person(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    await engine.put(an_adt(control_id="BAD", visit="SP-BAD"), an_adt(control_id="GOOD"))

    bad, good = await engine.hears(2)

    assert b"MSA|AE|BAD|" in bad.value
    assert b"SHAW" not in bad.value
    assert b"MSA|AA|GOOD" in good.value
    stored = {row["control_id"]: row for row in await ward.stored()}
    assert UUID(told(bad)["message-id"]) == stored["BAD"]["message_id"]
    assert len(await ward.said("spell.discharged")) == 1


async def test_a_process_killed_before_kafka_knows_loses_nothing_and_does_nothing_twice(
    ward: Ward, engine: Engine, site: Site, tmp_path: Path
) -> None:
    messages = [an_adt(control_id=f"M{n}", visit=f"V{n}") for n in range(300)]
    process = await _start(site, engine, tmp_path)
    await asyncio.gather(*(engine.put(each) for each in messages[:150]))

    async def something_is_stored() -> bool:
        return bool(await ward.stored())

    await eventually(something_is_stored, timeout=40)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await asyncio.gather(*(engine.put(each) for each in messages[150:]))

    process = await _start(site, engine, tmp_path)

    async def everything_is_stored() -> bool:
        return len(await ward.stored()) == 300

    try:
        await eventually(everything_is_stored, timeout=40)
    finally:
        process.terminate()
        await process.wait()
    assert len(await ward.said("spell.discharged")) == 300
    assert len(await ward.spells()) == 300


async def _start(site: Site, engine: Engine, folder: Path) -> asyncio.subprocess.Process:
    """The service as it runs, as a process of its own."""
    given = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": site.dsn_of("baton_discharge", PASSWORD),
        "KAFKA_BOOTSTRAP": engine.kafka.bootstrap,
        "KAFKA_PACED": str("long-poll" not in engine.kafka.capabilities),
        "SITE_SECRET": SECRET,
        "SESSION_SECRET": SECRET,
        "HTTP_PORT": "0",
        "MLLP_PORT": "0",
        "INTAKE_TOPIC": engine.messages,
    }
    with (folder / "discharge.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.discharge",
            cwd=ROOT, stdout=log, stderr=log,
            env={**os.environ, **{f"BATON_{name}": value for name, value in given.items()}},
        )  # fmt: skip
