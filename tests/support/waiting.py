"""Wait until a listener of this process has tried a batch in vain."""

from services.chassis.metrics import registry
from tests.support.eventually import eventually


def batches_that_waited() -> float:
    """How often a batch had to wait so far."""
    return registry.get_sample_value("baton_batch_waits_total") or 0.0


async def a_batch_waits(before: float) -> None:
    """Return once a batch had to wait more often than `before`."""

    async def waited() -> bool:
        return batches_that_waited() > before

    await eventually(waited, what="a batch waits")
