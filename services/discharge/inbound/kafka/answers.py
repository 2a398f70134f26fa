"""Answers on their way back to the integration engine, each sent before its record counts as read."""

import asyncio
import contextlib
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.topics import HOSPITAL_ANSWERS
from services.chassis.arrival import Arrival as Record
from services.chassis.log import get_logger
from services.chassis.producer import new_producer
from services.discharge.inbound.kafka.replies import Reply

_PATIENCE = 20.0
_GOODBYE = 5.0
_log = get_logger()


class Answers:
    """Sends answers; all of them, or only those that refuse a message."""

    def __init__(self, bootstrap: str, *, every: bool, **security: object) -> None:
        self._bootstrap = bootstrap
        self._every = every
        self._security = security
        self._producer: AIOKafkaProducer | None = None

    async def run(self) -> None:
        """Wait until cancelled, then let go of Kafka."""
        try:
            await asyncio.Event().wait()
        finally:
            await self._let_go()

    async def send(self, answered: Sequence[tuple[Record, Reply]]) -> None:
        """Send what is wanted of these. Raises what aiokafka raises, or `TimeoutError`: then all may be sent again."""
        wanted = [each for each in answered if self._every or each[1].code != "AA"]
        if not wanted:
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                producer = await self._ready()
                await asyncio.gather(
                    *[await _send(producer, record, reply) for record, reply in wanted]
                )
        except Exception:
            # An idempotent producer that failed once may never send again.
            await self._let_go()
            raise

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = new_producer(self._bootstrap, "discharge-answers", **self._security)
            await self._producer.start()
        return self._producer

    async def _let_go(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        with contextlib.suppress(KafkaError, TimeoutError):
            await asyncio.wait_for(producer.stop(), _GOODBYE)
            return
        _log.warning("intake.producer_abandoned")


async def _send(
    producer: AIOKafkaProducer, record: Record, reply: Reply
) -> "asyncio.Future[object]":
    headers = {
        "content-type": reply.content_type,
        "answer": reply.code,
        "source-topic": record.topic,
        "source-partition": str(record.partition),
        "source-offset": str(record.offset),
    }
    if reply.message_id is not None:
        headers["message-id"] = str(reply.message_id)
    sent: asyncio.Future[object] = await producer.send(
        HOSPITAL_ANSWERS,
        reply.body,
        key=f"{record.topic}-{record.partition}-{record.offset}".encode(),
        headers=[(name, value.encode()) for name, value in headers.items()],
    )
    return sent
