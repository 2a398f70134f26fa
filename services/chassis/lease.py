"""Who may publish: one process at a time, by the database's clock, with an epoch that only grows."""

from uuid import UUID, uuid4

import asyncpg

SECONDS = 5.0
RENEW_EVERY = 1.5

_TAKE = """
INSERT INTO relay_lease (holder, epoch, expires_at)
VALUES ($1, 1, clock_timestamp() + make_interval(secs => $2))
ON CONFLICT (only_one) DO UPDATE
SET holder = excluded.holder, epoch = relay_lease.epoch + 1, expires_at = excluded.expires_at
WHERE relay_lease.expires_at < clock_timestamp()
RETURNING epoch
"""

_RENEW = """
UPDATE relay_lease SET expires_at = clock_timestamp() + make_interval(secs => $3)
WHERE holder = $1 AND epoch = $2
RETURNING epoch
"""


class Lease:
    """One process's claim on the right to publish. `epoch` is 0 while somebody else has it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.holder: UUID = uuid4()
        self.epoch = 0

    async def take(self) -> bool:
        """Take the lease if nobody holds it."""
        self.epoch = await self._pool.fetchval(_TAKE, self.holder, SECONDS) or 0
        return self.epoch > 0

    async def renew(self) -> bool:
        """Hold it for longer. False: it was lost, and somebody else may publish already."""
        if await self._pool.fetchval(_RENEW, self.holder, self.epoch, SECONDS) is None:
            self.epoch = 0
        return self.epoch > 0

    async def give_back(self) -> None:
        """Let the next process publish at once."""
        await self._pool.execute(
            "UPDATE relay_lease SET expires_at = clock_timestamp() WHERE holder = $1 AND epoch = $2",
            self.holder,
            self.epoch,
        )
        self.epoch = 0
