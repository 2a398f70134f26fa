import asyncio

import pytest

from services.chassis import health
from services.chassis.health import Health


async def fine() -> str | None:
    return None


async def test_ready_when_every_probe_is_well() -> None:
    found = Health()
    found.ready_probes["database"] = fine
    assert await found.ready() == {}


async def test_reasons_are_told_by_name_and_an_exception_is_a_reason_without_its_text() -> None:
    async def broken() -> str | None:
        raise ConnectionError("postgresql://baton:hunter2@db")

    async def behind() -> str | None:
        return "lag over the limit"

    found = Health()
    found.ready_probes.update(database=broken, consumer=behind, relay=fine)

    assert await found.ready() == {"database": "ConnectionError", "consumer": "lag over the limit"}


async def test_a_probe_that_hangs_counts_as_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs() -> str | None:
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.01)
    found = Health()
    found.ready_probes["kafka"] = hangs

    assert await found.ready() == {"kafka": "no answer in time"}


async def test_who_is_not_alive_is_not_ready() -> None:
    found = Health()
    found.live_probes["consumer"] = lambda: "no progress for 60 s"
    assert found.live() == {"consumer": "no progress for 60 s"}
    assert await found.ready() == found.live()


async def test_stopping_goes_first() -> None:
    found = Health()
    found.stopping = True
    assert await found.ready() == {"process": "stopping"}
    assert found.live() == {}
