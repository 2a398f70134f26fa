"""A canary patient goes through everything, also through what breaks; nothing of them shows up outside the database."""

import io
import logging
import re
from collections.abc import Iterator
from datetime import date

import pytest
import structlog

from schemas.patient import Address, ContactPoint, PersonName
from services.chassis import log, metrics
from tests.integration.notify.test_alerts_of_teams import knock
from tests.integration.notify.test_the_patients_page import path_of_link
from tests.unit.notify.facts import described, escalated, opened, withdrawn

EDNA_MAIL = "edna@patients.example.net"
CANARY = {
    "nhs_number": "9995009447",
    "name": PersonName(family="Canarybird", given="Zebedee", prefix="Mx"),
    "birth_date": date(1949, 2, 27),
    "address": Address(lines=("77 Feather Row", "Perchville"), postcode="CB7 9YY"),
    "contact_points": (
        ContactPoint(kind="email", value=EDNA_MAIL),
        ContactPoint(kind="mobile", value="07700 900977"),
    ),
}
MARKS = (
    "9995009447",
    "Canarybird",
    "Zebedee",
    # The whole day: four digits alone turn up in any measure.
    "1949-02-27",
    "19490227",
    "feb 1949",
    "february 1949",
    "Feather Row",
    "Perchville",
    "CB7 9YY",
    "900977",
    EDNA_MAIL,
)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that the process writes to its log, down to the last detail."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    log.configure("notify", "DEBUG", stream=stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.configure(**before)


def leaks(text: str, *more: str) -> list[str]:
    return [mark for mark in (*MARKS, *more) if mark.lower() in text.lower()]


async def test_a_canary_is_seen_in_no_log_metric_event_or_address(house, written):
    handover = opened(at=house.now)
    await house.hear(described(**CANARY), handover)
    await house.deliver()
    path = await path_of_link(house)
    token = path.removeprefix("/p/")
    async with knock(house.app(), Accept="text/html") as client:
        assert (await client.get(path)).status_code == 200
        assert (await client.get(f"{path}x")).status_code == 404
        await client.post("/sign-in", data={"ref": "staff-elm-tree"})
        await client.get("/alerts-inbox")
    await house.hear(escalated(handover, "safety-ZTA"), withdrawn(handover))
    await house.deliver()

    assert "delivery.ended" in written.getvalue()
    assert leaks(written.getvalue(), token) == []
    measured = metrics.exposition().decode()
    assert "baton_notify_deliveries_total" in measured
    assert leaks(measured, token) == []
    outbox = await house.database.pool.fetch("SELECT outbox::text FROM outbox")
    assert leaks("".join(row[0] for row in outbox), token) == []
    staff = [mail for mail in house.mailbox.messages() if EDNA_MAIL not in mail.to]
    assert leaks("".join(f"{mail.subject}{mail.body}" for mail in staff), token) == []


async def test_a_private_link_is_not_in_the_log_even_when_its_page_breaks(house, written):
    await house.hear(described(**CANARY), opened(at=house.now))
    await house.deliver()
    path = await path_of_link(house)
    app = house.app()
    await house.database.pool.close()

    async with knock(app, Accept="text/html") as client:
        answer = await client.get(path)

    assert answer.status_code in {500, 503}
    assert written.getvalue()
    assert leaks(written.getvalue() + answer.text, path.removeprefix("/p/")) == []


async def test_a_carrier_that_breaks_with_an_address_in_its_mouth_does_not_write_it_down(
    house, written
):
    class Breaking:
        async def carry(self, message):
            raise RuntimeError(f"{message.address} {message.body}")

    await house.hear(described(**CANARY), opened(at=house.now))
    worker = house.a_worker()
    worker._carriers = dict.fromkeys(worker._carriers, Breaking())

    await house.deliver(worker)

    assert "delivery.fault" in written.getvalue()
    assert leaks(written.getvalue()) == []
    assert not re.search(r"/p/[\w-]{20}", written.getvalue())


async def test_a_record_that_spoils_its_batch_is_parked_without_being_quoted(house, written):
    spoiling = described(**CANARY, practice="Z\x00")
    await house.hear(spoiling)

    parked = await house.database.pool.fetch("SELECT reason, error FROM parked")
    assert [(row["reason"]) for row in parked] == ["poison"]
    assert leaks(written.getvalue() + str([tuple(row) for row in parked])) == []
