"""The delivery worker: tells people, batch after batch, with every call to the outside made between transactions."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Final

from services.chassis.database import AWAY, Database
from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.chassis.metrics import Children, counter, gauge
from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import Channel
from services.notify.domain.attempt import Outcome, TryLater
from services.notify.domain.decision import Postpone, Withhold
from services.notify.domain.message import Message
from services.notify.usecases.desk import Desk
from services.notify.usecases.ports import Carrier, Stores
from services.notify.usecases.prepare_deliveries import prepare_deliveries
from services.notify.usecases.record_deliveries import record_deliveries
from services.notify.usecases.records import Attempt, Ended
from services.notify.usecases.take_back import take_back

POLL_SECONDS: Final = 15.0
"""The net under the bell: how long the worker sleeps at most."""
_PAUSE_SECONDS: Final = 1.0

_DECIDED = Children(
    counter(
        "baton_notify_decisions_total",
        "Decisions not to send now, by reason",
        ("decision", "reason"),
    )
)
_TRIED = Children(
    counter("baton_notify_deliveries_total", "Attempts to reach somebody", ("channel", "outcome"))
)
_RECALLED = Children(
    counter(
        "baton_notify_recalls_total",
        "Patients' messages that had left when they stopped being right",
        ("reason", "outcome"),
    )
)
_LATE = gauge("baton_notify_oldest_due_seconds", "How long the alert that waits longest is overdue")
_log = get_logger()


class DeliveryWorker:
    """Claims due alerts, decides, calls the channel, records.

    An attempt is on record before its call and its outcome after it. A worker that dies in between leaves an attempt
    without outcome; when its lease runs out, the alert is decided on anew and, if it may still go, sent once more
    under the same reference. So nobody is forgotten; and up to `BATCH` people may be sent a message twice after a
    crash in those moments, which only a mailbox that looks at the reference can hide from them.
    """

    def __init__(
        self,
        database: Database,
        stores: Stores,
        desk: Desk,
        carriers: Mapping[Channel, Carrier],
    ) -> None:
        self._database = database
        self._stores = stores
        self._desk = desk
        self._carriers = carriers
        self._id = new_id()
        self._bell = asyncio.Event()
        self._stopping = False
        database.on_commit.append(self._ring)

    def _ring(self, _: UnitOfWork) -> None:
        self._bell.set()

    async def run(self) -> None:
        """Work for ever. A batch that is under way is finished before the worker ends."""
        while True:
            # First: a bell that rings during the turn must be heard after it.
            self._bell.clear()
            turn = asyncio.ensure_future(self._turn())
            try:
                patience = await asyncio.shield(turn)
            except asyncio.CancelledError:
                self._stopping = True
                await turn
                raise
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), patience)

    async def _turn(self) -> float:
        """Tell people while anything is due; returns how many seconds to wait for the bell."""
        try:
            while (seconds := await self._seconds_until_due()) <= 0 and not self._stopping:
                if not await self.take_back() + await self.deliver_due():
                    # Somebody else holds what is due.
                    return _PAUSE_SECONDS
        except AWAY as error:
            _log.warning("delivery.not_now", error=type(error).__name__)
            return _PAUSE_SECONDS
        return max(0.0, min(seconds, POLL_SECONDS))

    async def _seconds_until_due(self) -> float:
        async with self._database.reading() as connection:
            seconds = await self._stores.queue.seconds_until_due(connection, self._id)
        return POLL_SECONDS if seconds is None else seconds

    async def measure(self) -> None:
        """Keep the age of the oldest alert that should have been sent up to date, whatever the worker does."""
        while True:
            with contextlib.suppress(*AWAY):
                async with self._database.reading() as connection:
                    _LATE.set(await self._stores.queue.oldest_due_seconds(connection))
            await asyncio.sleep(POLL_SECONDS)

    async def deliver_due(self) -> int:
        """One batch; returns how many alerts it decided on."""
        async with self._database.unit_of_work() as unit:
            attempts, others = await prepare_deliveries(unit, self._stores, self._desk, self._id)
        _count(others)
        if attempts:
            await self._record(await self._carry(attempts))
        return len(attempts) + len(others)

    async def take_back(self) -> int:
        """Stop messages that should not arrive any more, one batch; returns how many it tried."""
        async with self._database.unit_of_work() as unit:
            tried = await take_back(unit, self._stores, self._carriers)
        for recall, back in tried:
            _RECALLED[recall.reason, "caught" if back else "too-late"].inc()
            _log.info(
                "delivery.recalled", alert_id=recall.alert_id, reason=recall.reason, caught=back
            )
        return len(tried)

    async def _carry(self, attempts: Sequence[Attempt]) -> list[Ended]:
        """Call each message's channel once, however many alerts go in it."""
        messages = {one.message.alert_id: one.message for one in attempts}
        outcomes = await asyncio.gather(*(self._call(message) for message in messages.values()))
        ended = dict(zip(messages, outcomes, strict=True))
        return [Ended(one, ended[one.message.alert_id]) for one in attempts]

    async def _call(self, message: Message) -> Outcome:
        try:
            return await self._carriers[message.channel].carry(message)
        except Exception as error:  # noqa: BLE001  (one message must not stop the others)
            # Only the kind of the error: its text may hold the address.
            _log.error("delivery.fault", channel=message.channel, error=type(error).__name__)
            return TryLater("fault")

    async def _record(self, ended: Sequence[Ended]) -> None:
        """Outcomes are facts: keep trying to write them down while the database is away, unless asked to stop."""
        while True:
            try:
                async with self._database.unit_of_work() as unit:
                    await record_deliveries(
                        ended, unit, self._stores, self._desk.site.policy, self._id
                    )
            except AWAY as error:
                _log.warning("delivery.not_recorded_yet", error=type(error).__name__)
                if self._stopping:
                    return
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                break
        for one in ended:
            _report(one)


def _count(decisions: Sequence[Withhold | Postpone]) -> None:
    for decision in decisions:
        kind = "withheld" if isinstance(decision, Withhold) else "postponed"
        _DECIDED[kind, decision.reason].inc()


def _report(ended: Ended) -> None:
    attempt, outcome = ended.attempt, ended.outcome
    _TRIED[attempt.message.channel.value, outcome.word].inc()
    _log.info(
        "delivery.ended",
        alert_id=attempt.claimed.alert.alert_id,
        correlation_id=str(attempt.claimed.correlation_id),
        attempt=attempt.number,
        channel=attempt.message.channel.value,
        outcome=outcome.word,
        reason=outcome.reason,
    )
