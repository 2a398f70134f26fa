import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from services.chassis import log
from tests.integration.discharge.conftest import Ward
from tests.support.hospital import a_notification, an_adt

CANARIES = (
    "CANARYNAME",
    "Canarygiven",
    "9995000245",
    "960277",
    "HILL ROAD",
    "ZZ99 3VZ",
    "19740311",
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the service logs."""
    root = logging.getLogger()
    handlers, level, before = list(root.handlers), root.level, structlog.get_config()
    stream = io.StringIO()
    log.configure("discharge", "DEBUG", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


async def test_identity_appears_in_no_log_answer_metric_key_or_stream(
    lines: io.StringIO, ward: Ward
):
    name = "CANARYNAME^Canarygiven"
    said = [
        await ward.send(an_adt(name=name)),
        await ward.send(an_adt(name=name, sex="F")),
        await ward.send(an_adt(name=name, control_id="M2", version="2.9")),
        await ward.send(an_adt("A03", "PID|1||" + "^" * 20_000, name=name, control_id="M3")),
        await ward.send(an_adt(name=name, control_id="M4")[:300]),
        (await ward.post_hl7(an_adt(name=name, control_id="M5"))).content,
        (await ward.post_fhir(a_notification())).content,
        (await ward.post_fhir(a_notification(patient={"birthDate": "CANARYNAME"}))).content,
    ]
    shown = [
        (await ward.show(f"/intake/messages/{row['message_id']}")).content
        for row in await ward.stored()
    ]
    metrics = (await ward.http.get("/metrics")).content
    rows = await ward.database.pool.fetch("SELECT stream, key, topic, type FROM outbox")

    everything = [
        lines.getvalue(),
        *(each.decode() for each in (*said, *shown, metrics)),
        *(str(dict(row)) for row in rows),
    ]
    assert "intake.committed" in everything[0]
    for canary in CANARIES:
        assert not [text for text in everything if canary in text], canary


async def test_looking_and_mending_name_nobody_in_logs_metrics_or_tables_of_their_own(
    lines: io.StringIO, ward: Ward
):
    name = "CANARYNAME^Canarygiven"
    await ward.send(an_adt(name=name, version="2.9"))
    [refused] = await ward.stored()
    visitor = await ward.visitor("integration")
    path = f"/intake/{refused['message_id']}"
    await visitor.post(f"{path}/body")
    for version in ("2.8", "2.4"):
        message = an_adt(name=name, version=version).decode()
        form = {"message": message, "idempotency_key": f"key-{version}"}
        await visitor.post(f"{path}/resubmit", data=form)
    assert len(await ward.said("spell.discharged")) == 1

    everything = [lines.getvalue(), (await ward.http.get("/metrics")).text]
    for table in ("message_views", "message_decisions", "idempotent_requests"):
        rows = await ward.database.pool.fetch(f"SELECT * FROM {table}")
        assert rows
        everything += [str(dict(row)) for row in rows]
    for canary in CANARIES:
        assert not [text for text in everything if canary in text], canary


async def test_identity_travels_on_the_restricted_topic_only(ward: Ward):
    await ward.send(an_adt(name="CANARYNAME^Canarygiven"))

    rows = await ward.database.pool.fetch("SELECT topic, body FROM outbox")
    for row in rows:
        if row["topic"] != "care.patients.v1":
            assert not [each for each in CANARIES if each.encode() in row["body"]]
