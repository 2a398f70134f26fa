"""A listener that writes down what it was told, and fails when it is asked to."""

from collections.abc import Sequence

from schemas.patient import PatientDescribed
from schemas.spell import SpellAdmitted, SpellDischarged
from services.chassis.consumer import Consumer, Received, Subscription
from services.chassis.database import Database
from services.chassis.unit_of_work import UnitOfWork


class Notebook:
    """Writes into the table `told`; streams in `poisonous` make it fail."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.poisonous: set[str] = set()
        self.batches: list[int] = []
        self.forgotten: list[str] = []
        self.consumer = Consumer(
            database,
            Subscription(
                (SpellDischarged, SpellAdmitted, PatientDescribed), self._write, self._forget
            ),
        )

    async def _write(self, events: Sequence[Received], unit: UnitOfWork) -> None:
        self.batches.append(len(events))
        await unit.connection.copy_records_to_table(
            "told",
            columns=("stream", "sequence"),
            records=[(e.envelope.stream, e.envelope.sequence) for e in events],
        )
        if any(e.envelope.stream in self.poisonous for e in events):
            raise ValueError("943 476 5919 cannot be handled")

    async def _forget(self, keys: Sequence[str], _: UnitOfWork) -> None:
        self.forgotten.extend(keys)

    async def told(self, stream: str | None = None) -> list[int]:
        rows = await self.database.pool.fetch(
            "SELECT sequence FROM told WHERE $1::text IS NULL OR stream = $1 ORDER BY at", stream
        )
        return [row["sequence"] for row in rows]

    async def parked(self) -> list[tuple[str, str]]:
        rows = await self.database.pool.fetch(
            "SELECT reason, error FROM parked WHERE resolved_at IS NULL ORDER BY parked_id"
        )
        return [(row["reason"], row["error"]) for row in rows]

    async def reasons(self) -> list[str]:
        return [reason for reason, _ in await self.parked()]
