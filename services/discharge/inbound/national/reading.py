"""The loop that reads the national record: deaths first, a few at once, with calls made between transactions."""

import asyncio
import contextlib
from time import perf_counter
from typing import Final

from services.chassis.database import AWAY, Database
from services.chassis.log import get_logger
from services.discharge.domain.national import (
    Circuit,
    Due,
    Found,
    Missing,
    RecordAway,
    Reply,
    Result,
)
from services.discharge.inbound.intake import Intake, NotStored
from services.discharge.inbound.national import measures
from services.discharge.inbound.national.record import read_record
from services.discharge.usecases.national_ports import Ask, NationalEvents
from services.discharge.usecases.read_national_record import (
    again,
    put_off,
    read_national_record,
)

AT_ONCE: Final = 5
POLL_SECONDS: Final = 2.0
"""How long an event that another process heard, or one that was put off, may lie at most."""
_MEASURE_SECONDS: Final = 10.0
_WELCOME_SECONDS: Final = 30.0

_log = get_logger()


class NationalReader:
    """Takes the events that are due, and reads the record of each."""

    def __init__(
        self, database: Database, events: NationalEvents, ask: Ask, intake: Intake
    ) -> None:
        self._database = database
        self._events = events
        self._ask_record = ask
        self._intake = intake
        self._circuit = Circuit()
        self._calm_until = 0.0
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Say that an event has come."""
        self._bell.set()

    async def run(self) -> None:
        """Read for ever."""
        while True:
            self._bell.clear()
            try:
                busy = await self.turn()
            except AWAY as error:
                _log.warning("national.wait", error=type(error).__name__)
                busy = False
                await asyncio.sleep(1)
            if not self._circuit.closed:
                await asyncio.sleep(max(0.0, self._calm_until - perf_counter()))
            elif not busy:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._bell.wait()

    async def measure(self) -> None:
        """Keep the gauges true, for ever."""
        while True:
            with contextlib.suppress(*AWAY):
                async with self._database.reading() as connection:
                    backlog = await self._events.backlog(connection)
                measures.WAITING.set(backlog.waiting)
                measures.OLDEST.set(backlog.oldest_seconds)
                measures.OLDEST_DEATH.set(backlog.oldest_death_seconds)
                measures.FAILED.set(backlog.failed)
            await asyncio.sleep(_MEASURE_SECONDS)

    async def welcome(self) -> None:
        """Look for strangers who have become patients, for ever."""
        while True:
            with contextlib.suppress(*AWAY):
                async with self._database.reading() as connection:
                    welcomed = await self._events.welcome(connection)
                if welcomed:
                    _log.info("national.strangers_arrived", count=welcomed)
                    self.ring()
            await asyncio.sleep(_WELCOME_SECONDS)

    async def turn(self) -> bool:
        """Deal with some of what is due; whether there was anything. One at a time while the record is away."""
        async with self._database.reading() as connection:
            due = await self._events.claim(connection, AT_ONCE if self._circuit.closed else 1)
        if not due:
            return False
        results = await asyncio.gather(*(self._try(each) for each in due))
        async with self._database.unit_of_work() as unit:
            await self._events.record(unit.connection, results)
        for result in results:
            if result.ending:
                measures.ENDED[result.ending].inc()
            if result.ending == "failed":
                _log.error("national.failed", event_ref=result.event_ref, reason=result.reason)
        return True

    async def _try(self, due: Due) -> Result:
        try:
            return await read_national_record(due, self._ask, read_record, self._intake.take)
        except RecordAway as away:
            return put_off(due, away, max(0.0, self._calm_until - perf_counter()))
        except NotStored:
            return again(due, "not-stored")
        except AWAY as error:
            return Result(due.event_ref, None, type(error).__name__, 1.0, counts=False)
        except Exception as error:  # noqa: BLE001
            # One record that nobody thought of must not end the process, nor may its error quote it.
            kind = type(error).__name__
            _log.error("national.fault", event_ref=due.event_ref, error=kind)
            return again(due, kind)

    async def _ask(self, nhs_number: str) -> Reply:
        started = perf_counter()
        try:
            reply = await self._ask_record(nhs_number)
        except RecordAway as away:
            measures.ASKED[away.reason].inc()
            self._fail(away)
            raise
        finally:
            measures.ANSWER_SECONDS.observe(perf_counter() - started)
        measures.ASKED[_outcome(reply)].inc()
        if not self._circuit.closed:
            _log.info("national.record_is_back")
        self._circuit.mend()
        return reply

    def _fail(self, away: RecordAway) -> None:
        if self._circuit.closed or perf_counter() >= self._calm_until:
            seconds = self._circuit.fail(away.seconds)
            self._calm_until = perf_counter() + seconds
            _log.warning("national.record_away", reason=away.reason, seconds=seconds)


def _outcome(reply: Reply) -> str:
    match reply:
        case Found():
            return "found"
        case Missing():
            return "invalidated" if reply.invalidated else "missing"
        case _:
            return reply.reason
