"""A site that hears national events and reads the national record."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import orjson
import pytest
import structlog

from services.chassis import log
from tests.integration.discharge.conftest import NATIONAL, Ward, bearer, key_of
from tests.support.eventually import eventually
from tests.support.fake_pds import API_KEY, FakePds, a_fake_pds
from tests.support.hospital import an_adt

NUMBER = "9995000245"


OTHER = "9995000385"


CANARIES = (NUMBER, "999 500 0245", "Canaryname", "Canarygiven", "4 Hill Road", "ZZ99 3VZ")


@pytest.fixture
async def pds() -> AsyncIterator[FakePds]:
    async with a_fake_pds() as fake:
        yield fake


@pytest.fixture
def given_settings(pds: FakePds) -> dict[str, Any]:
    return {"pds_url": pds.url, "pds_api_key": API_KEY}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the service logs, libraries at their most talkative."""
    root = logging.getLogger()
    handlers, level, before = list(root.handlers), root.level, structlog.get_config()
    stream = io.StringIO()
    log.configure("discharge", "DEBUG", stream=stream)
    root.setLevel(logging.DEBUG)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


async def tell(ward: Ward, event: dict[str, Any], token: str = NATIONAL) -> httpx2.Response:
    return await ward.http.post(
        "/national-events",
        content=orjson.dumps(event),
        headers={"Content-Type": "application/cloudevents+json"} | bearer(token),
    )


async def goes_home(ward: Ward, number: str = NUMBER, **more: str) -> None:
    said = await ward.post_hl7(an_adt(numbers=f"{number}^^^NHS^NH", **more))
    assert b"MSA|AA" in said.content


async def states(ward: Ward) -> list[str]:
    rows = await ward.database.pool.fetch("SELECT state FROM national_events ORDER BY event_ref")
    return [row["state"] for row in rows]


async def described(ward: Ward, number: str = NUMBER) -> Any:
    """What was said last of a person."""
    said = [
        each.event
        for each in await ward.said("patient.described")
        if each.event.patient_key == key_of("nhs", number)
    ]
    return said[-1]


async def dealt_with(ward: Ward) -> list[str]:
    async def nothing_waits() -> bool:
        return "waiting" not in await states(ward)

    await eventually(nothing_waits, timeout=20)
    return await states(ward)
