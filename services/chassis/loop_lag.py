"""How late the event loop comes round: whatever computes for long makes everybody else wait."""

import asyncio

from services.chassis.metrics import histogram

_EVERY = 0.25
LOOP_LAG = histogram(
    "baton_loop_lag_seconds",
    "How late the event loop came round",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0),
)


async def measure() -> None:
    """Feel the pulse for ever."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _EVERY
        await asyncio.sleep(_EVERY)
        LOOP_LAG.observe(max(0.0, loop.time() - due))
