"""Whether the process is alive and whether it should get work: named probes, filled in by the process."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request

LiveProbe = Callable[[], str | None]
"""None when well, else a short reason without identifiers. It does no I/O and returns at once."""
ReadyProbe = Callable[[], Awaitable[str | None]]
"""The same, and may ask a dependency; it is given two seconds."""

PATIENCE_SECONDS = 2.0


class Health:
    """What `/livez` and `/readyz` read."""

    def __init__(self) -> None:
        self.live_probes: dict[str, LiveProbe] = {}
        self.ready_probes: dict[str, ReadyProbe] = {}
        self.stopping = False
        """Set when the process was asked to end: not ready from then on."""

    def live(self) -> dict[str, str]:
        """Why the process should be restarted, by probe; empty when it is alive."""
        found = {name: probe() for name, probe in self.live_probes.items()}
        return {name: reason for name, reason in found.items() if reason}

    async def ready(self) -> dict[str, str]:
        """Why the process should get no work now, by probe; empty when it is ready."""
        if self.stopping:
            return {"process": "stopping"}
        names = list(self.ready_probes)
        found = await asyncio.gather(*(_ask(self.ready_probes[name]) for name in names))
        late = {name: reason for name, reason in zip(names, found, strict=True) if reason}
        return self.live() | late


def health_of(request: Request) -> Health:
    """The health of the application that got this request."""
    found: Health = request.app.state.health
    return found


async def _ask(probe: ReadyProbe) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await probe()
    except TimeoutError:
        return "no answer in time"
    except Exception as error:  # noqa: BLE001  (whatever a dependency throws, it is not ready)
        return type(error).__name__
